//! Bodies of requests.

use super::*;
use heapster_plugin::model::{Batch, MetricType, Model, Point, Timestamp, Value, id};
use heapster_plugin::testkit;
use heapster_rehearsal::recorded;
use heapster_tally::values;

fn config() -> Config {
    Config {
        prefix: "k8s.".to_owned(),
        tags: vec![("cluster".to_owned(), "staging".to_owned())],
        merge_tags: false,
        period: 0,
        batch: 1_000,
        concurrency: 1,
    }
}

fn chunks(config: &Config, batch: &Batch) -> Vec<Chunk> {
    let mut encoder = Encoder::new(config, values(batch));
    std::iter::from_fn(|| encoder.next(Vec::new())).collect()
}

fn bodies(config: &Config, batch: &Batch) -> Vec<String> {
    let text = |chunk: Chunk| String::from_utf8(chunk.body).unwrap();
    chunks(config, batch).into_iter().map(text).collect()
}

fn cluster(points: &[Point]) -> Batch {
    let model = Model::default();
    testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(model.entities.cluster(), &[], points)],
    )
}

#[test]
fn the_recorded_measurements_go_out_and_so_does_a_zero() {
    let body = bodies(&config(), &recorded().unwrap()).remove(0);
    let head = r#"{"tags":{"cluster":"staging"},"measurements":[{"#;
    let inner = body.strip_prefix(head).unwrap().strip_suffix("}]}").unwrap();
    let mut sent: Vec<String> = inner.split("},{").map(|one| format!("{{{one}}}")).collect();
    sent.sort();
    let zero = (
        r#""k8s.memory.request","tags""#,
        r#""k8s.memory.request","value":0,"tags""#,
    );
    let golden = include_str!("../../tests/golden/measurements.txt").replace(zero.0, zero.1);
    let mut golden: Vec<&str> = golden.lines().collect();
    golden.sort_unstable();
    assert_eq!(sent, golden);
}

#[test]
fn without_tags_and_with_a_period_the_head_says_so() {
    let config = Config {
        prefix: String::new(),
        tags: Vec::new(),
        period: 60,
        ..config()
    };
    let body =
        r#"{"period":60,"measurements":[{"name":"uptime","value":1.4,"tags":{"type":"cluster"},"time":60}]}"#;
    let point = Point::new(id::UPTIME, MetricType::Gauge, Value::Float(1.4));
    assert_eq!(bodies(&config, &cluster(&[point])), [body]);
}

#[test]
fn the_tags_of_the_request_may_be_repeated_and_hide_none() {
    let config = Config {
        tags: vec![
            ("cluster".to_owned(), "staging".to_owned()),
            ("type".to_owned(), "x".to_owned()),
        ],
        merge_tags: true,
        ..config()
    };
    let body = bodies(&config, &cluster(&[Point::gauge(id::UPTIME, 1)])).remove(0);
    assert!(
        body.contains(r#""tags":{"type":"cluster","cluster":"staging"},"time""#),
        "{body}"
    );
}

#[test]
fn an_empty_batch_is_no_request() {
    assert!(chunks(&config(), &cluster(&[])).is_empty());
}

#[test]
fn a_number_that_cannot_be_sent_is_left_out_and_named() {
    let float = |metric, value| Point::new(metric, MetricType::Gauge, Value::Float(value));
    let batch = cluster(&[
        float(id::CPU_LIMIT, f64::NAN),
        float(id::CPU_LOAD, -1e126),
        float(id::UPTIME, 1e21),
    ]);
    let chunk = chunks(&config(), &batch).remove(0);
    assert_eq!(
        (chunk.written, chunk.positions, chunk.unwritten),
        (1, 0..3, vec![0, 1])
    );
    assert!(
        String::from_utf8(chunk.body)
            .unwrap()
            .contains(r#""value":1e+21,"#)
    );
}

#[test]
fn a_thousand_measurements_go_out_at_a_time() {
    let batch = heapster_rehearsal::pods(100);
    let counts: Vec<_> = chunks(&config(), &batch)
        .iter()
        .map(|chunk| chunk.written)
        .collect();
    assert_eq!(counts, [1_000, 1_000, 300]);
}

#[test]
fn nothing_is_allocated_a_value() {
    let count = |pods| {
        let (config, batch) = (config(), heapster_rehearsal::pods(pods));
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
