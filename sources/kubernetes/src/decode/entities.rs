//! The entities of one node with their labels, kept from cycle to cycle.
//!
//! An answer names the same few hundred things each cycle. Each is looked up here by its names as they stand in the text; only
//! what is new, or has got a new identity, makes an entity and labels. What one whole answer does not name is dropped.

mod resources;

use super::labels::{NodeLabels, Words};
use hashbrown::{DefaultHashBuilder, HashTable};
use heapster_plugin::model::{Entity, EntityKind, Labels, Model, label};
use resources::{Custom, Resource};
use std::hash::BuildHasher;
use std::sync::Arc;

/// A thing that an answer names.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) entity: Arc<Entity>,
    pub(crate) labels: Arc<Labels>,
    /// Whether this answer named it before.
    pub(crate) repeated: bool,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    entity: Arc<Entity>,
    labels: Arc<Labels>,
    seen: u64,
}

impl Entry {
    /// Whether the labels hold this UID of the pod and this image of the container.
    fn is_identity(&self, uid: &str, image: Option<&str>) -> bool {
        self.labels.get(label::POD_ID).unwrap_or_default() == uid
            && self.labels.get(label::CONTAINER_BASE_IMAGE) == image
    }
}

/// The names of one pod container.
#[derive(Clone, Copy)]
pub(crate) struct ContainerNames<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) pod: &'a str,
    pub(crate) container: &'a str,
}

/// What is known about one node's pods, containers, filesystems and custom metrics.
#[derive(Debug)]
pub(crate) struct Cache {
    model: Arc<Model>,
    words: Arc<Words>,
    /// The labels of everything on the node.
    common: Arc<Labels>,
    node: (Arc<Entity>, Arc<Labels>),
    node_seen: u64,
    hasher: DefaultHashBuilder,
    entries: HashTable<Entry>,
    resources: HashTable<Resource>,
    customs: HashTable<Custom>,
    cycle: u64,
    /// Sets, plain and labeled values of the answer before.
    pub(crate) sizes: (usize, usize, usize),
}

impl Cache {
    pub(crate) fn new(model: Arc<Model>, words: Arc<Words>, node_labels: NodeLabels) -> Self {
        let common = Arc::new(words.common(&node_labels));
        let node = (
            model.entities.node(&node_labels.name),
            Arc::new(words.node(&common, node_labels.schedulable)),
        );
        Self {
            model,
            words,
            common,
            node,
            node_seen: 0,
            hasher: DefaultHashBuilder::default(),
            entries: HashTable::new(),
            resources: HashTable::new(),
            customs: HashTable::new(),
            cycle: 0,
            sizes: (0, 0, 0),
        }
    }

    /// Begins an answer.
    pub(crate) const fn begin(&mut self) {
        self.cycle += 1;
    }

    /// Ends a whole answer: what it did not name is dropped.
    pub(crate) fn end(&mut self) {
        let cycle = self.cycle;
        self.entries.retain(|entry| entry.seen == cycle);
        self.resources.retain(|entry| entry.seen == cycle);
        self.customs.retain(|entry| entry.seen == cycle);
    }

    /// How many entities are kept, the node not counted.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The node, by its name in the API.
    pub(crate) fn node(&mut self) -> Known {
        let repeated = self.node_seen == self.cycle;
        self.node_seen = self.cycle;
        Known {
            entity: self.node.0.clone(),
            labels: self.node.1.clone(),
            repeated,
        }
    }

    /// A pod; `None` for a name that no pod can have.
    pub(crate) fn pod(&mut self, namespace: &str, pod: &str, uid: &str) -> Option<Known> {
        let hash = self.hasher.hash_one((0_u8, namespace, pod));
        let is = |entity: &Entity| {
            entity.kind() == EntityKind::Pod
                && entity.pod() == Some(pod)
                && entity.namespace() == Some(namespace)
        };
        let repeated = match self.known(hash, uid, None, is) {
            Ok(known) => return Some(known),
            Err(repeated) => repeated,
        };
        if !plain(namespace) || !plain(pod) {
            return None;
        }
        let entity = self.model.entities.pod(namespace, pod);
        let labels = self
            .words
            .pod(&self.common, &self.model.pool, [namespace, pod, uid]);
        Some(self.keep(hash, entity, labels, repeated))
    }

    /// A container of a pod; `None` for a name that no container can have.
    pub(crate) fn container(
        &mut self,
        names: ContainerNames<'_>,
        uid: &str,
        image: Option<&str>,
    ) -> Option<Known> {
        let ContainerNames {
            namespace,
            pod,
            container,
        } = names;
        let hash = self.hasher.hash_one((1_u8, namespace, pod, container));
        let is = |entity: &Entity| {
            entity.kind() == EntityKind::PodContainer
                && entity.container() == Some(container)
                && entity.pod() == Some(pod)
                && entity.namespace() == Some(namespace)
        };
        let repeated = match self.known(hash, uid, image, is) {
            Ok(known) => return Some(known),
            Err(repeated) => repeated,
        };
        let of_pod = self.pod_labels(namespace, pod, uid)?;
        if !plain(container) {
            return None;
        }
        let entity = self.model.entities.pod_container(namespace, pod, container);
        let labels = self.words.container(&of_pod, &self.model.pool, container, image);
        Some(self.keep(hash, entity, labels, repeated))
    }

    /// A container of the node; `None` for an empty name.
    pub(crate) fn system(&mut self, container: &str) -> Option<Known> {
        let hash = self.hasher.hash_one((2_u8, container));
        let is = |entity: &Entity| {
            entity.kind() == EntityKind::SystemContainer && entity.container() == Some(container)
        };
        let repeated = match self.known(hash, "", None, is) {
            Ok(known) => return Some(known),
            Err(repeated) => repeated,
        };
        if container.is_empty() {
            return None;
        }
        let node = self.node.0.node().unwrap_or_default();
        let entity = self.model.entities.system_container(node, container);
        let labels = self.words.system(&self.common, &self.model.pool, container);
        Some(self.keep(hash, entity, labels, repeated))
    }

    /// The entry that `is` picks, or whether this answer named it already under another identity.
    fn known(
        &mut self,
        hash: u64,
        uid: &str,
        image: Option<&str>,
        is: impl Fn(&Entity) -> bool,
    ) -> Result<Known, bool> {
        let cycle = self.cycle;
        let Ok(found) = self.entries.find_entry(hash, |entry| is(&entry.entity)) else {
            return Err(false);
        };
        let repeated = found.get().seen == cycle;
        if !found.get().is_identity(uid, image) {
            found.remove();
            return Err(repeated);
        }
        let entry = found.into_mut();
        entry.seen = cycle;
        Ok(Known {
            entity: entry.entity.clone(),
            labels: entry.labels.clone(),
            repeated,
        })
    }

    fn keep(&mut self, hash: u64, entity: Arc<Entity>, labels: Labels, repeated: bool) -> Known {
        let labels = Arc::new(labels);
        let entry = Entry {
            hash,
            entity: entity.clone(),
            labels: labels.clone(),
            seen: self.cycle,
        };
        self.entries.insert_unique(hash, entry, |entry| entry.hash);
        Known {
            entity,
            labels,
            repeated,
        }
    }

    /// The labels of a pod for its containers, without counting as a sight of the pod.
    fn pod_labels(&self, namespace: &str, pod: &str, uid: &str) -> Option<Arc<Labels>> {
        if !plain(namespace) || !plain(pod) {
            return None;
        }
        let hash = self.hasher.hash_one((0_u8, namespace, pod));
        let found = self.entries.find(hash, |entry| {
            entry.is_identity(uid, None)
                && entry.entity.kind() == EntityKind::Pod
                && entry.entity.pod() == Some(pod)
                && entry.entity.namespace() == Some(namespace)
        });
        Some(match found {
            Some(entry) => entry.labels.clone(),
            None => Arc::new(
                self.words
                    .pod(&self.common, &self.model.pool, [namespace, pod, uid]),
            ),
        })
    }
}

/// Whether a name can be one part of a key. Kubernetes allows no slash in these names.
fn plain(name: &str) -> bool {
    !name.is_empty() && !name.contains('/')
}
