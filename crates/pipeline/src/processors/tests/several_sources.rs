//! Several sources, with and without a cluster.

use super::fixture::{World, labels, set, times, values};
use heapster_plugin::cluster::Resources;
use heapster_plugin::model::{Labels, Point, Scraped, id, label};
use std::sync::Arc;

/// An answer about one node.
fn node(world: &World, name: &str, points: &[Point]) -> Scraped {
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.model.entities.node(name),
        times(0, -9),
        points,
    );
    scraped
}

#[test]
fn without_a_cluster_a_node_gets_neither_shares_nor_labels() {
    let mut world = World::without_cluster();
    let answers = [node(&world, "here", &[Point::gauge(id::MEMORY_USAGE, 1)])];
    let batch = world.batch(60, &answers);
    assert_eq!(values(&batch, "node:here"), ["memory/usage 1"]);
    let own = ["host_id=id", "hostname=here", "nodename=here", "type=node"];
    assert_eq!(labels(&batch, "node:here"), own);
}

#[test]
fn a_host_beside_a_cluster_stays_as_it_is() {
    let mut world = World::new();
    let resources = Resources {
        cpu_millicores: 1_000,
        memory_bytes: 1_000,
        ephemeral_storage_bytes: None,
    };
    world.cluster.add_node("n1", &[("zone", "a")], resources);
    let memory = [Point::gauge(id::MEMORY_USAGE, 500)];
    let answers = [node(&world, "host", &memory), node(&world, "n1", &memory)];
    let batch = world.batch(60, &answers);
    assert_eq!(values(&batch, "node:host"), ["memory/usage 500"]);
    assert_eq!(set(&batch, "node:host").labels().get(label::LABELS), None);
    assert!(values(&batch, "node:n1").contains(&"memory/node_utilization 0.5".to_owned()));
}

#[test]
fn two_answers_about_one_entity_are_merged_and_the_first_counts() {
    let mut world = World::without_cluster();
    let (mut first, mut second) = (Scraped::default(), Scraped::default());
    let node = world.model.entities.node("n1");
    world.set(
        &mut first,
        &node,
        times(1, -9),
        &[Point::gauge(id::MEMORY_USAGE, 1)],
    );
    world.set(
        &mut second,
        &node,
        times(2, -9),
        &[Point::gauge(id::MEMORY_USAGE, 2), Point::gauge(id::MEMORY_RSS, 3)],
    );
    let batch = world.batch(60, &[first, second]);
    assert_eq!(values(&batch, "node:n1"), ["memory/rss 3", "memory/usage 1"]);
    assert_eq!(set(&batch, "node:n1").times(), times(1, -9));
}

#[test]
fn of_labeled_values_in_two_answers_the_second_adds_other_devices() {
    let mut world = World::without_cluster();
    let node = world.model.entities.node("n1");
    let answer = |world: &World, devices: &[(&str, i64)]| {
        let mut scraped = Scraped::default();
        world.begin(&mut scraped, &node, times(0, -9));
        for (device, value) in devices {
            let labels = Labels::from_pairs([(label::RESOURCE_ID, *device)]);
            scraped.push_labeled(Point::gauge(id::FILESYSTEM_USAGE, *value), Arc::new(labels));
        }
        scraped
    };
    let answers = [
        answer(&world, &[("/", 1)]),
        answer(&world, &[("/data", 2), ("/", 3)]),
    ];
    let batch = world.batch(60, &answers);
    let labeled = set(&batch, "node:n1").labeled();
    let values: Vec<i64> = labeled.map(|one| one.point.value().as_i64()).collect();
    assert_eq!(values, [1, 2]);
}
