use super::*;
use crate::clock::Clock;
use crate::world::Store;

fn world(shape: Shape) -> (Vec<Node>, Vec<Pod>) {
    let store = Store::new(shape, 10, 10, Clock::held(EPOCH + 1_000));
    let world = store.read();
    (world.nodes.clone(), world.pods.clone())
}

#[test]
fn pods_have_the_average_number_of_containers() {
    let shape = Shape {
        nodes: 100,
        pods: 100,
        containers_milli: 1_300,
        ..Shape::default()
    };
    let (_, pods) = world(shape);
    let all: u32 = pods.iter().map(|pod| shape.containers(pod)).sum();
    assert!((12_800..13_200).contains(&all), "{all}");
}

#[test]
fn pods_are_spread_evenly_over_namespaces() {
    let shape = Shape {
        nodes: 20,
        pods: 10,
        namespaces: 20,
        ..Shape::default()
    };
    let (_, pods) = world(shape);
    for number in 0..20 {
        assert_eq!(
            pods.iter().filter(|pod| shape.namespace(pod) == number).count(),
            10
        );
    }
}

#[test]
fn a_restarted_container_counts_from_zero_again() {
    let shape = Shape {
        restart_seconds: 100,
        ..Shape::default()
    };
    let (_, pods) = world(shape);
    let pod = &pods[0];
    let mut starts = std::collections::BTreeSet::new();
    for second in EPOCH..EPOCH + 300 {
        let container = shape.container(pod, 0, second);
        assert!(container.start <= second && container.age(second) < 100);
        starts.insert(container.start);
    }
    assert!((3..=4).contains(&starts.len()), "{starts:?}");
}

#[test]
fn a_sample_is_repeated_until_the_next() {
    let shape = Shape {
        sample_seconds: 10,
        ..Shape::default()
    };
    let (nodes, _) = world(shape);
    let entity = shape.node(&nodes[0]);
    let samples: std::collections::BTreeSet<i64> = (1_000..1_040)
        .map(|second| shape.sampled(&entity, second))
        .collect();
    assert!(samples.len() <= 5);
    for second in 1_000..1_040 {
        let sampled = shape.sampled(&entity, second);
        assert!(sampled <= second && second - sampled < 10);
    }
}

#[test]
fn clocks_are_off_by_at_most_the_skew() {
    let shape = Shape {
        skew_seconds: 30,
        ..Shape::default()
    };
    let skews: Vec<i64> = (0..200).map(|node| shape.skew(node)).collect();
    assert!(skews.iter().all(|skew| skew.abs() <= 30));
    assert!(skews.iter().any(|skew| *skew < -10) && skews.iter().any(|skew| *skew > 10));
    assert_eq!(Shape::default().skew(7), 0);
}
