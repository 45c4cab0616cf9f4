//! Requests, and answers with a status.

use super::*;

#[tokio::test]
async fn a_summary_is_asked_for_and_read() {
    let (port, seen) = kubelet(None, |_| ok(&summary(1))).await;
    let target = plain("kubernetes.summary_api", port).await;
    assert_eq!(
        scrape(&*target).await.unwrap(),
        ["namespace:a/pod:p", "namespace:a/pod:p/container:c", "node:n1"]
    );
    let request = seen.all().concat();
    assert!(
        request.starts_with("GET /stats/summary/ HTTP/1.1\r\n"),
        "{request}"
    );
    for header in [
        format!("user-agent: {AGENT}"),
        "accept-encoding: gzip".to_owned(),
        format!("host: 127.0.0.1:{port}"),
    ] {
        assert!(request.contains(&header), "{request}");
    }
    assert!(!request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn container_stats_are_asked_for_with_the_window() {
    let body = r#"{"/":{"spec":{"has_cpu":true},"stats":[{"cpu":{"usage":{"total":1}}}]}}"#;
    let (port, seen) = kubelet(None, move |_| ok(body)).await;
    let target = plain("kubernetes", port).await;
    assert_eq!(scrape(&*target).await.unwrap(), ["node:n1"]);
    let request = seen.all().concat();
    assert!(
        request.starts_with("POST /stats/container/ HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("content-type: application/json\r\n"),
        "{request}"
    );
    assert!(
        request.ends_with(
            r#"{"containerName":"/","num_stats":1,"start":"2026-11-22T10:00:00Z","end":"2026-11-22T10:01:00Z","subcontainers":true}"#
        ),
        "{request}"
    );
}

#[tokio::test]
async fn requests_share_a_connection() {
    let (port, seen) = kubelet(None, |_| ok(&summary(1))).await;
    let target = plain("kubernetes.summary_api", port).await;
    for _ in 0..3 {
        scrape(&*target).await.unwrap();
    }
    assert_eq!(seen.all().len(), 3);
    assert!(
        seen.all()
            .iter()
            .all(|request| !request.contains("connection: close"))
    );
}

async fn status(status: &'static str, body: &'static str) -> (ScrapeFailure, String) {
    let (port, _) = kubelet(None, move |_| reply(status, "", body.as_bytes())).await;
    failure(&*plain("kubernetes.summary_api", port).await).await
}

#[tokio::test]
async fn a_401_is_a_refusal() {
    let (reason, text) = status("401 Unauthorized", "Unauthorized").await;
    assert_eq!(reason, ScrapeFailure::Refused);
    assert!(
        text.contains("answered 401 Unauthorized \"Unauthorized\": "),
        "{text}"
    );
}

#[tokio::test]
async fn a_403_is_a_refusal_and_no_reason_to_try_the_other_api() {
    let (port, seen) = kubelet(None, |_| reply("403 Forbidden", "", b"no")).await;
    let (reason, text) = failure(&*plain("kubernetes", port).await).await;
    assert_eq!(reason, ScrapeFailure::Refused);
    assert!(text.contains("(RBAC)"), "{text}");
    assert_eq!(seen.lines(), ["POST /stats/container/"]);
}

#[tokio::test]
async fn a_500_shows_what_the_kubelet_wrote() {
    let (reason, text) = status("500 Internal Server Error", "failed to get\nroot cgroup stats").await;
    assert_eq!(reason, ScrapeFailure::Status);
    assert!(text.contains("\"failed to get root cgroup stats\""), "{text}");
}

#[tokio::test]
async fn a_redirect_that_no_spelling_avoids_is_not_followed() {
    let (port, seen) = kubelet(None, |_| {
        reply("302 Found", "location: http://127.0.0.1:1/\r\n", b"")
    })
    .await;
    let (reason, text) = failure(&*plain("kubernetes.summary_api", port).await).await;
    assert_eq!(reason, ScrapeFailure::Status);
    assert!(text.contains("redirects are not followed"), "{text}");
    assert_eq!(seen.lines(), ["GET /stats/summary/", "GET /stats/summary"]);
}

#[tokio::test]
async fn https_asked_over_http_names_the_option() {
    let body = "Client sent an HTTP request to an HTTPS server.\n";
    let (reason, text) = status("400 Bad Request", body).await;
    assert_eq!(reason, ScrapeFailure::Status);
    assert!(
        text.ends_with("if the port serves HTTPS, add kubeletHttps=true to the source"),
        "{text}"
    );
}

#[tokio::test]
async fn nobody_listening_names_the_https_port() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (reason, text) = failure(&*plain("kubernetes.summary_api", port).await).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(
        text.contains(
            "connection refused: if this kubelet serves HTTPS only, add kubeletHttps=true&kubeletPort=10250"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn failures_are_timed_too() {
    let (port, _) = kubelet(None, |_| reply("500 Internal Server Error", "", b"")).await;
    let uri = format!("kubernetes.summary_api:?kubeletPort={port}");
    let built = build(&uri, vec![node("n1", "127.0.0.1")], KubeletAccess::default()).unwrap();
    let target = built.source.targets().await.remove(0);
    failure(&*target).await;
    let series = format!("{SUMMARY_TIME}{{node=n1.example}}");
    assert_eq!(built.telemetry.value(&series), Some(1.0));
}

#[tokio::test]
async fn a_node_of_ipv6_is_asked_in_brackets() {
    let Ok((address, seen)) = kubelet_at("[::1]:0", None, |_| ok(&summary(1))).await else {
        println!("SKIPPED: this machine has no IPv6");
        return;
    };
    let uri = format!("kubernetes.summary_api:?kubeletPort={}", address.port());
    let built = build(&uri, vec![node("n1", "::1")], KubeletAccess::default()).unwrap();
    let target = built.source.targets().await.remove(0);
    scrape(&*target).await.unwrap();
    let request = seen.all().concat();
    assert!(
        request.contains(&format!("host: [::1]:{}", address.port())),
        "{request}"
    );
}

#[tokio::test]
async fn a_node_with_a_host_name_only_is_asked_by_it() {
    let (port, seen) = kubelet(None, |_| ok(&summary(1))).await;
    let named = heapster_plugin::cluster::Node {
        hostname: "localhost".into(),
        ..node("n1", "")
    };
    let uri = format!("kubernetes.summary_api:?kubeletPort={port}");
    let built = build(&uri, vec![named], KubeletAccess::default()).unwrap();
    let target = built.source.targets().await.remove(0);
    assert_eq!(target.name(), format!("kubelet_summary:localhost:{port}"));
    scrape(&*target).await.unwrap();
    assert!(seen.all().concat().contains(&format!("host: localhost:{port}")));
}
