//! Requests of a batch.

use super::*;
use crate::config::OPTIONS;
use heapster_plugin::model::{
    Batch, Freezer, Labeled, Labels, MetricType, Model, Point, Times, Timestamp, Value, id,
};
use heapster_plugin::options::Options;
use heapster_plugin::uri::Uri;
use heapster_tally::values;

fn config(query: &str) -> Config {
    let uri = Uri::parse(&format!("hawkular:http://h?{query}"), |_| None).unwrap();
    Config::new(&uri, &Options::parse("sink", OPTIONS, &uri).unwrap().0).unwrap()
}

fn requests(config: &Config, cache: &mut Cache, batch: &Batch) -> Vec<Request> {
    cache.begin(batch.timestamp());
    let mut encoder = Encoder::new(config, cache, values(batch));
    let all = std::iter::from_fn(|| encoder.next()).collect();
    drop(encoder);
    cache.end(&[]);
    all
}

/// The ids of a node's containers and values, and the paths of their tags.
fn ids(query: &str) -> Vec<String> {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    let node = [("nodename", "n"), ("hostname", "h"), ("type", "node")];
    freezer.push(
        model.entities.node("n"),
        Arc::new(Labels::from_pairs(node)),
        Times::default(),
        None,
        &[Point::gauge(id::UPTIME, 1)],
        [],
    );
    let own = Arc::new(Labels::from_pairs([
        ("accelerator_id", "GPU"),
        ("make", "m"),
        ("model", "x"),
    ]));
    let used = Labeled {
        point: Point::gauge(id::ACCELERATOR_MEMORY_USED, 1),
        labels: &own,
    };
    let container = [
        ("nodename", "n"),
        ("hostname", "h"),
        ("container_name", "kubelet"),
        ("type", "sys_container"),
    ];
    freezer.push(
        model.entities.system_container("n", "kubelet"),
        Arc::new(Labels::from_pairs(container)),
        Times::default(),
        None,
        &[],
        [used],
    );
    let batch = freezer.finish(&model.metrics);
    let paths = requests(&config(query), &mut Cache::new(10), &batch)
        .into_iter()
        .filter_map(|request| match request {
            Request::Tags { path, .. } => Some(path.replace("%2F", "/")),
            Request::Values { .. } => None,
        });
    paths.collect()
}

#[test]
fn ids_that_collide_can_be_told_apart() {
    let plain = [
        "/gauges/machine/n/uptime/tags",
        "/gauges/sys_container/kubelet//accelerator/memory_used/tags",
    ];
    assert_eq!(ids(""), plain);
    let unique = [
        "/gauges/machine/h/uptime/tags",
        "/gauges/sys_container/kubelet/h/accelerator/memory_used/GPU/tags",
    ];
    assert_eq!(ids("uniqueIds=true&labelNodeId=hostname"), unique);
}

#[test]
fn a_number_that_json_cannot_hold_is_left_out_and_named() {
    let model = Model::default();
    let float = |metric, value| Point::new(metric, MetricType::Gauge, Value::Float(value));
    let points = [float(id::CPU_LOAD, f64::NAN), float(id::UPTIME, 0.5)];
    let sets = [(model.entities.cluster(), &[][..], &points[..])];
    let batch = heapster_plugin::testkit::batch(&model, Timestamp::from_secs(60), &sets);
    let (config, mut cache) = (config(""), Cache::new(10));
    let mut encoder = Encoder::new(&config, &mut cache, values(&batch));
    let bodies: Vec<_> = std::iter::from_fn(|| encoder.next()).collect();
    assert_eq!((bodies.len(), &encoder.unwritten[..]), (2, &[0][..]));
}

#[test]
fn many_tenants_at_once_are_sent_early_but_whole() {
    let model = Model::default();
    let names: Vec<String> = (0..100).map(|number| format!("n{:02}", number % 50)).collect();
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    for (number, name) in names.iter().enumerate() {
        let labels = Labels::from_pairs([("team", name.as_str())]);
        let entity = model.entities.node(&format!("{number:03}"));
        freezer.push(
            entity,
            Arc::new(labels),
            Times::default(),
            None,
            &[Point::gauge(id::UPTIME, 1)],
            [],
        );
    }
    let batch = freezer.finish(&model.metrics);
    let mut sent = Vec::new();
    for request in requests(&config("labelToTenant=team"), &mut Cache::new(1_000), &batch) {
        if let Request::Values {
            tenant, positions, ..
        } = request
        {
            assert!(positions.iter().all(|position| *names[*position] == *tenant));
            sent.extend(positions);
        }
    }
    sent.sort_unstable();
    assert_eq!(sent, (0..100).collect::<Vec<_>>());
}

#[test]
fn a_second_batch_with_the_same_labels_writes_no_tags() {
    let (config, mut cache, batch) = (config(""), Cache::new(10_000), heapster_rehearsal::pods(10));
    let is_tags = |request: &Request| matches!(request, Request::Tags { .. });
    assert_eq!(
        requests(&config, &mut cache, &batch)
            .iter()
            .filter(|one| is_tags(one))
            .count(),
        230
    );
    assert!(!requests(&config, &mut cache, &batch).iter().any(is_tags));
}

#[test]
fn nothing_is_allocated_a_value_once_definitions_are_known() {
    let count = |batch_size: usize| {
        let config = config(&format!("batchSize={batch_size}"));
        let (mut cache, batch) = (Cache::new(100_000), heapster_rehearsal::pods(1_000));
        requests(&config, &mut cache, &batch);
        let info = allocation_counter::measure(|| drop(requests(&config, &mut cache, &batch)));
        info.count_total
    };
    // 23,000 values: what is allocated is the lists and bodies of some requests.
    assert!(count(0) < 100, "{}", count(0));
}
