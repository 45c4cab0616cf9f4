//! Health, `/metrics`, version, status, pprof.

use crate::client::{get, send};
use crate::fixture::{State, start, start_with};
use std::io::Read;
use std::sync::Arc;

#[tokio::test]
async fn a_healthy_program_says_ok() {
    let server = start().await;
    for (target, wanted) in [
        ("/healthz", "ok"),
        ("/healthz/healthz", "ok"),
        ("/healthz?verbose", "[+]healthz ok\nhealthz check passed\n"),
        ("/healthz?verbose=1", "[+]healthz ok\nhealthz check passed\n"),
        ("/livez", "ok"),
        (
            "/readyz?verbose",
            "[+]ping ok\n[+]healthz ok\nreadyz check passed\n",
        ),
    ] {
        let got = send(server.address, "GET", target, "Accept-Encoding: gzip\r\n").await;
        assert_eq!((got.status, got.text()), (200, wanted), "{target}");
        assert_eq!(got.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    assert_eq!(send(server.address, "POST", "/healthz", "").await.text(), "ok");
    assert_eq!(
        get(server.address, "/healthz/").await.text(),
        "404 page not found\n"
    );
    assert_eq!(get(server.address, "/healthz/x").await.status, 404);
}

#[tokio::test]
async fn an_unhealthy_program_withholds_the_reason_except_at_the_check_itself() {
    let reason = "could not get the latest data batch";
    let server = start_with(|api| api.health = Arc::new(State(Err(reason.to_owned()))), None).await;
    let withheld = "[-]healthz failed: reason withheld\nhealthz check failed\n";
    for (target, wanted) in [
        ("/healthz", withheld.to_owned()),
        ("/healthz?verbose", withheld.to_owned()),
        ("/healthz/healthz", format!("internal server error: {reason}\n")),
        (
            "/readyz",
            "[+]ping ok\n[-]healthz failed: reason withheld\nreadyz check failed\n".to_owned(),
        ),
    ] {
        let got = get(server.address, target).await;
        assert_eq!((got.status, got.text()), (500, wanted.as_str()), "{target}");
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(get(server.address, "/livez").await.status, 200);
}

#[tokio::test]
async fn requests_are_counted_by_handler_method_and_status() {
    let server = start().await;
    get(server.address, "/api/v1/model/nodes/").await;
    get(server.address, "/api/v1/model/nodes/").await;
    get(server.address, "/api/v1/model/metrics/cpu/usage?start=x").await;
    let got = get(server.address, "/metrics").await;
    assert_eq!(got.header("content-type"), Some("text/plain; version=0.0.4"));
    for (handler, code, count) in [("nodeList", 200, 2), ("clusterMetrics", 400, 1)] {
        let series =
            format!("http_requests_total{{code=\"{code}\",handler=\"{handler}\",method=\"get\"}} {count}");
        assert!(got.text().contains(&series), "{}", got.text());
    }
    let zipped = send(server.address, "GET", "/metrics", "Accept-Encoding: gzip\r\n").await;
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&zipped.body[..])
        .read_to_string(&mut plain)
        .unwrap();
    assert!(plain.contains("handler=\"prometheus\""));
}

#[tokio::test]
async fn version_status_and_command_line_are_told() {
    let server = start().await;
    let version = get(server.address, "/version").await.json();
    assert_eq!(
        (&version["gitVersion"], &version["major"]),
        (&"v2.0.0".into(), &"2".into())
    );
    assert_eq!(get(server.address, "/status").await.text(), "{\"sinks\":[]}");
    assert_eq!(
        get(server.address, "/debug/pprof/cmdline").await.text(),
        "heapster\0--source=host:"
    );
}

#[cfg(not(feature = "profiling"))]
#[tokio::test]
async fn profiles_that_this_build_cannot_take_are_said_so() {
    let server = start().await;
    for (target, status) in [
        ("/debug/pprof/profile?seconds=1", 501),
        ("/debug/pprof/heap", 501),
        ("/debug/pprof/goroutine", 404),
        ("/debug/pprof/", 404),
        ("/debug/pprof", 404),
    ] {
        let got = get(server.address, target).await;
        assert_eq!((got.status, got.text().lines().count()), (status, 1), "{target}");
    }
}
