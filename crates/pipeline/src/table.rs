//! The sets of the cycle in hand, and what is kept of them from one cycle to the next.
//!
//! A [`Slot`] per entity, in a dense table by entity number. Answers are worked on one after the other as they come: what a
//! target answered stays where it was decoded and is only pointed at, what the processors add goes onto a [`Desk`], and
//! once the answer is done its sets are frozen and the desk is cleared. The sets of nodes, namespaces and the cluster, which
//! take in values of many answers, lie on a second desk until the cycle's end.

mod arena;
mod desk;
mod order;
mod slot;
mod sum;

pub(crate) use arena::{Arena, Run, is_ascending};
pub(crate) use desk::{Desk, NONE, Work};
pub(crate) use order::Order;
pub(crate) use slot::{Memo, PodMemo, Slot};
pub(crate) use sum::sum;

use heapster_plugin::model::{Entities, Entity, EntityKind, Freezer, LabeledPoint, MetricId, Point, Scraped};
use std::sync::Arc;

/// A set that the answer in hand has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) id: u32,
    /// Its position in the answer.
    pub(crate) set: usize,
    /// Whether the entity had a set in this cycle before.
    pub(crate) repeated: bool,
}

/// Everything of one entity that is being put together.
pub(crate) struct Hand<'a> {
    pub(crate) slot: &'a mut Slot,
    pub(crate) work: &'a mut Work,
    pub(crate) points: &'a mut Arena<Point>,
    pub(crate) labeled: &'a mut Arena<LabeledPoint>,
}

/// The working batch.
#[derive(Debug, Default)]
pub(crate) struct Table {
    slots: Vec<Option<Slot>>,
    closing: Desk,
    open: Desk,
    pub(crate) order: Order,
    cycle: u32,
    turn: u32,
    stamps: u32,
    /// Of the answer in hand: its sets, and the entity numbers of the sets on the desk, those of some kinds once more by
    /// kind; what the pipeline adds comes last.
    pub(crate) given: Vec<Given>,
    pub(crate) pods: Vec<u32>,
    pub(crate) containers: Vec<u32>,
    pub(crate) closing_sets: Vec<u32>,
    /// Of the cycle so far: the entity numbers of open sets, those of some kinds once more by kind.
    pub(crate) open_sets: Vec<u32>,
    pub(crate) namespaces: Vec<u32>,
    pub(crate) nodes: Vec<u32>,
}

impl Table {
    /// Begins a cycle.
    pub(crate) fn begin(&mut self) {
        self.cycle = self.cycle.wrapping_add(1).max(1);
        self.open.clear();
        self.namespaces.clear();
        self.nodes.clear();
        self.open_sets.clear();
        self.clear();
    }

    /// Takes an answer: a place on the desk for each set, for the pod of each container and for the namespace of each pod.
    pub(crate) fn load(&mut self, answer: &Scraped, entities: &Entities, frozen: &Freezer) {
        self.clear();
        for (at, set) in answer.sets().iter().enumerate() {
            let id = set.entity.id().0;
            let first = self.touch(&set.entity, entities, frozen);
            self.given.push(Given {
                id,
                set: at,
                repeated: !first,
            });
            let Some(hand) = self.hand(id) else { continue };
            if first {
                hand.work.times = set.times;
                hand.slot.derive(&set.labels, false);
            }
            if first && !hand.slot.is_open() {
                hand.work.set = u32::try_from(at).unwrap_or(NONE);
                hand.work.sorted = is_ascending(answer.points(set));
            } else {
                self.merge(id, answer.points(set), answer.labeled(set), answer);
            }
        }
        for at in 0..self.containers.len() {
            self.touch_parent(self.containers.get(at).copied(), entities, frozen);
        }
        for at in 0..self.pods.len() {
            self.touch_parent(self.pods.get(at).copied(), entities, frozen);
        }
    }

    /// Clears the desk of one answer.
    fn clear(&mut self) {
        self.turn = self.turn.wrapping_add(1).max(1);
        self.closing.clear();
        self.given.clear();
        self.pods.clear();
        self.containers.clear();
        self.closing_sets.clear();
    }

    /// Puts `entity` on the desk; whether it had no set in this cycle yet. The values of one that was frozen after an earlier
    /// answer are taken back and count more than those of this answer.
    pub(crate) fn touch(&mut self, entity: &Arc<Entity>, entities: &Entities, frozen: &Freezer) -> bool {
        let index = entity.id().index();
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, || None);
        }
        let Some(place) = self.slots.get_mut(index) else {
            return false;
        };
        let slot = place.get_or_insert_with(|| Slot::new(entity, entities));
        let (known, open, id) = (slot.cycle == self.cycle, slot.is_open(), entity.id().0);
        if known && (open || slot.turn == self.turn) {
            return false;
        }
        (slot.cycle, slot.turn) = (self.cycle, self.turn);
        let (desk, list) = if open {
            (&mut self.open, &mut self.open_sets)
        } else {
            (&mut self.closing, &mut self.closing_sets)
        };
        slot.work = desk.begin(slot.room());
        list.push(id);
        match entity.kind() {
            EntityKind::Pod => self.pods.push(id),
            EntityKind::PodContainer => self.containers.push(id),
            EntityKind::Namespace => self.namespaces.push(id),
            EntityKind::Node => self.nodes.push(id),
            EntityKind::Cluster | EntityKind::SystemContainer => {}
        }
        self.order.note(slot, id);
        if !known {
            return true;
        }
        let place = slot.place;
        if let (Some(hand), Some(set)) = (self.hand(id), frozen.frozen(place)) {
            (hand.work.times, hand.work.cpu) = (set.times, set.cpu);
            hand.points.put_all(&mut hand.work.extra, &set.points);
            for one in set.labeled {
                hand.labeled.push(&mut hand.work.labeled, one);
            }
        }
        false
    }

    fn touch_parent(&mut self, id: Option<u32>, entities: &Entities, frozen: &Freezer) {
        let Some(slot) = id.and_then(|id| self.slot(id)) else {
            return;
        };
        let Some(parent) = &slot.parent else { return };
        if self.slot(parent.id().0).is_some() {
            return;
        }
        let (parent, origin) = (parent.clone(), slot.origin.clone());
        if self.touch(&parent, entities, frozen)
            && let Some(hand) = self.hand(parent.id().0)
        {
            hand.slot.derive(&origin, true);
        }
    }

    /// Adds values of the target to a set: of each metric the first counts.
    fn merge(&mut self, id: u32, points: &[Point], labeled: &[LabeledPoint], answer: &Scraped) {
        for point in points {
            if self.point(id, point.metric(), answer).is_none() {
                self.put(id, *point);
            }
        }
        let Some(hand) = self.hand(id) else { return };
        for other in labeled {
            let same = |known: &LabeledPoint| {
                known.point.metric() == other.point.metric() && known.labels == other.labels
            };
            let known = hand.work.own_labeled(answer).iter().any(same)
                || hand.labeled.get(hand.work.labeled).iter().any(same);
            if !known {
                hand.labeled.push(&mut hand.work.labeled, other.clone());
            }
        }
    }

    /// The slot of an entity that has a set on one of the desks.
    pub(crate) fn slot(&self, id: u32) -> Option<&Slot> {
        let slot = self.slots.get(id as usize)?.as_ref()?;
        on_desk(slot, self.cycle, self.turn).then_some(slot)
    }

    /// A set on one of the desks.
    pub(crate) fn work(&self, id: u32) -> Option<&Work> {
        let slot = self.slot(id)?;
        self.desk(slot).work(slot.work)
    }

    /// A set on one of the desks with the plain and the labeled values that were added to it.
    pub(crate) fn added(&self, id: u32) -> Option<(&Work, &[Point], &[LabeledPoint])> {
        let slot = self.slot(id)?;
        let desk = self.desk(slot);
        let work = desk.work(slot.work)?;
        Some((work, desk.points.get(work.extra), desk.labeled.get(work.labeled)))
    }

    fn desk(&self, slot: &Slot) -> &Desk {
        if slot.is_open() { &self.open } else { &self.closing }
    }

    /// The slot of an entity that has a set on one of the desks.
    pub(crate) fn slot_mut(&mut self, id: u32) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(id as usize)?.as_mut()?;
        on_desk(slot, self.cycle, self.turn).then_some(slot)
    }

    /// All of an entity that has a set on one of the desks.
    pub(crate) fn hand(&mut self, id: u32) -> Option<Hand<'_>> {
        let slot = self.slots.get_mut(id as usize)?.as_mut()?;
        if !on_desk(slot, self.cycle, self.turn) {
            return None;
        }
        let desk = if slot.is_open() {
            &mut self.open
        } else {
            &mut self.closing
        };
        let (work, points, labeled) = desk.parts(slot.work)?;
        Some(Hand {
            slot,
            work,
            points,
            labeled,
        })
    }

    /// Sets a value, over what a target or an earlier processor said.
    pub(crate) fn put(&mut self, id: u32, point: Point) {
        let Some(hand) = self.hand(id) else { return };
        hand.points.put(&mut hand.work.extra, point);
    }

    /// The point of one metric of a set.
    pub(crate) fn point(&self, id: u32, metric: MetricId, answer: &Scraped) -> Option<Point> {
        let (work, added, _) = self.added(id)?;
        if let Ok(at) = added.binary_search_by_key(&metric, Point::metric) {
            return added.get(at).copied();
        }
        work.own_point(metric, answer)
    }

    /// Adds `point` to the value that an open set has, or sets it. `false`: one is an integer and the other a float.
    pub(crate) fn add(&mut self, id: u32, point: Point) -> bool {
        let Some(hand) = self.hand(id) else { return true };
        let added = hand.points.get(hand.work.extra);
        let known = added.binary_search_by_key(&point.metric(), Point::metric);
        let Some(known) = known.ok().and_then(|at| added.get(at)).copied() else {
            hand.points.put(&mut hand.work.extra, point);
            return true;
        };
        match sum(known, point) {
            Some(sum) => hand.points.put(&mut hand.work.extra, sum),
            None => return false,
        }
        true
    }

    /// A number that no slot has had: what was made from a slot with another one is out of date.
    pub(crate) fn stamp(&mut self) -> u32 {
        self.stamps = self.stamps.wrapping_add(1);
        self.stamps
    }

    /// Puts the cycle's entity numbers into key order and forgets the entities that have no set any more.
    pub(crate) fn settle(&mut self) {
        let Self {
            slots, order, cycle, ..
        } = self;
        order.settle(slots, *cycle);
    }

    /// The slot of an entity that has a set in this cycle, on a desk or frozen.
    pub(crate) fn in_cycle(&self, id: u32) -> Option<&Slot> {
        let slot = self.slots.get(id as usize)?.as_ref()?;
        (slot.cycle == self.cycle).then_some(slot)
    }
}

fn on_desk(slot: &Slot, cycle: u32, turn: u32) -> bool {
    slot.cycle == cycle && (slot.turn == turn || slot.is_open())
}
