//! Every point of a batch is there, with its measurement, tags, kind of number and time.

use crate::reading::{as_victoria_metrics_has_them, at, equal, of_batch, of_influxdb, of_victoria_metrics};
use crate::server::Server;
use heapster_plugin::model::{Batch, MetricType, Model, Point, Timestamp, id};
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_plugin::testkit;
use heapster_rehearsal::{build, pods, recorded, write};
use std::collections::BTreeSet;
use std::sync::Arc;

async fn written(server: &Server, options: &str, batch: Batch) -> Arc<Batch> {
    let mut sink = build(&(server.uri() + options)).unwrap();
    let batch = Arc::new(batch);
    assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
    batch
}

#[tokio::test]
async fn influxdb_has_every_point_of_the_recorded_batch() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let wanted = of_batch(&*written(&server, "", recorded().unwrap()).await, false);
    assert_eq!(of_influxdb(&server, "\"default\"").await, wanted);
}

#[tokio::test]
async fn influxdb_has_every_point_of_a_thousand_pods() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let wanted = of_batch(
        &*written(&server, "concurrency=3&gzip=true", pods(1_000)).await,
        false,
    );
    equal(&of_influxdb(&server, "\"default\"").await, &wanted);
}

#[tokio::test]
async fn influxdb_has_fields_in_place_of_measurements_when_asked_for() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let wanted = of_batch(
        &*written(&server, "withfields=true&precision=s", recorded().unwrap()).await,
        true,
    );
    assert_eq!(of_influxdb(&server, "\"default\"").await, wanted);
}

/// Values of one metric, as floats in some pods and integers in others; each of its own pod.
fn clash(model: &Model, floats: usize, integers: usize) -> Batch {
    let float = [Point::float(id::CPU_NODE_CAPACITY, MetricType::Gauge, 1.5)];
    let integer = [Point::int(id::CPU_NODE_CAPACITY, MetricType::Gauge, 7)];
    let names: Vec<String> = (0..floats + integers)
        .map(|pod| format!("pod-{pod:03}"))
        .collect();
    let labels: Vec<[(&str, &str); 1]> = names.iter().map(|name| [("pod_name", name.as_str())]).collect();
    let sets: Vec<_> = names
        .iter()
        .zip(&labels)
        .enumerate()
        .map(|(at, (name, labels))| {
            let points = if at < floats { &float[..] } else { &integer[..] };
            (model.entities.pod("ns", name), &labels[..], points)
        })
        .collect();
    testkit::batch(model, Timestamp::from_secs(1_900_000_000), &sets)
}

#[tokio::test]
async fn influxdb_drops_values_of_the_wrong_kind_and_they_are_counted() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let (model, mut sink) = (Model::default(), build(&server.uri()).unwrap());
    // The first request with both kinds is refused whole, and gives the field its kind.
    let batch = Arc::new(clash(&model, 7, 2));
    let first = write(&mut *sink, &batch).await;
    assert_eq!((first.accepted, first.retry.unwrap().count), (0, 9));
    let second = write(&mut *sink, &batch).await;
    assert_eq!(second, Outcome::all(7).and_rejected(Rejection::Invalid, 2));
    assert_eq!(
        of_influxdb(&server, "\"default\"").await,
        of_batch(&clash(&model, 7, 0), false)
    );
}

#[tokio::test]
async fn influxdb_drops_what_is_older_than_its_policy_and_it_is_counted() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let mut sink = build(&(server.uri() + "retention=2h")).unwrap();
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(
        write(&mut *sink, &batch).await,
        Outcome::rejected(Rejection::TooOld, 15)
    );
    let now = Arc::new(at(&pods(2), Timestamp::now()));
    assert_eq!(write(&mut *sink, &now).await, Outcome::all(46));
}

#[tokio::test]
async fn victoria_metrics_has_every_point_once() {
    let Some(server) = Server::victoria_metrics().await else {
        return;
    };
    let mut wanted = of_batch(&*written(&server, "", recorded().unwrap()).await, false);
    wanted.extend(of_batch(
        &*written(&server, "concurrency=2", at(&pods(500), Timestamp::now())).await,
        false,
    ));
    let found = of_victoria_metrics(&server, "_value").await;
    assert!(found.values().all(|times| *times == 1));
    let found: BTreeSet<String> = found.into_keys().collect();
    equal(&found, &as_victoria_metrics_has_them(&wanted));
}

#[tokio::test]
async fn victoria_metrics_has_every_point_that_came_as_to_a_bucket() {
    let Some(server) = Server::victoria_metrics().await else {
        return;
    };
    let wanted = of_batch(
        &*written(
            &server,
            "bucket=b&org=o&token=t&precision=ms",
            recorded().unwrap(),
        )
        .await,
        false,
    );
    let found = of_victoria_metrics(&server, "_value").await.into_keys().collect();
    equal(&found, &as_victoria_metrics_has_them(&wanted));
}
