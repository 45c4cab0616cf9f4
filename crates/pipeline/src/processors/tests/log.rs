//! What is said in the log, and how often.

use super::fixture::{World, times};
use heapster_plugin::model::Scraped;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps the messages of its thread.
#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

impl Visit for Messages {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push(format!("{value:?}"));
    }
}

impl Subscriber for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::INFO
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_namespace_that_does_not_exist_is_reported_once() {
    let messages = Messages::default();
    let mut world = World::new();
    tracing::subscriber::with_default(messages.clone(), || {
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
    assert_eq!(*messages.0.lock().unwrap(), ["Namespace doesn't exist: default"]);
}

#[test]
fn a_batch_from_before_the_last_is_reported() {
    let messages = Messages::default();
    let mut world = World::new();
    tracing::subscriber::with_default(messages.clone(), || {
        world.batch(60, &[]);
        world.batch(60, &[]);
    });
    assert_eq!(
        *messages.0.lock().unwrap(),
        ["New data batch has timestamp before the previous one"]
    );
}
