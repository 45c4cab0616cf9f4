//! Any cycles.

use heapster_plugin::model::{
    Batch, Freezer, LabeledPoint, Labels, MetricId, MetricType, Model, Point, Times, Timestamp, Value, id,
};
use proptest::prelude::*;
use std::sync::Arc;

pub(crate) const NODES: usize = 6;
pub(crate) const METRICS: [MetricId; 5] = [
    id::CPU_USAGE_RATE,
    id::MEMORY_USAGE,
    id::MEMORY_RSS,
    id::NETWORK_RX_RATE,
    id::UPTIME,
];
pub(crate) const LABELED: [MetricId; 2] = [id::FILESYSTEM_USAGE, id::DISK_IO_READ_BYTES_RATE];

/// One set of a plan: which node, `(metric, kind, value)`, labeled `(metric, label, value)`.
pub(crate) type SetPlan = (usize, Vec<(usize, MetricType, Value)>, Vec<(usize, u8, Value)>);

/// One cycle: seconds since the one before, seconds until it is stored, sets.
#[derive(Clone, Debug)]
pub(crate) struct Cycle {
    pub(crate) step: i64,
    pub(crate) delay: i64,
    pub(crate) sets: Vec<SetPlan>,
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => (0i64..4).prop_map(Value::Int),
        1 => any::<i64>().prop_map(Value::Int),
        2 => (0u8..4).prop_map(|value| Value::Float(f64::from(value) / 2.0)),
        1 => (-1e18f64..1e18).prop_map(Value::Float),
    ]
}

fn set() -> impl Strategy<Value = SetPlan> {
    let kind = prop_oneof![4 => Just(MetricType::Gauge), 1 => Just(MetricType::Cumulative)];
    // Index METRICS.len() is a custom metric that is interned when it is first used.
    let points = prop::collection::vec((0..=METRICS.len(), kind, value()), 0..6);
    let labeled = prop::collection::vec((0..LABELED.len(), 0u8..3, value()), 0..4);
    (0..NODES, points, labeled)
}

pub(crate) fn cycle() -> impl Strategy<Value = Cycle> {
    let step = prop_oneof![12 => 1i64..20, 1 => 20i64..200, 1 => -5i64..1];
    (step, 0i64..10, prop::collection::vec(set(), 0..NODES)).prop_map(|(step, delay, sets)| Cycle {
        step,
        delay,
        sets,
    })
}

pub(crate) fn freeze(model: &Model, at: Timestamp, sets: &[SetPlan]) -> Batch {
    let mut freezer = Freezer::new(at, 0, 0);
    for (node, points, labeled) in sets {
        let metric = |at: usize| match METRICS.get(at) {
            Some(metric) => *metric,
            None => model.metrics.intern("custom/late").unwrap(),
        };
        let points: Vec<Point> = points
            .iter()
            .map(|(at, kind, value)| Point::new(metric(*at), *kind, *value))
            .collect();
        let labeled: Vec<_> = labeled
            .iter()
            .map(|(at, label, value)| LabeledPoint {
                point: Point::new(LABELED[*at], MetricType::Gauge, *value),
                labels: Arc::new(labels(*label)),
            })
            .collect();
        let entity = model.entities.node(&node.to_string());
        freezer.push(
            entity,
            Arc::default(),
            Times::default(),
            None,
            &points,
            labeled.iter().map(LabeledPoint::as_labeled),
        );
    }
    freezer.finish(&model.metrics)
}

/// The third set of labels has two pairs.
pub(crate) fn labels(which: u8) -> Labels {
    let mut pairs = vec![("resource_id", which.to_string())];
    if which == 2 {
        pairs.push(("make", "x".to_owned()));
    }
    Labels::from_pairs(pairs)
}
