//! The bytes of requests.

use crate::server::{send, sink, statements, well, writes};
use heapster_plugin::sink::Outcome;
use heapster_rehearsal::{Backend, pods, recorded};
use std::io::Read;
use std::sync::Arc;

#[tokio::test]
async fn the_requests_of_a_first_batch_are_the_recorded_ones() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    let mut sink = sink(&backend, "db=k8s&cluster_name=c1");
    assert_eq!(sink.name(), "InfluxDB Sink");
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(send(&mut *sink, &batch).await, Outcome::all(15));
    let seen = backend.seen();
    let lines: Vec<String> = seen
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.path))
        .collect();
    let wanted = [
        "GET /ping",
        // Differs: the name stands in quotes, so that every name works.
        "GET /query?db=&q=CREATE+DATABASE+%22k8s%22+WITH+NAME+%22default%22",
        "POST /write?consistency=&db=k8s&precision=&rp=default",
    ];
    assert_eq!(lines, wanted);
    for one in &seen {
        assert_eq!(one.header("authorization"), "Basic cm9vdDpyb290");
        assert_eq!(
            one.header("user-agent"),
            format!("heapster/{}", env!("CARGO_PKG_VERSION"))
        );
        assert_eq!(one.header("accept-encoding"), "gzip");
    }
    assert_eq!(seen[2].headers.get("content-type").unwrap(), "");
    assert_eq!(
        (
            seen[2].header("content-length"),
            seen[2].header("content-encoding")
        ),
        ("2864", "")
    );
    let (text, wanted) = (seen[2].text(), include_str!("../golden/default.txt"));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(sorted(&text), sorted(wanted));
}

#[tokio::test]
async fn a_second_batch_is_one_more_write() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    let mut sink = sink(&backend, "");
    let batch = Arc::new(recorded().unwrap());
    send(&mut *sink, &batch).await;
    send(&mut *sink, &batch).await;
    assert_eq!((backend.seen().len(), writes(&backend).len()), (4, 2));
}

#[tokio::test]
async fn the_options_reach_the_wire() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    let mut sink = sink(
        &backend,
        "db=my-db&retention=7d&rpname=a%22b&user=&precision=s&gzip=true&withfields=true",
    );
    send(&mut *sink, &Arc::new(recorded().unwrap())).await;
    let wanted = "GET CREATE DATABASE \"my-db\" WITH DURATION 7d REPLICATION 1 NAME \"a%5C\"b\"";
    assert_eq!(statements(&backend), [wanted]);
    let last = backend.seen().pop().unwrap();
    assert_eq!(last.path, "/write?consistency=&db=my-db&precision=s&rp=a%22b");
    assert_eq!(
        (last.header("authorization"), last.header("content-encoding")),
        ("", "gzip")
    );
    let mut text = String::new();
    flate2::read::GzDecoder::new(&last.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(
        text.contains("cpu,cluster_name=default,type=cluster limit=4000i 1519905600\n"),
        "{text}"
    );
}

#[tokio::test]
async fn an_empty_policy_is_not_named() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    let mut sink = sink(&backend, "rpname=");
    send(&mut *sink, &Arc::new(recorded().unwrap())).await;
    assert_eq!(statements(&backend), ["GET CREATE DATABASE \"k8s\""]);
    assert_eq!(writes(&backend), ["/write?consistency=&db=k8s&precision="]);
}

#[tokio::test]
async fn a_bucket_is_written_to_with_a_token_and_nothing_is_made() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    for (options, path) in [
        (
            "bucket=b+c&org=o&token=geheim",
            "/api/v2/write?bucket=b+c&org=o&precision=ns",
        ),
        (
            "bucket=b&token=geheim&precision=us",
            "/api/v2/write?bucket=b&precision=us",
        ),
    ] {
        let before = backend.seen().len();
        let mut sink = sink(&backend, options);
        send(&mut *sink, &Arc::new(recorded().unwrap())).await;
        let seen = backend.seen().split_off(before);
        assert_eq!((seen.len(), seen[0].path.as_str()), (1, path));
        assert_eq!(seen[0].header("authorization"), "Token geheim");
        assert_eq!(seen[0].header("content-type"), "text/plain; charset=utf-8");
        assert!(!format!("{sink:?}").contains("geheim"));
    }
}

#[tokio::test]
async fn a_batch_without_values_sends_no_lines() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    let mut sink = sink(&backend, "");
    assert_eq!(send(&mut *sink, &Arc::new(pods(0))).await, Outcome::all(0));
    assert_eq!(writes(&backend).len(), 0);
}

#[tokio::test]
async fn a_large_batch_goes_out_in_requests_of_ten_thousand_lines() {
    let backend = Backend::start(|_, seen| well(seen)).await.unwrap();
    let mut sink = sink(&backend, "concurrency=3");
    let batch = Arc::new(pods(2_000));
    assert_eq!(send(&mut *sink, &batch).await, Outcome::all(46_000));
    let bodies: Vec<String> = backend
        .bodies()
        .into_iter()
        .filter(|body| !body.is_empty())
        .collect();
    let mut lines: Vec<usize> = bodies.iter().map(|body| body.lines().count()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [6_000, 10_000, 10_000, 10_000, 10_000]);
    let distinct: std::collections::HashSet<&str> = bodies.iter().flat_map(|body| body.lines()).collect();
    assert_eq!(distinct.len(), 46_000);
}
