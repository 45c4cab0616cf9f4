//! What exists in the cluster now, and the numbered log of what changed.
//!
//! An object is a few numbers; its JSON is written when it is asked for. Each change gets the next resource version. The log keeps
//! the newest changes; who asks for older ones is told that they are gone.

mod log;

pub use log::{Change, Gone, Verb};

use crate::clock::Clock;
use crate::shape::{EPOCH, Shape};
use crate::values::mix;
use log::Log;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Resource version of what is there from the start.
pub const FIRST_VERSION: u64 = 1_000;

/// A node. Replacing it gives the same number and address a new name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // numbers that the module explains
pub struct Node {
    pub index: u32,
    pub generation: u32,
    pub ready: bool,
    /// Second of creation.
    pub born: i64,
    /// Resource version.
    pub version: u64,
}

/// A pod, in one of the places of its node. Replacing it gives the place a pod of another name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // numbers that the module explains
pub struct Pod {
    pub node: u32,
    /// Generation of the node, which is part of its name.
    pub node_generation: u32,
    pub slot: u32,
    pub generation: u32,
    /// Second of creation.
    pub born: i64,
    /// Resource version.
    pub version: u64,
}

/// A namespace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // numbers that the module explains
pub struct Namespace {
    pub number: u32,
    pub version: u64,
}

/// An event about a pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // numbers that the module explains
pub struct Event {
    /// From 0 in the order of creation.
    pub number: u64,
    pub pod: Pod,
    /// Second of creation.
    pub born: i64,
    pub version: u64,
}

/// Any of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Object {
    Node(Node),
    Pod(Pod),
    Namespace(Namespace),
    Event(Event),
}

/// Everything that exists.
#[derive(Debug)]
pub struct World {
    shape: Shape,
    pub(crate) nodes: Vec<Node>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) events: VecDeque<Event>,
    events_kept: usize,
    events_made: u64,
    log: Log,
}

impl World {
    fn new(shape: Shape, history: usize, events_kept: usize) -> Self {
        let version = FIRST_VERSION;
        let born = |key: u64| EPOCH - 60 - i64::try_from(mix(shape.seed, key) % 2_592_000).unwrap_or(0);
        let nodes: Vec<Node> = (0..shape.nodes)
            .map(|index| Node {
                index,
                generation: 0,
                ready: true,
                born: EPOCH - 2_592_100,
                version,
            })
            .collect();
        let pods = (0..shape.nodes)
            .flat_map(|node| (0..shape.pods).map(move |slot| (node, slot)))
            .map(|(node, slot)| Pod {
                node,
                node_generation: 0,
                slot,
                generation: 0,
                born: born((u64::from(node) << 32) | u64::from(slot)),
                version,
            })
            .collect();
        let namespaces = (0..shape.namespaces)
            .map(|number| Namespace { number, version })
            .collect();
        Self {
            shape,
            nodes,
            pods,
            namespaces,
            events: VecDeque::new(),
            events_kept,
            events_made: 0,
            log: Log::new(version, history),
        }
    }

    /// The newest resource version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.log.version()
    }

    /// The node of this number.
    #[must_use]
    pub fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(place(index))
    }

    /// The pods on the node of this number.
    #[must_use]
    pub fn pods_of(&self, index: u32) -> &[Pod] {
        let per_node = place(self.shape.pods);
        let from = place(index) * per_node;
        self.pods.get(from..from + per_node).unwrap_or_default()
    }

    /// The changes after `version`.
    ///
    /// # Errors
    /// [`Gone`] when the log does not reach back so far.
    pub fn changes_after(&self, version: u64) -> Result<impl Iterator<Item = &Change>, Gone> {
        self.log.after(version)
    }

    /// The oldest version from which changes can be told.
    #[must_use]
    pub fn oldest(&self) -> u64 {
        self.log.oldest()
    }

    fn replace_pod(&mut self, node: u32, slot: u32, now: i64) {
        let generation = self.node(node).map_or(0, |node| node.generation);
        let number = place(node) * place(self.shape.pods) + place(slot);
        let Some(pod) = self.pods.get_mut(number).filter(|_| slot < self.shape.pods) else {
            return;
        };
        self.log.push(Verb::Deleted, Object::Pod(*pod));
        pod.version = self.log.next_version();
        pod.generation += 1;
        pod.node_generation = generation;
        pod.born = now;
        self.log.push(Verb::Added, Object::Pod(*pod));
    }

    fn replace_node(&mut self, index: u32, now: i64) {
        let Some(node) = self.nodes.get_mut(place(index)) else {
            return;
        };
        self.log.push(Verb::Deleted, Object::Node(*node));
        node.version = self.log.next_version();
        node.generation += 1;
        node.born = now;
        self.log.push(Verb::Added, Object::Node(*node));
        for slot in 0..self.shape.pods {
            self.replace_pod(index, slot, now);
        }
    }

    fn set_ready(&mut self, index: u32, ready: bool) {
        if let Some(node) = self.nodes.get_mut(place(index)) {
            node.ready = ready;
            node.version = self.log.next_version();
            self.log.push(Verb::Modified, Object::Node(*node));
        }
    }

    fn emit_event(&mut self, now: i64) {
        let number = self.events_made;
        let count = u64::try_from(self.pods.len().max(1)).unwrap_or(1);
        let pod = usize::try_from(mix(self.shape.seed ^ 7, number) % count).unwrap_or(0);
        let Some(pod) = self.pods.get(pod).copied() else {
            return;
        };
        let version = self.log.next_version();
        self.events_made += 1;
        let event = Event {
            number,
            pod,
            born: now,
            version,
        };
        self.events.push_back(event);
        self.log.push(Verb::Added, Object::Event(event));
        if self.events.len() > self.events_kept {
            self.events.pop_front();
        }
    }
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The world, shared, with word of its changes.
#[derive(Debug)]
pub struct Store {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
    clock: Clock,
}

impl Store {
    pub(crate) fn new(shape: Shape, history: usize, events_kept: usize, clock: Clock) -> Self {
        let world = World::new(shape, history, events_kept);
        Self {
            changed: watch::Sender::new(world.version()),
            world: Mutex::new(world),
            clock,
        }
    }

    /// The world as it is; held only while it is read.
    pub fn read(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of each newer resource version.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut World, i64)) {
        let mut world = self.read();
        change(&mut world, self.clock.second());
        let version = world.version();
        drop(world);
        self.changed.send_replace(version);
    }

    /// Deletes a pod and puts another in its place.
    pub fn replace_pod(&self, node: u32, slot: u32) {
        self.change(|world, now| world.replace_pod(node, slot, now));
    }

    /// Deletes a node with its pods; another of the same address comes with new ones.
    pub fn replace_node(&self, node: u32) {
        self.change(|world, now| world.replace_node(node, now));
    }

    /// Reports the node as ready or not; saying the same again is a heartbeat.
    pub fn set_ready(&self, node: u32, ready: bool) {
        self.change(|world, _| world.set_ready(node, ready));
    }

    /// Makes events, each about some pod.
    pub fn emit_events(&self, count: u64) {
        self.change(|world, now| (0..count).for_each(|_| world.emit_event(now)));
    }

    /// Forgets all changes so far: who watches from an older version is told 410.
    pub fn trim(&self) {
        self.change(|world, _| world.log.trim());
    }
}

#[cfg(test)]
mod tests;
