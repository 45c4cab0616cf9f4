//! What is kept from cycle to cycle, and what is not.

use super::fixture::{World, container, pod, set, times};
use heapster_plugin::model::{Point, Scraped, id};
use std::sync::Arc;

fn answer(world: &World, pods: &[&str]) -> Vec<Scraped> {
    let mut scraped = Scraped::default();
    for name in pods {
        world.set(
            &mut scraped,
            &world.pod(name),
            times(0, -9),
            &[Point::gauge(id::MEMORY_USAGE, 1)],
        );
        world.set(&mut scraped, &world.container(name, "c"), times(0, -9), &[]);
    }
    vec![scraped]
}

#[test]
fn labels_stay_the_same_object_until_something_changes() {
    let mut world = World::new();
    world.cluster.add_namespace("default", "one");
    world.cluster.add_pod(pod(
        "default",
        "p",
        &[("a", "b")],
        vec![container("c", None, &[]), container("stub", None, &[])],
    ));
    let answers = answer(&world, &["p"]);
    let keys = ["p", "p/container:c", "p/container:stub"].map(|key| format!("namespace:default/pod:{key}"));
    let first = world.batch(60, &answers);
    let second = world.batch(120, &answers);
    for set in first.sets() {
        let again = second.by_key(set.entity().key()).unwrap();
        assert!(
            Arc::ptr_eq(set.labels(), again.labels()),
            "{}",
            set.entity().key()
        );
    }
    world.cluster.add_pod(pod(
        "default",
        "p",
        &[("a", "c")],
        vec![container("c", None, &[]), container("stub", None, &[])],
    ));
    let third = world.batch(180, &answers);
    for key in &keys {
        assert_eq!(set(&third, key).labels().get("labels"), Some("a:c"), "{key}");
    }
    world.cluster.add_namespace("default", "two");
    let fourth = world.batch(240, &answers);
    for key in keys.iter().map(String::as_str).chain(["namespace:default"]) {
        assert_eq!(
            set(&fourth, key).labels().get("namespace_id"),
            Some("two"),
            "{key}"
        );
    }
    world.cluster.remove_pod("default", "p");
    let fifth = world.batch(300, &answers);
    assert_eq!(set(&fifth, &keys[0]).labels().get("labels"), None);
    assert!(fifth.by_key(&keys[2]).is_none());
}

#[test]
fn a_namespace_keeps_its_labels_whichever_pod_comes_first() {
    let mut world = World::new();
    let first = world.batch(60, &answer(&world, &["p", "q"]));
    let second = world.batch(120, &answer(&world, &["q", "p"]));
    let labels = |batch| set(batch, "namespace:default").labels();
    assert!(Arc::ptr_eq(labels(&first), labels(&second)));
}

#[test]
fn sets_stay_in_key_order_while_entities_come_and_go() {
    let mut world = World::without_cluster();
    for pods in [
        &["m", "b"][..],
        &["z", "m", "a"],
        &["a"],
        &["k", "a", "z", "b"],
        &[],
        &["q"],
    ] {
        let batch = world.batch(60, &answer(&world, pods));
        let keys: Vec<&str> = batch.sets().map(|set| set.entity().key()).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(keys, sorted);
        assert_eq!(keys.len(), 1 + usize::from(!pods.is_empty()) + 2 * pods.len());
        assert!(batch.sets().all(|set| batch.by_id(set.entity().id()).is_some()));
    }
}

#[test]
fn entities_that_are_gone_are_freed() {
    let mut world = World::without_cluster();
    for round in 0..1_000 {
        let names = [format!("p{round}"), format!("q{round}")];
        world.batch(60 * round, &answer(&world, &[&names[0], &names[1]]));
    }
    assert!(
        world.model.entities.id_bound() < 40,
        "{}",
        world.model.entities.id_bound()
    );
}

#[test]
fn processors_are_timed_under_the_original_names() {
    let mut world = World::new();
    world.batch(60, &[]);
    for name in [
        "rate calculator",
        "pod_based_enricher",
        "namespace_based_enricher",
        "pod_aggregator",
        "namespace_aggregator",
        "node_aggregator",
        "cluster_aggregator",
        "node_autoscaling_enricher",
    ] {
        let series = format!("heapster_processor_duration_milliseconds{{processor={name}}}");
        assert_eq!(world.telemetry.value(&series), Some(1.0), "{name}");
    }
}
