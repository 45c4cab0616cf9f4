//! The legacy resource metrics.

use crate::client::get;
use crate::fixture::{api, empty_store, newest, run, start, start_with};
use heapster_plugin::model::Model;
use std::sync::Arc;

const PREFIXES: [&str; 2] = ["/apis/metrics/v1alpha1", "/apis/metrics.k8s.io/v1alpha1"];

#[tokio::test]
async fn nodes_and_pods_have_the_originals_shape_on_both_prefixes() {
    let server = start().await;
    let newest = server.newest.to_string();
    for prefix in PREFIXES {
        let got = get(server.address, &format!("{prefix}/nodes/")).await;
        let list = got.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let created = list["items"][0]["metadata"]["creationTimestamp"]
            .as_str()
            .unwrap();
        let version = prefix.trim_start_matches("/apis/");
        let wanted = format!(
            "{{\n  \"kind\": \"NodeMetricsList\",\n  \"apiVersion\": \"{version}\",\n  \"metadata\": {{}},\n  \"items\": [\n   {{\n    \"metadata\": {{\n     \"name\": \"n1\",\n     \
             \"creationTimestamp\": \"{created}\"\n    }},\n    \"timestamp\": \"{newest}\",\n    \"window\": \"1m0s\",\n    \
             \"usage\": {{\n     \"cpu\": \"250m\",\n     \"memory\": \"2097153\"\n    }}\n   }}\n  ]\n }}"
        );
        assert_eq!(got.text(), wanted);
        let pod = get(server.address, &format!("{prefix}/namespaces/default/pods/p1")).await;
        let tail = "\"window\": \"1m0s\",\n  \"containers\": [\n   {\n    \"name\": \"c1\",\n    \"usage\": {\n     \
                    \"cpu\": \"1500m\",\n     \"memory\": \"1000Ki\"\n    }\n   }\n  ]\n }";
        assert!(pod.text().ends_with(tail), "{}", pod.text());
        for path in ["pods", "namespaces/default/pods/"] {
            let pods = get(server.address, &format!("{prefix}/{path}?labelSelector=app%3Dp1"))
                .await
                .json();
            assert_eq!(pods["items"][0]["metadata"]["name"], "p1", "{path}");
            assert_eq!(pods["items"].as_array().unwrap().len(), 1);
        }
        let node = get(server.address, &format!("{prefix}/nodes/n1/")).await.json();
        assert_eq!(node["usage"]["cpu"], "250m");
    }
}

#[tokio::test]
async fn errors_have_the_originals_words_and_an_unknown_pod_is_404() {
    let server = start().await;
    let selector =
        "Error while parsing selector zone===b: unable to parse requirement: found '=', expected: identifier";
    for (path, status, text) in [
        ("nodes/?labelSelector=zone%3D%3D%3Db", 400, selector),
        ("pods/?labelSelector=zone%3D%3D%3Db", 400, selector),
        ("nodes/none", 404, "No metrics for node none"),
        ("nodes/n2", 404, "No metrics for node n2"),
        (
            "namespaces/default/pods/p2",
            404,
            "No metrics availalble for pod default/p2",
        ),
        (
            "namespaces/default/pods/nope",
            404,
            "Error while getting pod nope: pod \"nope\" not found",
        ),
        ("", 404, "404: Page Not Found"),
        ("namespaces/", 404, "404: Page Not Found"),
    ] {
        let got = get(server.address, &format!("{}/{path}", PREFIXES[1])).await;
        assert_eq!((got.status, got.text()), (status, text), "{path}");
    }
}

#[tokio::test]
async fn an_empty_list_has_null_items() {
    let model = Arc::new(Model::default());
    let server = run(api(Some(Arc::new(empty_store(&model)))), newest(), None).await;
    for path in [
        "nodes/",
        "pods?labelSelector=app%3Dnone",
        "namespaces/absent/pods/",
    ] {
        let got = get(server.address, &format!("{}/{path}", PREFIXES[0])).await;
        let tail = "\"metadata\": {},\n  \"items\": null\n }";
        assert!(got.text().ends_with(tail), "{path}");
    }
    assert_eq!(
        get(server.address, &format!("{}/nodes/n1", PREFIXES[0]))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn without_a_store_values_are_503_in_one_line() {
    let server = run(api(None), newest(), None).await;
    for path in ["nodes", "nodes/n1", "pods", "namespaces/default/pods/p1"] {
        let got = get(server.address, &format!("{}/{path}", PREFIXES[1])).await;
        assert_eq!((got.status, got.text().lines().count()), (503, 1), "{path}");
    }
    assert_eq!(
        get(server.address, "/apis/metrics/v1alpha1/namespaces/absent/pods/")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn without_a_cluster_what_has_values_is_listed() {
    let server = start_with(|api| api.cluster = None, None).await;
    let nodes = get(server.address, "/apis/metrics/v1alpha1/nodes").await.json();
    assert_eq!(nodes["items"][0]["metadata"]["name"], "n1");
    let pods = get(server.address, "/apis/metrics/v1alpha1/pods").await.json();
    assert_eq!(pods["items"][0]["containers"][0]["usage"]["memory"], "1000Ki");
    let pod = get(
        server.address,
        "/apis/metrics/v1alpha1/namespaces/default/pods/p1",
    )
    .await
    .json();
    assert_eq!(pod["metadata"]["namespace"], "default");
}

#[tokio::test]
async fn an_object_says_its_kind_and_the_version_it_was_asked_for() {
    let server = start().await;
    for (prefix, version) in PREFIXES
        .into_iter()
        .zip(["metrics/v1alpha1", "metrics.k8s.io/v1alpha1"])
    {
        for (path, kind) in [
            ("nodes", "NodeMetricsList"),
            ("nodes/n1", "NodeMetrics"),
            ("pods", "PodMetricsList"),
            ("namespaces/default/pods/p1", "PodMetrics"),
        ] {
            let got = get(server.address, &format!("{prefix}/{path}")).await.json();
            assert_eq!(
                (&got["kind"], &got["apiVersion"]),
                (&kind.into(), &version.into()),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn an_item_of_a_list_does_not_say_its_kind() {
    let server = start().await;
    let got = get(server.address, "/apis/metrics/v1alpha1/nodes").await.json();
    assert_eq!(got["items"][0].get("kind"), None);
}

#[tokio::test]
async fn times_of_the_measurement_are_shown_when_asked_for() {
    let server = start().await;
    let sample = server.newest.minus(std::time::Duration::from_secs(7)).to_string();
    for path in ["nodes/n1", "namespaces/default/pods/p1"] {
        let got = get(server.address, &format!("{}/{path}?times=measured", PREFIXES[0]))
            .await
            .json();
        assert_eq!(
            (&got["timestamp"], &got["window"]),
            (&sample.as_str().into(), &"15.5s".into()),
            "{path}"
        );
    }
}
