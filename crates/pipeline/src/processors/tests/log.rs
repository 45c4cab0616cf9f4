//! What is said in the log, and how often.

use super::fixture::{World, times};
use heapster_plugin::model::Scraped;
use heapster_plugin::testkit::Lines;

#[test]
fn a_namespace_that_does_not_exist_is_reported_once() {
    let lines = Lines::default();
    let mut world = World::new();
    tracing::subscriber::with_default(lines.clone(), || {
        let mut scraped = Scraped::default();
        for pod in ["p", "q"] {
            world.set(&mut scraped, &world.pod(pod), times(0, -9), &[]);
            world.set(&mut scraped, &world.container(pod, "c"), times(0, -9), &[]);
        }
        let answers = [scraped];
        for cycle in 1..4 {
            world.batch(60 * cycle, &answers);
        }
        world.cluster.add_namespace("default", "uid");
        world.batch(300, &answers);
    });
    assert_eq!(lines.take_messages(), ["Namespace doesn't exist: default"]);
}

#[test]
fn a_batch_from_before_the_last_is_reported() {
    let lines = Lines::default();
    let mut world = World::new();
    tracing::subscriber::with_default(lines.clone(), || {
        world.batch(60, &[]);
        world.batch(60, &[]);
    });
    assert_eq!(
        lines.take_messages(),
        ["New data batch has timestamp before the previous one"]
    );
}
