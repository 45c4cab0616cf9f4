//! Rules that hold for every route.

use crate::client::{get, send};
use crate::fixture::{api, newest, run, start};
use std::io::Read;

const NODES: &str = "/api/v1/model/nodes/";

#[tokio::test]
async fn there_are_two_flavours_of_404() {
    let server = start().await;
    for target in [
        "/api/v1/model",
        "/api/v1/model/",
        "/api/v1/model/nodes/n1",
        "/api/v1/metric-export/x",
    ] {
        let got = get(server.address, target).await;
        assert_eq!((got.status, got.text()), (404, "404: Page Not Found"), "{target}");
    }
    for target in [
        "/",
        "/foo",
        "/apis",
        "/apis/metrics.k8s.io",
        "/api/v1/historical/nodes",
        "/api/v1/modelx",
    ] {
        let got = get(server.address, target).await;
        assert_eq!(
            (got.status, got.text()),
            (404, "404 page not found\n"),
            "{target}"
        );
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    }
    let off = run(api(None), newest(), None).await;
    assert_eq!(get(off.address, NODES).await.text(), "404 page not found\n");
}

#[tokio::test]
async fn other_methods_than_get_are_405() {
    let server = start().await;
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let got = send(server.address, method, NODES, "").await;
        assert_eq!(
            (got.status, got.text()),
            (405, "405: Method Not Allowed"),
            "{method}"
        );
    }
    let head = send(server.address, "HEAD", NODES, "").await;
    assert_eq!((head.status, head.body.len()), (405, 0));
    assert_eq!(
        send(server.address, "POST", "/api/v1/model/", "").await.status,
        404
    );
}

#[tokio::test]
async fn a_path_that_is_not_clean_leads_to_the_clean_one() {
    let server = start().await;
    for (target, clean) in [
        ("/api/v1/model//nodes?x=1", "/api/v1/model/nodes?x=1"),
        ("/api/v1/model/nodes/%2e%2e/metrics/", "/api/v1/model/metrics/"),
        ("/api/v1/model/./nodes/", "/api/v1/model/nodes/"),
    ] {
        let got = get(server.address, target).await;
        assert_eq!(
            (got.status, got.header("location")),
            (301, Some(clean)),
            "{target}"
        );
        assert_eq!(
            got.text(),
            format!("<a href=\"{clean}\">Moved Permanently</a>.\n\n")
        );
    }
    assert_eq!(get(server.address, "/api/v1/model/%zz").await.status, 400);
}

#[tokio::test]
async fn accept_must_leave_room_for_json() {
    let server = start().await;
    let header = "Accept: application/vnd.kubernetes.protobuf, */*\r\n";
    let got = send(server.address, "GET", NODES, header).await;
    assert_eq!(
        (got.status, got.header("content-type")),
        (200, Some("application/json"))
    );
    let got = send(server.address, "GET", NODES, "Accept: text/html\r\n").await;
    assert_eq!((got.status, got.text()), (406, "406: Not Acceptable"));
    assert_eq!(got.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[tokio::test]
async fn compression_is_asked_for_and_refused_properly() {
    let server = start().await;
    let plain = get(server.address, NODES).await;
    assert_eq!(
        (plain.header("vary"), plain.header("content-encoding")),
        (Some("Accept-Encoding"), None)
    );
    let refused = send(server.address, "GET", NODES, "Accept-Encoding: gzip;q=0\r\n").await;
    assert_eq!(refused.body, plain.body);
    let got = send(server.address, "GET", NODES, "Accept-Encoding: gzip, deflate\r\n").await;
    assert_eq!(got.header("content-encoding"), Some("gzip"));
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(&got.body[..])
        .read_to_end(&mut body)
        .unwrap();
    assert_eq!(body, plain.body);
    let got = send(
        server.address,
        "GET",
        "/api/v1/model/",
        "Accept-Encoding: deflate\r\n",
    )
    .await;
    assert_eq!(got.header("content-type"), Some("text/plain; charset=utf-8"));
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(&got.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!((got.status, text.as_str()), (404, "404: Page Not Found"));
}

#[tokio::test]
async fn a_pod_list_of_nearly_a_mib_is_answered() {
    let server = start().await;
    for count in [1550, 26_000] {
        let pods = vec!["pod-with-a-rather-long-name-0123456789"; count].join(",");
        let base = "/api/v1/model/namespaces/default/pod-list";
        let target = format!("{base}/{pods}/metrics/cpu/usage_rate?start=2026-11-22T08:45:00Z");
        let got = get(server.address, &target).await;
        assert_eq!(got.json()["items"].as_array().unwrap().len(), count);
        let bad = get(server.address, &format!("{target}x")).await;
        assert_eq!(bad.status, 400);
    }
}

/// Recorded from Heapster 1.6.0-beta.1.
#[tokio::test]
async fn odd_paths_have_the_status_and_text_of_the_original() {
    let server = start().await;
    let (page, root) = ("404: Page Not Found", "404 page not found\n");
    for (target, status, text) in [
        ("/api/v1/model/stats/", 404, page),
        ("/api/v1/model/pods/", 404, page),
        ("/api/v1/model/debug/", 404, page),
        ("/api/v1/model/namespaces/absent", 404, page),
        ("/api/v1/model/metrics-aggregated/average/cpu/usage", 404, page),
        ("/apis/metrics.k8s.io/v1alpha1", 404, page),
        ("/apis/metrics.k8s.io/v1beta1/nodes/", 404, root),
        ("/metrics-not-there", 404, root),
        ("/api/v1/model/namespaces/absent/pods/x/containers", 200, "[]"),
        (
            "/api/v1/model/namespaces/absent/pod-list//metrics/cpu/usage",
            301,
            "<a href=\"/api/v1/model/namespaces/absent/pod-list/metrics/cpu/usage\">Moved Permanently</a>.\n\n",
        ),
        (
            "/apis/metrics.k8s.io/v1alpha1/nodes/?labelSelector=nope%3D1",
            200,
            "{\n  \"kind\": \"NodeMetricsList\",\n  \"apiVersion\": \"metrics.k8s.io/v1alpha1\",\n  \"metadata\": {},\n  \
             \"items\": null\n }",
        ),
    ] {
        let got = get(server.address, target).await;
        assert_eq!((got.status, got.text()), (status, text), "{target}");
    }
}
