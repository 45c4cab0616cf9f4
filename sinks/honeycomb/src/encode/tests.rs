//! Bodies of requests.

use super::*;
use crate::config::LabeledAs;
use heapster_plugin::model::{MetricType, Model, Point, Timestamp};
use heapster_plugin::testkit;
use heapster_rehearsal::recorded;

fn config(labeled: LabeledAs) -> Config {
    Config {
        labeled,
        batch: 100,
        max_bytes: 5_000_000,
        concurrency: 1,
        path: String::new(),
    }
}

fn chunks(config: &Config, batch: &Batch) -> Vec<Chunk> {
    let mut encoder = encoder(config, batch);
    std::iter::from_fn(|| encoder.next(Vec::new())).collect()
}

fn text(chunk: &Chunk) -> String {
    String::from_utf8(chunk.body.clone()).unwrap()
}

fn node(points: &[Point], labels: &[(&str, &str)]) -> Batch {
    let model = Model::default();
    testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(model.entities.node("a"), labels, points)],
    )
}

#[test]
fn the_recorded_events_go_out_under_the_names_of_the_api() {
    let chunks = chunks(&config(LabeledAs::Nothing), &recorded().unwrap());
    assert_eq!(chunks.len(), 1);
    let sent: Vec<serde_json::Value> = serde_json::from_slice(&chunks[0].body).unwrap();
    let golden = include_str!("../../tests/golden/events.txt")
        .replace("\"Timestamp\"", "\"time\"")
        .replace("\"Data\"", "\"data\"");
    let golden: Vec<serde_json::Value> = golden
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(sent.len(), golden.len());
    assert!(golden.iter().all(|event| sent.contains(event)), "{sent:#?}");
    assert!(chunks[0].body.ends_with(b"]\n"));
}

#[test]
fn labeled_values_may_be_fields_of_their_set() {
    let body = text(&chunks(&config(LabeledAs::Fields), &recorded().unwrap())[0]);
    assert!(body.contains(r#","disk/io_read_bytes.8:0":4096"#), "{body}");
    assert!(
        body.contains(r#","filesystem/usage./dev/sda1":21474836480"#),
        "{body}"
    );
}

#[test]
fn labeled_values_may_be_events_of_their_own() {
    let batch = recorded().unwrap();
    let chunks = chunks(&config(LabeledAs::Events), &batch);
    assert_eq!(chunks[0].events.len(), batch.len() + 3);
    let positions: Vec<usize> = chunks[0].events.iter().cloned().flatten().collect();
    assert_eq!(positions, (0..batch.value_count()).collect::<Vec<_>>());
    let body = text(&chunks[0]);
    let disk =
        r#""type":"node","resource_id":"8:0","disk/io_read_bytes":4096},"time":"2018-03-01T12:00:00Z"}"#;
    assert!(body.contains(disk), "{body}");
}

#[test]
fn a_label_hides_the_metric_of_its_name() {
    let points = [Point::gauge(id::UPTIME, 7), Point::gauge(id::CPU_LOAD, 1)];
    let body = text(&chunks(&config(LabeledAs::Nothing), &node(&points, &[("uptime", "x")]))[0]);
    assert_eq!(
        body,
        "[{\"data\":{\"cpu/load\":1,\"type\":\"node\",\"uptime\":\"x\"},\"time\":\"1970-01-01T00:01:00Z\"}]\n"
    );
}

#[test]
fn a_set_of_counters_alone_is_an_event_of_labels() {
    let body = text(
        &chunks(
            &config(LabeledAs::Nothing),
            &node(&[Point::cumulative(id::NETWORK_RX, 1)], &[]),
        )[0],
    );
    assert_eq!(
        body,
        "[{\"data\":{\"type\":\"node\"},\"time\":\"1970-01-01T00:01:00Z\"}]\n"
    );
}

#[test]
fn a_number_that_json_cannot_hold_is_left_out_and_named() {
    let float = |metric, value| Point::new(metric, MetricType::Gauge, Value::Float(value));
    let batch = node(&[float(id::CPU_LOAD, f64::NAN), float(id::UPTIME, 0.5)], &[]);
    let chunk = chunks(&config(LabeledAs::Nothing), &batch).remove(0);
    assert_eq!(chunk.unwritten, [0]);
    assert!(text(&chunk).contains("{\"type\":\"node\",\"uptime\":0.5}"));
}

#[test]
fn a_body_is_cut_by_events_and_by_bytes() {
    let batch = heapster_rehearsal::pods(201);
    let counts = |config: &Config| {
        chunks(config, &batch)
            .iter()
            .map(|chunk| chunk.events.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(&config(LabeledAs::Nothing)), [100, 100, 1]);
    let small = Config {
        max_bytes: 10_000,
        ..config(LabeledAs::Nothing)
    };
    let chunks = chunks(&small, &batch);
    assert!(chunks.iter().all(|chunk| chunk.body.len() <= 10_000));
    assert_eq!(chunks.iter().map(|chunk| chunk.events.len()).sum::<usize>(), 201);
}

#[test]
fn nothing_is_allocated_a_value() {
    for labeled in [LabeledAs::Nothing, LabeledAs::Fields, LabeledAs::Events] {
        let count = |pods| {
            let (config, batch) = (config(labeled), heapster_rehearsal::pods(pods));
            let mut body = Vec::with_capacity(1 << 20);
            let info = allocation_counter::measure(|| {
                let mut encoder = encoder(&config, &batch);
                while let Some(chunk) = encoder.next(std::mem::take(&mut body)) {
                    body = chunk.body;
                }
            });
            info.count_total
        };
        // A list of positions a request.
        let requests = |pods: u64| {
            if labeled == LabeledAs::Events {
                pods / 50
            } else {
                pods / 100
            }
        };
        assert_eq!(count(1_000) - requests(1_000), count(100) - requests(100));
    }
}
