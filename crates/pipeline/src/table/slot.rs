//! What is known of one entity in this cycle, and what is kept of it for the next.

use super::arena::Run;
use crate::label_copier::Pair;
use heapster_plugin::cluster::{Namespace, Node, Pod};
use heapster_plugin::model::{
    CpuRate, Entities, Entity, EntityKind, LabeledPoint, Labels, MetricId, Point, Scraped, ScrapedSet, Times,
};
use std::sync::Arc;

/// "No answer", "no such slot".
pub(crate) const NONE: u32 = u32::MAX;

/// One entity. The first block is kept from cycle to cycle; the second is the set of the cycle in hand.
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

    pub(crate) cycle: u32,
    /// Where the set is among the answers.
    pub(crate) answer: u32,
    pub(crate) set: u32,
    /// Whether the target's values ascend by metric.
    pub(crate) sorted: bool,
    pub(crate) times: Times,
    pub(crate) cpu: Option<CpuRate>,
    /// Values added by processors; they count more than the target's.
    pub(crate) extra: Run,
    /// Labeled values added by processors.
    pub(crate) labeled: Run,
    /// Of a pod: its first container; of a container: the next one of its pod.
    pub(crate) next: u32,
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
    /// The record's labels as labels of sets; shared by the pod and its containers.
    pub(crate) copied: Vec<Pair>,
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
            answer: NONE,
            set: NONE,
            sorted: true,
            times: Times::default(),
            cpu: None,
            extra: Run::default(),
            labeled: Run::default(),
            next: NONE,
        }
    }

    /// An empty set in `cycle`, without values.
    pub(super) fn renew(&mut self, cycle: u32) {
        self.cycle = cycle;
        self.answer = NONE;
        self.set = NONE;
        self.sorted = true;
        self.times = Times::default();
        self.cpu = None;
        self.labeled = Run::default();
        self.next = NONE;
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

    fn own_set<'a>(&self, answers: &'a [Scraped]) -> Option<(&'a Scraped, &'a ScrapedSet)> {
        let answer = answers.get(self.answer as usize)?;
        Some((answer, answer.sets().get(self.set as usize)?))
    }

    /// The values that the target gave.
    pub(crate) fn own<'a>(&self, answers: &'a [Scraped]) -> &'a [Point] {
        self.own_set(answers)
            .map_or(&[], |(answer, set)| answer.points(set))
    }

    /// The labeled values that the target gave.
    pub(crate) fn own_labeled<'a>(&self, answers: &'a [Scraped]) -> &'a [LabeledPoint] {
        self.own_set(answers)
            .map_or(&[], |(answer, set)| answer.labeled(set))
    }

    /// One value that the target gave.
    pub(crate) fn own_point(&self, metric: MetricId, answers: &[Scraped]) -> Option<Point> {
        let own = self.own(answers);
        if self.sorted {
            let at = own.binary_search_by_key(&metric, Point::metric).ok()?;
            return own.get(at).copied();
        }
        own.iter().find(|point| point.metric() == metric).copied()
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
