//! What the windows keep and let go.

use heapster_plugin::model::{Batch, Entity, Freezer, MetricType, Model, Point, Times, Timestamp, Value, id};
use heapster_store::{Config, Store};
use std::sync::Arc;
use std::time::Duration;

fn gauge(model: &Model, at: i64, entity: &Arc<Entity>) -> Arc<Batch> {
    let mut freezer = Freezer::new(Timestamp::from_secs(at), 1, 1);
    let points = [
        Point::gauge(id::CPU_USAGE_RATE, at),
        Point::gauge(id::MEMORY_RSS, at),
    ];
    freezer.push(
        entity.clone(),
        Arc::default(),
        Times::default(),
        None,
        &points,
        [],
    );
    Arc::new(freezer.finish(&model.metrics))
}

fn store(model: &Arc<Model>) -> Store {
    let config = Config {
        short: Duration::from_secs(140),
        long: Duration::from_secs(900),
        long_metrics: vec!["cpu/usage_rate".to_owned()],
    };
    Store::new(config, model.clone())
}

#[test]
fn an_entity_that_is_gone_longer_than_the_window_frees_everything() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let (gone, stays) = (model.entities.node("gone"), model.entities.node("stays"));
    let id = gone.id();
    store.push(gauge(&model, 10, &gone), Timestamp::from_secs(10));
    drop(gone);
    for at in (20..2000).step_by(10) {
        store.push(gauge(&model, at, &stays), Timestamp::from_secs(at));
        let within = at < 910;
        assert!(!within || model.entities.find("node:gone").is_some(), "{at}");
    }
    assert!(model.entities.find("node:gone").is_none());
    let reused = model.entities.node("new");
    assert_eq!(reused.id(), id);
    let now = Timestamp::from_secs(2000);
    assert_eq!(store.values("node:new", "cpu/usage_rate", None, now, now), []);
    assert_eq!(store.metric_names("node:new", now), [""; 0]);
}

#[test]
fn memory_does_not_grow_once_the_windows_are_full() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    let mut most = [0; 2];
    for at in 1..4000 {
        store.push(gauge(&model, at, &node), Timestamp::from_secs(at));
        let half = &mut most[usize::from(at >= 2000)];
        *half = store.memory_bytes().max(*half);
    }
    assert_eq!(most[0], most[1]);
    assert!(store.memory() < store.memory_bytes());
}

#[test]
fn the_latest_batch_is_served_however_old_it_is() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    store.push(gauge(&model, 10, &node), Timestamp::from_secs(10));
    let now = Timestamp::from_secs(100_000);
    assert_eq!(store.latest().unwrap().timestamp(), Timestamp::from_secs(10));
    assert_eq!(
        store.metric_names("node:n", now),
        ["cpu/usage_rate", "memory/rss"]
    );
    assert_eq!(store.values("node:n", "memory/rss", None, now, now), []);
}

/// Time and integer value of each sample.
fn samples(store: &Store, metric: &str, now: i64) -> Vec<i64> {
    let now = Timestamp::from_secs(now);
    let values = store.values("node:n", metric, None, now, now);
    assert!(
        values.iter().all(|(at, value)| *value == Value::Int(at.secs())),
        "{values:?}"
    );
    values.iter().map(|(at, _)| at.secs()).collect()
}

#[test]
fn a_value_is_shown_for_140_seconds_and_a_long_metric_for_the_long_window() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    for at in (60..=1200).step_by(60) {
        store.push(gauge(&model, at, &node), Timestamp::from_secs(at));
    }
    assert_eq!(samples(&store, "memory/rss", 1205), [1080, 1140, 1200]);
    assert_eq!(samples(&store, "memory/rss", 1220), [1140, 1200]);
    let long = samples(&store, "cpu/usage_rate", 1205);
    assert_eq!((long.len(), long[0]), (15, 360));
}

#[test]
fn values_expire_by_the_clock_when_no_batch_comes_any_more() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    for at in [60, 120] {
        store.push(gauge(&model, at, &node), Timestamp::from_secs(at));
    }
    assert_eq!(samples(&store, "memory/rss", 199), [60, 120]);
    assert_eq!(samples(&store, "memory/rss", 200), [120]);
    assert_eq!(samples(&store, "memory/rss", 260), [0; 0]);
    assert_eq!(samples(&store, "cpu/usage_rate", 1019), [120]);
    assert_eq!(samples(&store, "cpu/usage_rate", 1020), [0; 0]);
}

#[test]
fn a_long_metric_may_be_a_float() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    for at in [60, 120] {
        let value = Value::Float(f64::from(at) / 8.0);
        let points = [Point::new(id::CPU_USAGE_RATE, MetricType::Gauge, value)];
        let mut freezer = Freezer::new(Timestamp::from_secs(at.into()), 1, 1);
        freezer.push(node.clone(), Arc::default(), Times::default(), None, &points, []);
        store.push(
            Arc::new(freezer.finish(&model.metrics)),
            Timestamp::from_secs(at.into()),
        );
    }
    let now = Timestamp::from_secs(120);
    let values: Vec<Value> = store
        .values("node:n", "cpu/usage_rate", None, now, now)
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    assert_eq!(values, [Value::Float(7.5), Value::Float(15.0)]);
}

#[test]
fn a_clock_that_was_ahead_does_not_lock_the_store() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    for ahead in [9000, 1060] {
        assert!(store.push(gauge(&model, ahead, &node), Timestamp::from_secs(ahead)));
        assert!(store.push(gauge(&model, 1000, &node), Timestamp::from_secs(1000)));
        assert_eq!(store.latest().unwrap().timestamp(), Timestamp::from_secs(1000));
        assert_eq!(samples(&store, "cpu/usage_rate", 1000), [1000]);
    }
    assert_eq!(store.refused(), 0);
}

#[test]
fn a_batch_that_comes_twice_or_late_is_refused() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    assert!(store.push(gauge(&model, 1000, &node), Timestamp::from_secs(1005)));
    assert!(!store.push(gauge(&model, 1000, &node), Timestamp::from_secs(999)));
    assert!(!store.push(gauge(&model, 990, &node), Timestamp::from_secs(1006)));
    assert_eq!(store.refused(), 2);
}
