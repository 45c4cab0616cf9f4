use super::*;
use heapster_plugin::model::{Freezer, Labels, Model, Times, id};
use std::sync::Arc;

fn labels(pairs: &[(&str, &str)]) -> Arc<Labels> {
    Arc::new(Labels::from_pairs(pairs.iter().copied()))
}

fn sample() -> Batch {
    let model = Model::default();
    let time = |text| Timestamp::parse(text);
    let mut freezer = Freezer::new(time("2026-11-22T09:11:20Z").unwrap(), 2, 4);
    let extra = model.metrics.intern("custom/qps").unwrap();
    let times = Times {
        scrape: time("2026-01-01T00:00:00.25Z"),
        collection_start: time("2026-11-22T08:56:18Z"),
        entity_create: None,
    };
    freezer.push(
        model.entities.node("a"),
        labels(&[("type", "node"), ("host_id", "")]),
        times,
        None,
        &[
            Point::gauge(id::UPTIME, 7),
            Point::float(extra, heapster_plugin::model::MetricType::Gauge, 12.5),
            Point::gauge(id::CPU_LIMIT, -1),
        ],
        [Labeled {
            point: Point::gauge(id::FILESYSTEM_USAGE, 5),
            labels: &labels(&[("resource_id", "/")]),
        }],
    );
    freezer.push(
        model.entities.cluster(),
        labels(&[("type", "cluster")]),
        Times::default(),
        None,
        &[],
        [],
    );
    freezer.finish(&model.metrics)
}

#[test]
fn the_text_has_the_layout_of_the_original() {
    assert_eq!(
        Text(&sample()).to_string(),
        "DataBatch     Timestamp: 2026-11-22 09:11:20 +0000 UTC\n\
         \n\
         MetricSet: cluster\n\
         \x20  Scrape time: 0001-01-01 00:00:00 +0000 UTC -6795364578871345152\n\
         \x20  Create time: 0001-01-01 00:00:00 +0000 UTC -6795364578871345152\n\
         \x20  Labels:\n\
         \x20     type = cluster\n\
         \x20  Metrics:\n\
         \x20  Labeled Metrics:\n\
         \n\
         MetricSet: node:a\n\
         \x20  Scrape time: 2026-01-01 00:00:00.25 +0000 UTC 1767225600250000000\n\
         \x20  Create time: 2026-11-22 08:56:18 +0000 UTC 1795337778000000000\n\
         \x20  Labels:\n\
         \x20     host_id = \n\
         \x20     type = node\n\
         \x20  Metrics:\n\
         \x20     cpu/limit = -1\n\
         \x20     custom/qps = 12.500000\n\
         \x20     uptime = 7\n\
         \x20  Labeled Metrics:\n\
         \x20     filesystem/usage = 5\n\
         \x20        resource_id = /\n\
         \n"
    );
}

#[test]
fn json_is_one_line_a_set() {
    let batch = sample();
    let mut out = String::new();
    batch.sets().for_each(|set| json_set(&mut out, &set));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[1],
        "{\"timestamp\":\"2026-11-22T09:11:20Z\",\"key\":\"node:a\",\"type\":\"node\",\
         \"scrapeTime\":\"2026-01-01T00:00:00.25Z\",\"createTime\":\"2026-11-22T08:56:18Z\",\
         \"labels\":{\"host_id\":\"\",\"type\":\"node\"},\
         \"metrics\":{\"cpu/limit\":-1,\"custom/qps\":12.5,\"uptime\":7},\
         \"labeledMetrics\":[{\"name\":\"filesystem/usage\",\"labels\":{\"resource_id\":\"/\"},\"value\":5}]}"
    );
}

#[test]
fn neither_form_allocates_for_a_set_whose_metrics_are_in_the_catalogue() {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(1_800_000_000), 100, 300);
    for at in 0..100 {
        let entity = model.entities.node(&format!("node-{at}"));
        let points = [id::CPU_USAGE, id::MEMORY_USAGE, id::UPTIME].map(|metric| Point::gauge(metric, at));
        freezer.push(
            entity,
            labels(&[("type", "node")]),
            Times::default(),
            None,
            &points,
            [],
        );
    }
    let batch = freezer.finish(&model.metrics);
    let mut line = String::with_capacity(4096);
    let json = allocation_counter::measure(|| {
        for set in batch.sets() {
            line.clear();
            json_set(&mut line, &set);
        }
    });
    let mut text = String::with_capacity(100_000);
    let plain = allocation_counter::measure(|| write!(text, "{}", Text(&batch)).unwrap());
    assert_eq!((json.count_total, plain.count_total), (0, 0));
}
