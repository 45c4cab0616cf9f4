//! Bodies of requests.

use super::*;
use crate::tags::TagRules;
use heapster_plugin::model::{Batch, Model, Point, Timestamp, id};
use heapster_plugin::testkit;
use heapster_tally::values;

fn config(mode: Mode) -> Config {
    Config {
        host: String::new(),
        mode,
        tags: TagRules {
            cluster: "c1".to_owned(),
            allowed: Vec::new(),
            renamed: Vec::new(),
            max: None,
        },
        milliseconds: false,
        batch: 1_000,
        max_bytes: 40_960,
        concurrency: 1,
        sync: false,
        timeout: std::time::Duration::ZERO,
    }
}

fn batch(points: &[Point]) -> Batch {
    let model = Model::default();
    testkit::batch(
        &model,
        Timestamp::from_nanos(60_500_000_000),
        &[(model.entities.cluster(), &[], points)],
    )
}

fn chunks(config: &Config, batch: &Batch) -> Vec<Chunk> {
    let mut encoder = Encoder::new(config, values(batch));
    std::iter::from_fn(|| encoder.next(Vec::new())).collect()
}

fn bodies(config: &Config, batch: &Batch) -> Vec<String> {
    let text = |chunk: Chunk| String::from_utf8(chunk.body).unwrap();
    chunks(config, batch).into_iter().map(text).collect()
}

#[test]
fn a_lone_point_is_an_object() {
    let body =
        r#"{"metric":"uptime_cumulative","timestamp":60,"value":7,"tags":{"cluster":"c1","type":"cluster"}}"#;
    assert_eq!(
        bodies(&config(Mode::Http), &batch(&[Point::cumulative(id::UPTIME, 7)])),
        [body]
    );
}

#[test]
fn an_empty_batch_is_no_request() {
    assert!(chunks(&config(Mode::Http), &batch(&[])).is_empty());
}

#[test]
fn time_may_be_in_milliseconds() {
    let config = Config {
        milliseconds: true,
        ..config(Mode::Http)
    };
    let body = bodies(&config, &batch(&[Point::gauge(id::UPTIME, 7)])).remove(0);
    assert!(body.contains(r#""timestamp":60500,"#), "{body}");
}

#[test]
fn a_line_has_the_same_names_and_tags() {
    let lines = [
        "put cpu_limit_gauge 60 1 cluster=c1 type=cluster\n",
        "put uptime_gauge 60 7 cluster=c1 type=cluster\n",
    ];
    let batch = batch(&[Point::gauge(id::CPU_LIMIT, 1), Point::gauge(id::UPTIME, 7)]);
    assert_eq!(bodies(&config(Mode::Telnet), &batch), [lines.concat()]);
}

#[test]
fn a_body_is_cut_by_count_and_by_size() {
    let points = [id::CPU_LIMIT, id::CPU_LOAD, id::UPTIME].map(|metric| Point::gauge(metric, 1));
    let batch = batch(&points);
    let two = Config {
        batch: 2,
        ..config(Mode::Http)
    };
    let positions: Vec<_> = chunks(&two, &batch)
        .into_iter()
        .map(|chunk| chunk.positions)
        .collect();
    assert_eq!(positions, [0..2, 2..3]);
    let whole = bodies(&config(Mode::Http), &batch).remove(0);
    for (max_bytes, requests) in [(whole.len(), 1), (whole.len() - 1, 2), (1, 3)] {
        let config = Config {
            max_bytes,
            ..config(Mode::Http)
        };
        let bodies = bodies(&config, &batch);
        assert_eq!(bodies.len(), requests, "{max_bytes}");
        assert!(requests == 3 || bodies.iter().all(|body| body.len() <= max_bytes));
    }
}

#[test]
fn a_number_that_json_cannot_hold_is_left_out_and_named() {
    let float = |metric, value| {
        Point::new(
            metric,
            heapster_plugin::model::MetricType::Gauge,
            Value::Float(value),
        )
    };
    let batch = batch(&[
        float(id::CPU_LIMIT, f64::NAN),
        float(id::CPU_LOAD, 1e20),
        float(id::UPTIME, f64::INFINITY),
    ]);
    let chunk = chunks(&config(Mode::Http), &batch).remove(0);
    assert_eq!(
        (chunk.written, chunk.positions, chunk.unwritten),
        (1, 0..3, vec![0, 2])
    );
    let body = String::from_utf8(chunk.body).unwrap();
    assert!(body.contains(r#""value":1e20,"#), "{body}");
}

#[test]
fn nothing_is_allocated_a_point() {
    let count = |pods| {
        let (config, batch) = (config(Mode::Http), heapster_rehearsal::pods(pods));
        let mut body = Vec::with_capacity(1 << 20);
        let info = allocation_counter::measure(|| {
            let mut encoder = Encoder::new(&config, values(&batch));
            while let Some(chunk) = encoder.next(std::mem::take(&mut body)) {
                body = chunk.body;
            }
        });
        info.count_total
    };
    assert_eq!(count(10), count(1_000));
}
