use super::*;
use crate::model::{Entities, Labeled, MetricNames, MetricType, id};
use proptest::prelude::*;
use std::time::Duration;

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

type Number = (u32, u64, bool);
type Clock = [Option<i64>; 3];

fn number((metric, bits, float): &Number) -> Point {
    let value = if *float {
        Value::Float(f64::from_bits(*bits))
    } else {
        Value::Int(bits.cast_signed())
    };
    Point::new(MetricId(*metric), MetricType::Gauge, value)
}

fn clock(times: &Clock) -> Times {
    let [scrape, collection_start, entity_create] = times.map(|time| time.map(Timestamp::from_nanos));
    Times {
        scrape,
        collection_start,
        entity_create,
    }
}

fn any_nanos() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        (-5_i64..2_000_000_000).prop_map(|seconds| seconds * 1_000_000_000)
    ]
}

proptest! {
    #[test]
    fn a_batch_gives_back_what_it_was_made_of(
        sets in prop::collection::vec(
            (
                prop::collection::btree_map(0u32..60, (any::<u64>(), 0u32..64, any::<bool>()), 0..30),
                prop::collection::vec((0u32..5, any::<u64>(), 0usize..3), 0..6),
                prop::array::uniform3(prop::option::of(any_nanos())),
                prop::option::of((any::<u64>(), any_nanos(), any::<u64>())),
            ),
            0..40,
        ),
        at in any_nanos(),
        each in 1usize..9,
    ) {
        let all = Entities::default();
        let disks = ["a", "b", "c"].map(|name| Arc::new(Labels::from_pairs([("resource_id", name)])));
        let mut freezer = Freezer::new(Timestamp::from_nanos(at), 0, 0);
        let mut made = Vec::new();
        for (place, (plain, labeled, times, cpu)) in sets.iter().enumerate() {
            let points: Vec<Point> =
                plain.iter().map(|(metric, (bits, shift, float))| number(&(*metric, bits >> shift, *float))).collect();
            let labeled: Vec<_> = labeled
                .iter()
                .map(|(metric, bits, disk)| Labeled { point: number(&(*metric, *bits, false)), labels: &disks[*disk] })
                .collect();
            let cpu = cpu.map(|(nanocores, sample, window)| CpuRate {
                nanocores,
                sample: Timestamp::from_nanos(sample),
                window: Duration::from_nanos(window),
            });
            let entity = all.node(&format!("n{place:03}"));
            freezer.push(entity.clone(), disks[0].clone(), clock(times), cpu, &points, labeled.iter().copied());
            if place % each == 0 {
                freezer.close_block();
            }
            made.push((entity, clock(times), cpu, points, labeled));
        }
        let batch = freezer.finish(&MetricNames::default());
        prop_assert_eq!(batch.len(), made.len());
        for (set, (entity, times, cpu, points, labeled)) in batch.sets().zip(&made) {
            prop_assert!(Arc::ptr_eq(set.entity(), entity));
            prop_assert_eq!((set.times(), set.cpu()), (*times, *cpu));
            let bits = |point: Point| (point.metric(), point.value_type(), point.bits());
            prop_assert!(set.points().map(bits).eq(points.iter().copied().map(bits)));
            let one = |one: Labeled<'_>| (bits(one.point), Arc::as_ptr(one.labels));
            prop_assert!(set.labeled().map(one).eq(labeled.iter().copied().map(one)));
            prop_assert!(points.iter().all(|point| set.point(point.metric()).map(bits) == Some(bits(*point))));
        }
    }
}

#[test]
fn a_batch_of_many_sets_is_made_of_several_blocks() {
    let all = Entities::default();
    let nodes: Vec<_> = (0..10_000).map(|at| all.node(&at.to_string())).collect();
    let batch = batch(&nodes);
    assert_eq!((batch.len(), batch.value_count()), (10_000, 20_000));
    let uptime = |key: &str| batch.by_key(key).and_then(|set| set.value(id::UPTIME));
    assert_eq!(uptime("node:9999"), Some(Value::Int(9999)));
    assert!(batch.memory() < 10_000 * 60, "{}", batch.memory());
}
