//! The model API.

use crate::client::get;
use crate::fixture::start;

#[tokio::test]
async fn one_metric_has_the_exact_bytes_of_the_original() {
    let server = start().await;
    let (first, second) = server.times();
    let got = get(server.address, "/api/v1/model/metrics/cpu/usage_rate").await;
    let wanted = format!(
        "{{\n  \"metrics\": [\n   {{\n    \"timestamp\": \"{first}\",\n    \"value\": 1000\n   }},\n   {{\n    \
         \"timestamp\": \"{second}\",\n    \"value\": 1001\n   }}\n  ],\n  \"latestTimestamp\": \"{second}\"\n }}"
    );
    assert_eq!(got.text(), wanted);
    assert_eq!(got.header("content-type"), Some("application/json"));
    let empty = "{\n  \"metrics\": [],\n  \"latestTimestamp\": \"0001-01-01T00:00:00Z\"\n }";
    for target in [
        "/api/v1/model/metrics/no/such",
        "/api/v1/model/nodes/absent/metrics/cpu/usage",
        "/api/v1/model/namespaces/x/pods/y/containers/z/metrics/cpu/usage",
        "/api/v1/model/metrics/cpu/usage_rate?start=2100-01-01T00:00:00Z&end=2001-01-01T00:00:00Z",
        "/api/v1/model/nodes/n1/metrics/filesystem/usage",
    ] {
        let got = get(server.address, target).await;
        assert_eq!((got.status, got.text()), (200, empty), "{target}");
    }
}

#[tokio::test]
async fn lists_are_sorted_and_unknown_objects_have_empty_ones() {
    let server = start().await;
    for (target, wanted) in [
        ("metrics/", "[\n  \"cpu/usage_rate\",\n  \"memory/usage\"\n ]"),
        ("nodes", "[\n  \"n1\"\n ]"),
        ("namespaces/", "[\n  \"default\"\n ]"),
        ("namespaces/default/pods", "[\n  \"p1\",\n  \"p2\"\n ]"),
        ("namespaces/default/pods/p1/containers/", "[\n  \"c1\"\n ]"),
        ("namespaces/default/metrics", "[\n  \"cpu/usage_rate\"\n ]"),
        (
            "namespaces/default/pods/p1/metrics",
            "[\n  \"cpu/usage_rate\"\n ]",
        ),
        ("nodes/n1/freecontainers", "[\n  \"system.slice/foo.service\"\n ]"),
        (
            "nodes/host-1/freecontainers/",
            "[\n  \"system.slice/foo.service\"\n ]",
        ),
        ("namespaces/absent/pods/", "[]"),
        ("nodes/absent/metrics/", "[]"),
    ] {
        let got = get(server.address, &format!("/api/v1/model/{target}")).await;
        assert_eq!((got.status, got.text()), (200, wanted), "{target}");
    }
    let keys = get(server.address, "/api/v1/model/debug/allkeys").await.json();
    assert_eq!(keys[0], "cluster");
    assert_eq!(keys.as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn a_system_container_with_slashes_is_reached_by_escaping_them() {
    let server = start().await;
    let base = "/api/v1/model/nodes/host-1/freecontainers/system.slice%2Ffoo.service/metrics";
    let names = get(server.address, base).await;
    assert_eq!(names.text(), "[\n  \"cpu/usage_rate\"\n ]");
    for metric in ["cpu/usage_rate", "cpu%2Fusage_rate", "cpu-usage"] {
        let got = get(server.address, &format!("{base}/{metric}")).await.json();
        assert_eq!(got["metrics"][1]["value"], 1001, "{metric}");
    }
}

#[tokio::test]
async fn every_object_is_reached_by_its_route_and_nodes_by_either_name() {
    let server = start().await;
    for (target, value) in [
        ("namespaces/default/metrics/cpu-usage", 1001),
        ("namespaces/default/pods/p1/metrics/cpu/usage_rate", 1001),
        (
            "namespaces/default/pods/p1/containers/c1/metrics/memory-working",
            1_024_000,
        ),
        ("nodes/n1/metrics/cpu/usage_rate/", 250),
        ("nodes/host-1/metrics/cpu/usage_rate", 250),
        ("nodes%2Fn1%2Fmetrics%2Fcpu%2Fusage_rate", 250),
        ("nodes/n1/metrics/filesystem/usage?labels=resource_id:logs", 2000),
    ] {
        let got = get(server.address, &format!("/api/v1/model/{target}"))
            .await
            .json();
        assert_eq!(got["metrics"][1]["value"], value, "{target}");
    }
}

#[tokio::test]
async fn floats_and_negative_numbers_stand_in_float_value() {
    let server = start().await;
    let ratio = get(
        server.address,
        "/api/v1/model/nodes/n1/metrics/cpu/node_utilization",
    )
    .await;
    assert!(
        ratio.text().contains("\"value\": 0,\n    \"floatValue\": 0.25\n"),
        "{}",
        ratio.text()
    );
    let negative = get(server.address, "/api/v1/model/metrics/memory-usage").await;
    assert!(
        negative
            .text()
            .contains("\"value\": 0,\n    \"floatValue\": -5\n"),
        "{}",
        negative.text()
    );
}

#[tokio::test]
async fn a_pod_list_has_one_item_a_name_in_order_with_repeats() {
    let server = start().await;
    let second = server.newest;
    let target = format!(
        "/api/v1/model/namespaces/default/pod-list/p2,absent,,p2/metrics/cpu-usage?start={second}&unknown=1"
    );
    let got = get(server.address, &target).await;
    let full = format!(
        "{{\"metrics\":[{{\"timestamp\":\"{second}\",\"value\":1001}}],\"latestTimestamp\":\"{second}\"}}"
    );
    let none = "{\"metrics\":[],\"latestTimestamp\":\"0001-01-01T00:00:00Z\"}";
    assert_eq!(
        got.text(),
        format!("{{\"items\":[{full},{none},{none},{full}]}}\n")
    );
}

#[tokio::test]
async fn bad_parameters_are_400_with_the_originals_words() {
    let server = start().await;
    let time = "timestamp argument cannot be parsed: parsing time \"abc\" as \"2006-01-02T15:04:05Z07:00\": \
                cannot parse \"abc\" as \"2006\"";
    for (query, wanted) in [
        ("start=abc", time),
        ("end=abc", time),
        ("labels=bad", "invalid label pair \"bad\""),
        ("labels=a:&start=abc", time),
    ] {
        for path in [
            "metrics/cpu/usage",
            "namespaces/default/pod-list/p1/metrics/cpu/usage",
        ] {
            let got = get(server.address, &format!("/api/v1/model/{path}?{query}")).await;
            assert_eq!((got.status, got.text()), (400, wanted), "{query}");
            assert_eq!(got.header("content-type"), Some("text/plain; charset=utf-8"));
        }
    }
    let plus = get(
        server.address,
        "/api/v1/model/metrics/cpu/usage?start=2026-11-22T08:45:00+01:00",
    )
    .await;
    assert_eq!(plus.status, 400);
    let escaped = get(
        server.address,
        "/api/v1/model/metrics/cpu/usage?start=2026-11-22T08:45:00%2B01:00",
    )
    .await;
    assert_eq!(escaped.status, 200);
}

#[tokio::test]
async fn a_value_that_is_no_number_is_no_point() {
    let server = start().await;
    let target = "/api/v1/model/nodes/n1/metrics/cpu/node_reservation";
    let got = get(server.address, target).await;
    assert_eq!(
        got.text(),
        "{\n  \"metrics\": [],\n  \"latestTimestamp\": \"0001-01-01T00:00:00Z\"\n }"
    );
}

#[tokio::test]
async fn a_long_pod_list_is_sent_while_it_is_made() {
    let server = start().await;
    let pods = vec!["p1"; 20_000].join(",");
    let target = format!("/api/v1/model/namespaces/default/pod-list/{pods}/metrics/cpu-usage");
    let got = get(server.address, &target).await;
    assert_eq!(got.header("transfer-encoding"), Some("chunked"));
    let items = got.json()["items"].take();
    assert_eq!(items.as_array().unwrap().len(), 20_000);
    assert_eq!(items[19_999], items[0]);
}

#[tokio::test]
async fn the_size_of_a_long_answer_is_counted_when_it_is_sent() {
    let server = start().await;
    let pods = vec!["p1"; 20_000].join(",");
    let target = format!("/api/v1/model/namespaces/default/pod-list/{pods}/metrics/cpu-usage");
    let bytes = get(server.address, &target).await.body.len();
    let metrics = get(server.address, "/metrics").await;
    let head = "http_response_size_bytes_sum{handler=\"podListMetric\"} ";
    let sum = metrics.text().lines().find_map(|line| line.strip_prefix(head));
    assert_eq!(sum.unwrap().parse(), Ok(bytes as f64));
}
