//! Facts that hold whatever targets answer.

use super::fixture::{World, container, pod, times};
use heapster_plugin::model::{MetricId, MetricType, Point, Scraped, Value, id};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Entity (kind, names), values, whether a new target begins.
type AnySet = ((u8, u8, u8), Vec<(u32, i64, bool)>, bool);

fn any_sets() -> impl Strategy<Value = Vec<AnySet>> {
    let values = prop::collection::vec((0..56_u32, any::<i64>(), any::<bool>()), 0..12);
    prop::collection::vec(((0..6_u8, 0..3_u8, 0..3_u8), values, any::<bool>()), 0..24)
}

fn answers(world: &World, sets: &[AnySet]) -> Vec<Scraped> {
    let mut all = vec![Scraped::default()];
    let entities = &world.model.entities;
    for ((kind, first, second), values, new_target) in sets {
        let (a, b) = (format!("a{first}"), format!("b{second}"));
        let entity = match kind {
            0 => entities.cluster(),
            1 => entities.namespace("default"),
            2 => entities.node(&a),
            3 => world.pod(&a),
            4 => world.container(&a, &b),
            _ => entities.system_container(&a, &b),
        };
        if *new_target {
            all.push(Scraped::default());
        }
        let points: Vec<Point> = values
            .iter()
            .map(|(metric, value, float)| {
                let metric = MetricId(*metric);
                let bits = value.cast_unsigned();
                if *float {
                    Point::float(metric, MetricType::Gauge, f64::from_bits(bits))
                } else {
                    Point::gauge(metric, *value)
                }
            })
            .collect();
        world.set(
            all.last_mut().unwrap(),
            &entity,
            times(i64::from(*first), -9),
            &points,
        );
    }
    all
}

proptest! {
    #[test]
    fn any_two_answers_give_batches_in_order_with_every_value_once(first in any_sets(), second in any_sets()) {
        for mut world in [World::new(), World::without_cluster()] {
            for name in 0..4 {
                world.model.metrics.intern(&format!("custom/{name}"));
            }
            let limit = Point::gauge(id::CPU_LIMIT, 1);
            world.cluster.add_pod(pod("default", "a0", &[("x", "y")], vec![container("b0", Some(1), &[limit])]));
            for (cycle, sets) in [(1, &first), (2, &second)] {
                let answers = answers(&world, sets);
                let batch = world.batch(cycle * 60, &answers);
                let keys: Vec<&str> = batch.sets().map(|set| set.entity().key()).collect();
                prop_assert!(keys.is_sorted_by(|a, b| a < b), "{:?}", keys);
                prop_assert!(keys.contains(&"cluster"));
                for set in batch.sets() {
                    prop_assert!(set.points().map(|point| point.metric()).is_sorted_by(|a, b| a < b));
                    prop_assert_eq!(set.labels().get("type"), Some(set.entity().kind().as_str()));
                    prop_assert!(!matches!(set.value(id::CPU_USAGE_RATE), Some(Value::Int(..0))) || has_own(&answers));
                }
                for scraped in &answers {
                    for given in scraped.sets().iter().filter(|set| set.entity.key() != "cluster") {
                        let set = batch.by_id(given.entity.id()).unwrap();
                        let known: BTreeSet<MetricId> = set.points().map(|point| point.metric()).collect();
                        prop_assert!(scraped.points(given).iter().all(|point| known.contains(&point.metric())));
                    }
                }
            }
        }
    }
}

/// Whether a target gave a CPU rate itself, or gave one that is summed into this set.
fn has_own(answers: &[Scraped]) -> bool {
    let mut points = answers
        .iter()
        .flat_map(|answer| answer.sets().iter().flat_map(|set| answer.points(set)));
    points.any(|point| point.metric() == id::CPU_USAGE_RATE)
}
