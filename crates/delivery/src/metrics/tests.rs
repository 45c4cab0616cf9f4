//! Batches to disk and back, and filters.

mod any;
mod filter;

use super::*;
use heapster_plugin::model::{
    CpuRate, Entity, Freezer, Labeled, Labels, MetricType, Point, Times, Value, id, label,
};
use std::time::Duration;

/// A batch as text, by names only: equal when two batches say the same.
fn text(batch: &Batch) -> Vec<String> {
    let mut all = vec![format!("{:?}", batch.timestamp())];
    for set in batch.sets() {
        let labels: Vec<_> = set.labels().iter().collect();
        let (key, kind) = (set.entity().key(), set.entity().kind());
        all.push(format!(
            "{key} {kind:?} {labels:?} {:?} {:?}",
            set.times(),
            set.cpu()
        ));
        let value = |point: Point| {
            let bits = match point.value() {
                Value::Int(value) => format!("int {value}"),
                Value::Float(value) => format!("float {:x}", value.to_bits()),
            };
            format!(
                "{} {} {bits}",
                batch.metric_name(point.metric()),
                point.metric_type()
            )
        };
        // The numbers of custom metrics, and so their order, differ from process to process.
        let mut plain: Vec<_> = set.points().map(value).collect();
        plain.sort();
        all.extend(plain);
        for one in set.labeled() {
            all.push(format!(
                "{} {:?}",
                value(one.point),
                one.labels.iter().collect::<Vec<_>>()
            ));
        }
    }
    all
}

/// Into another process and back to text.
fn elsewhere(batch: &Batch) -> Vec<String> {
    let mut bytes = Vec::new();
    batch.encode(&mut bytes).unwrap();
    let model = Arc::new(Model::default());
    model.metrics.intern("custom/of-another-process").unwrap();
    text(&Batch::decode(&bytes, &model).unwrap())
}

fn set(
    freezer: &mut Freezer,
    entity: Arc<Entity>,
    labels: &[(&str, &str)],
    points: &[Point],
    own: &[Labeled<'_>],
) {
    let kind = [(label::TYPE, entity.kind().as_str())];
    let pairs = kind.iter().chain(labels).map(|(key, value)| (*key, *value));
    let labels = Arc::new(Labels::from_pairs(pairs));
    freezer.push(
        entity,
        labels,
        Times::default(),
        None,
        points,
        own.iter().copied(),
    );
}

#[test]
fn all_kinds_of_sets_and_values_come_back() {
    let model = Model::default();
    let all = &model.entities;
    let time = Timestamp::from_secs(1_800_000_000);
    let mut freezer = Freezer::new(time, 0, 0);
    let custom = model.metrics.intern("custom/größe of it").unwrap();
    let disk = Arc::new(Labels::from_pairs([("resource_id", "/var"), ("", "ü")]));
    let entities = [
        all.cluster(),
        all.namespace("a"),
        all.node("n/x"),
        all.pod("a", "p"),
        all.pod_container("a", "p", "c:d"),
        all.system_container("n/x", "kube/let"),
    ];
    for (at, entity) in (0..).zip(entities) {
        let points = [
            Point::cumulative(id::CPU_USAGE, i64::MAX - at),
            Point::gauge(id::MEMORY_RSS, i64::MIN + at),
            Point::float(id::CPU_NODE_CAPACITY, MetricType::Gauge, 0.1),
            Point::float(custom, MetricType::Delta, f64::NAN),
            Point::int(id::RESTART_COUNT, MetricType::Gauge, 0),
        ];
        let own = [1, 2].map(|value| Labeled {
            point: Point::gauge(id::FILESYSTEM_USAGE, value),
            labels: &disk,
        });
        let labels = Arc::new(Labels::from_pairs([("type", "x"), ("empty", "")]));
        let times = Times {
            scrape: Some(time.plus(Duration::from_millis(7))),
            collection_start: (at > 2).then(|| time.minus(Duration::from_secs(9))),
            entity_create: None,
        };
        let cpu = (at > 3).then_some(CpuRate {
            nanocores: u64::MAX,
            sample: time,
            window: Duration::from_secs(10),
        });
        freezer.push(entity, labels, times, cpu, &points, own);
    }
    let batch = freezer.finish(&model.metrics);
    assert_eq!(batch.value_count(), 42);
    assert_eq!(elsewhere(&batch), text(&batch));
}

#[test]
fn tables_that_are_full_begin_anew() {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    let own: Vec<_> = (0..70_000)
        .map(|at| Arc::new(Labels::from_pairs([("resource_id", at.to_string())])))
        .collect();
    for at in 0..1_000 {
        let value = |labels| Labeled {
            point: Point::gauge(id::FILESYSTEM_USAGE, 1),
            labels,
        };
        let own: Vec<_> = own[at * 70..(at + 1) * 70]
            .iter()
            .chain(&own[..3])
            .map(value)
            .collect();
        let name = format!("node-{at:04}");
        set(
            &mut freezer,
            model.entities.node(&name),
            &[("nodename", &name)],
            &[Point::gauge(id::UPTIME, 1)],
            &own,
        );
    }
    let batch = freezer.finish(&model.metrics);
    assert_eq!(elsewhere(&batch), text(&batch));
}

#[test]
fn a_metric_this_process_has_no_room_for_is_left_out() {
    let model = Model::default();
    let names: Vec<_> = (0..10)
        .map(|at| model.metrics.intern(&format!("custom/{at}")).unwrap())
        .collect();
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    let points: Vec<_> = names.into_iter().map(|name| Point::gauge(name, 1)).collect();
    set(&mut freezer, model.entities.node("a"), &[], &points, &[]);
    let batch = freezer.finish(&model.metrics);
    let mut bytes = Vec::new();
    batch.encode(&mut bytes).unwrap();
    let full = Arc::new(Model::default());
    for at in 0..heapster_plugin::model::MAX_CUSTOM_METRICS - 4 {
        full.metrics.intern(&format!("other/{at}")).unwrap();
    }
    assert_eq!(Batch::decode(&bytes, &full).unwrap().value_count(), 4);
}
