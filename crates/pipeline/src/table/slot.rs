//! What is kept of one entity from cycle to cycle.

use super::desk::NONE;
use heapster_plugin::cluster::{Namespace, Node, Pod};
use heapster_plugin::model::{Entities, Entity, EntityKind, Labels, Place};
use std::sync::Arc;

/// What is kept of one entity from cycle to cycle.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) entity: Arc<Entity>,
    /// The pod of a container, the namespace of a pod.
    pub(crate) parent: Option<Arc<Entity>>,
    /// The labels that the set's own were made from: the target's, or for a set of our making those of its nearest relative.
    pub(crate) origin: Arc<Labels>,
    /// All labels.
    pub(crate) labels: Arc<Labels>,
    pub(crate) memo: Memo,
    /// The stamp of the pod that the labels were made with.
    pub(crate) stamp: u32,
    /// Whether `origin` has changed since `labels` was made from it.
    pub(crate) dirty: bool,
    /// Whether no target reported the entity.
    pub(crate) made: bool,
    pub(crate) ordered: bool,
    pub(crate) warned: bool,
    /// The last cycle with a set of the entity, and the last answer with one.
    pub(crate) cycle: u32,
    pub(crate) turn: u32,
    /// Where that set is on the desk.
    pub(crate) work: u32,
    /// Where that set is among the frozen ones.
    pub(crate) place: Place,
}

/// What is kept about the object behind an entity.
#[derive(Debug)]
pub(crate) enum Memo {
    None,
    Pod(Box<PodMemo>),
    Node(Option<Arc<Node>>),
    Namespace(Option<Arc<Namespace>>),
}

/// What is kept about a pod.
#[derive(Debug, Default)]
pub(crate) struct PodMemo {
    pub(crate) record: Option<Arc<Pod>>,
    /// The entity of each container of the record, in its order.
    pub(crate) containers: Box<[Arc<Entity>]>,
    pub(crate) namespace: Option<Arc<Namespace>>,
    /// Changes with `record` and `namespace`.
    pub(crate) stamp: u32,
    /// The node that `node_labels` name.
    pub(crate) node: Option<Arc<Entity>>,
    pub(crate) node_labels: Arc<Labels>,
}

impl Slot {
    pub(super) fn new(entity: &Arc<Entity>, entities: &Entities) -> Self {
        let namespace = entity.namespace().unwrap_or_default();
        let parent = match entity.kind() {
            EntityKind::PodContainer => Some(entities.pod(namespace, entity.pod().unwrap_or_default())),
            EntityKind::Pod => Some(entities.namespace(namespace)),
            EntityKind::Cluster | EntityKind::Namespace | EntityKind::Node | EntityKind::SystemContainer => {
                None
            }
        };
        let memo = match entity.kind() {
            EntityKind::Pod => Memo::Pod(Box::default()),
            EntityKind::Node => Memo::Node(None),
            EntityKind::Namespace => Memo::Namespace(None),
            EntityKind::Cluster | EntityKind::PodContainer | EntityKind::SystemContainer => Memo::None,
        };
        Self {
            entity: entity.clone(),
            parent,
            origin: Arc::default(),
            labels: Arc::default(),
            memo,
            stamp: 0,
            dirty: true,
            made: true,
            ordered: false,
            warned: false,
            cycle: 0,
            turn: 0,
            work: NONE,
            place: Place::default(),
        }
    }

    /// Whether the set takes in values of all answers, and is frozen after the last.
    pub(crate) fn is_open(&self) -> bool {
        match self.entity.kind() {
            EntityKind::Cluster | EntityKind::Namespace | EntityKind::Node => true,
            EntityKind::Pod | EntityKind::PodContainer | EntityKind::SystemContainer => false,
        }
    }

    /// How many values the processors usually add to such a set.
    pub(super) fn room(&self) -> usize {
        match self.entity.kind() {
            EntityKind::Cluster | EntityKind::Namespace => 6,
            EntityKind::Node => 26,
            EntityKind::Pod => 16,
            EntityKind::PodContainer => 11,
            EntityKind::SystemContainer => 3,
        }
    }

    /// Notes the labels that the set's own are to be made from. Labels that say the same as before change nothing.
    pub(crate) fn derive(&mut self, origin: &Arc<Labels>, made: bool) {
        let same = Arc::ptr_eq(&self.origin, origin) || *self.origin == **origin;
        if same && self.made == made {
            return;
        }
        self.origin = origin.clone();
        if !made {
            self.labels = origin.clone();
        }
        self.made = made;
        self.dirty = true;
    }

    pub(crate) fn pod(&self) -> Option<&PodMemo> {
        match &self.memo {
            Memo::Pod(memo) => Some(memo),
            Memo::None | Memo::Node(_) | Memo::Namespace(_) => None,
        }
    }

    pub(crate) fn pod_mut(&mut self) -> Option<&mut PodMemo> {
        match &mut self.memo {
            Memo::Pod(memo) => Some(memo),
            Memo::None | Memo::Node(_) | Memo::Namespace(_) => None,
        }
    }
}
