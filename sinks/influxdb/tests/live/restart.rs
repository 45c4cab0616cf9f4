//! The server is killed while it is written to, and comes back; so does the sink. Nothing is lost, and the counts add up.

use crate::reading::{as_victoria_metrics_has_them, at, equal, of_batch, of_influxdb, of_victoria_metrics};
use crate::server::Server;
use heapster_plugin::model::{Batch, Timestamp};
use heapster_plugin::sink::Outcome;
use heapster_rehearsal::{build, pods, write};
use std::sync::Arc;
use std::time::Duration;

fn total(outcome: &Outcome) -> usize {
    let rejected: usize = outcome.rejected.iter().map(|(_, count)| count).sum();
    outcome.accepted + rejected + outcome.retry.as_ref().map_or(0, |retry| retry.count)
}

/// Writes what is left to a new sink, as the core does after a restart, until nothing is.
async fn finish(server: &Server, whole: &Arc<Batch>, first: Outcome) -> usize {
    let (mut accepted, mut last) = (first.accepted, first);
    let mut rest = whole.clone();
    for _ in 0..5 {
        assert_eq!(total(&last), rest.value_count());
        let Some(retry) = last.retry else { return accepted };
        rest = retry.rest.unwrap_or(rest);
        let mut sink = build(&server.uri()).unwrap();
        last = write(&mut *sink, &rest).await;
        accepted += last.accepted;
    }
    panic!("five tries were not enough: {last:?}");
}

/// Waits until the server has points: until `begun` holds for what it says at `path`.
async fn has_begun(server: &Server, path: &str, begun: fn(&str) -> bool) {
    let waiting = async {
        while !begun(&server.text(path).await) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap();
}

#[tokio::test]
async fn influxdb_killed_between_two_requests_of_a_batch_has_every_point_in_the_end() {
    let Some(mut server) = Server::influxdb(&[]).await else {
        return;
    };
    let batch = Arc::new(pods(6_000));
    let mut sink = build(&server.uri()).unwrap();
    let writing = tokio::spawn({
        let batch = batch.clone();
        async move { write(&mut *sink, &batch).await }
    });
    has_begun(&server, "/query?db=k8s&q=SHOW+MEASUREMENTS", |text| {
        text.contains("cpu/")
    })
    .await;
    server.0.kill().await;
    let first = writing.await.unwrap();
    let retry = first.retry.as_ref().unwrap();
    assert!(retry.count > 0 && retry.count <= batch.value_count(), "{first:?}");
    server.0.run().await.unwrap();
    assert_eq!(finish(&server, &batch, first).await, batch.value_count());
    equal(
        &of_influxdb(&server, "\"default\"").await,
        &of_batch(&batch, false),
    );
}

#[tokio::test]
async fn influxdb_that_lost_its_database_gets_a_new_one() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let mut sink = build(&server.uri()).unwrap();
    let batch = Arc::new(pods(10));
    assert_eq!(write(&mut *sink, &batch).await, Outcome::all(230));
    server.query("DROP DATABASE k8s").await;
    let text = write(&mut *sink, &batch).await.retry.unwrap().text;
    assert!(text.contains("database not found"), "{text}");
    assert_eq!(write(&mut *sink, &batch).await, Outcome::all(230));
    assert_eq!(of_influxdb(&server, "\"default\"").await, of_batch(&batch, false));
}

#[tokio::test]
async fn victoria_metrics_ended_and_started_again_has_every_point_once_or_twice() {
    let Some(mut server) = Server::victoria_metrics().await else {
        return;
    };
    let batch = Arc::new(at(&pods(6_000), Timestamp::now()));
    let mut sink = build(&server.uri()).unwrap();
    let writing = tokio::spawn({
        let batch = batch.clone();
        async move { write(&mut *sink, &batch).await }
    });
    let rows = |text: &str| {
        let mut counts = text
            .lines()
            .filter_map(|line| line.strip_prefix("vm_rows_inserted_total{type=\"influx\"} "));
        counts.any(|count| count != "0")
    };
    has_begun(&server, "/metrics", rows).await;
    server.0.terminate().await;
    let first = writing.await.unwrap();
    server.0.run().await.unwrap();
    assert_eq!(finish(&server, &batch, first).await, batch.value_count());
    let found = of_victoria_metrics(&server, "_value").await;
    assert!(found.values().all(|times| *times <= 2));
    let wanted = as_victoria_metrics_has_them(&of_batch(&batch, false));
    equal(&found.into_keys().collect(), &wanted);
}
