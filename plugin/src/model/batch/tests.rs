use super::*;
use crate::model::{Entities, MetricNames, id};

fn batch(keys: &[Arc<Entity>]) -> Batch {
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    for (at, entity) in keys.iter().enumerate() {
        let value = i64::try_from(at).unwrap();
        let points = [
            Point::gauge(id::UPTIME, value),
            Point::gauge(id::CPU_USAGE, 7),
            Point::gauge(id::UPTIME, 9),
        ];
        freezer.push(
            entity.clone(),
            Arc::default(),
            Times::default(),
            None,
            &points,
            [],
        );
    }
    freezer.finish(&MetricNames::default())
}

#[test]
fn sets_are_found_by_number_key_and_prefix() {
    let all = Entities::default();
    let keys = [
        all.pod("b", "p"),
        all.pod_container("b", "p", "c"),
        all.pod("b-2", "p"),
        all.namespace("b"),
        all.cluster(),
    ];
    let batch = batch(&keys);
    let order: Vec<_> = batch.sets().map(|set| set.entity().key()).collect();
    assert!(order.is_sorted());
    for entity in &keys {
        assert!(Arc::ptr_eq(batch.by_id(entity.id()).unwrap().entity(), entity));
        assert!(Arc::ptr_eq(batch.by_key(entity.key()).unwrap().entity(), entity));
    }
    let pods: Vec<_> = batch
        .with_prefix("namespace:b/pod:")
        .map(|set| set.entity().key())
        .collect();
    assert_eq!(pods, ["namespace:b/pod:p", "namespace:b/pod:p/container:c"]);
    assert!(batch.by_id(EntityId(99)).is_none());
}

#[test]
fn points_are_sorted_and_the_first_of_two_stays() {
    let all = Entities::default();
    let batch = batch(&[all.cluster()]);
    let set = batch.by_key("cluster").unwrap();
    assert_eq!(
        set.points().collect::<Vec<_>>(),
        [Point::gauge(id::CPU_USAGE, 7), Point::gauge(id::UPTIME, 0)]
    );
    assert_eq!(set.value(id::UPTIME), Some(Value::Int(0)));
    assert_eq!(set.value(id::CPU_LOAD), None);
}

#[test]
fn merged_values_are_those_added_over_the_own() {
    let all = Entities::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    let own = [
        Point::gauge(id::CPU_LIMIT, 1),
        Point::gauge(id::CPU_USAGE, 2),
        Point::gauge(id::UPTIME, 3),
    ];
    let added = [Point::gauge(id::CPU_USAGE, 20), Point::gauge(id::MEMORY_RSS, 4)];
    for (name, own, added) in [("a", &own[..], &added[..]), ("b", &own, &[]), ("c", &[], &added)] {
        freezer.merge(own, added);
        freezer.push(all.node(name), Arc::default(), Times::default(), None, &[], []);
    }
    let batch = freezer.finish(&MetricNames::default());
    let points = |key| batch.by_key(key).unwrap().points().collect::<Vec<_>>();
    assert_eq!(points("node:a"), [own[0], added[0], added[1], own[2]]);
    assert_eq!(
        (points("node:b"), points("node:c")),
        (own.to_vec(), added.to_vec())
    );
}
