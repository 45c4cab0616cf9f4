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
        set.points(),
        [Point::gauge(id::CPU_USAGE, 7), Point::gauge(id::UPTIME, 0)]
    );
    assert_eq!(set.value(id::UPTIME), Some(Value::Int(0)));
    assert_eq!(set.value(id::CPU_LOAD), None);
}
