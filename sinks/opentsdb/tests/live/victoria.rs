//! A second implementation of the protocol reads what the sink writes: VictoriaMetrics, which keeps every sample that it gets.

use crate::points::{Points, assert_same, at, called, of_batch};
use crate::server::{Process, free_port, json, ready, script, skip, text};
use heapster_plugin::sink::Outcome;
use heapster_rehearsal::{build, pods, recorded, write};
use std::process::Command;
use std::sync::Arc;

/// A server: the ports of its queries and of the puts.
async fn start(folder: &tempfile::TempDir) -> Option<(Process, u16, u16)> {
    // Somebody else may take a port before the server does.
    for _ in 0..5 {
        let (port, put) = (free_port(), free_port());
        let arguments = [
            folder.path().display().to_string(),
            port.to_string(),
            put.to_string(),
        ];
        let mut process = Process::start(Command::new(script("victoria-metrics")).args(arguments));
        if ready(&mut process, port, "/health").await {
            return Some((process, port, put));
        }
    }
    skip("no victoria-metrics starts; ci/setup installs it");
    None
}

async fn held(port: u16) -> Points {
    text(port, "/internal/force_flush").await.unwrap();
    let all = "/api/v1/export?match[]=%7B__name__!%3D%22%22%7D&start=0&end=4000000000";
    let mut points = Points::new();
    for line in text(port, all).await.unwrap().lines() {
        let series = json(line);
        let tags = series["metric"].as_object().unwrap().iter();
        let mut tags: std::collections::BTreeMap<String, String> = tags
            .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        let metric = tags.remove("__name__").unwrap();
        let times = series["timestamps"].as_array().unwrap();
        for (time, value) in times.iter().zip(series["values"].as_array().unwrap()) {
            let key = called(&metric, &tags, time.as_i64().unwrap() / 1_000);
            points.entry(key).or_default().push(value.as_f64().unwrap());
        }
    }
    points
}

#[tokio::test]
async fn victoria_metrics_holds_every_point_once() {
    let folder = tempfile::tempdir().unwrap();
    let Some((_process, port, put)) = start(&folder).await else {
        return;
    };
    let batches = [
        recorded().unwrap(),
        at(&pods(300), 1_700_000_000),
        at(&pods(300), 1_700_000_060),
    ]
    .map(Arc::new);
    let queries = ["concurrency=4", "gzip=true", "mode=telnet"];
    let mut wanted = Points::new();
    for (batch, query) in batches.iter().zip(queries) {
        let mut sink = build(&format!(
            "opentsdb:http://127.0.0.1:{put}?cluster=c1&proxy=none&{query}"
        ))
        .unwrap();
        assert_eq!(write(&mut *sink, batch).await, Outcome::all(batch.value_count()));
        wanted.extend(of_batch(batch, "c1"));
    }
    assert_same(&held(port).await, &wanted, 12);
}
