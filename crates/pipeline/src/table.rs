//! The sets of the cycle in hand, and what is kept of them from one cycle to the next.
//!
//! A [`Slot`] per entity, in a dense table by entity number. What a target answered stays where it was decoded and is only
//! pointed at; what the processors add goes into one arena, in runs sorted by metric. A run gets the room it needed in the
//! cycle before, so that in a steady state nothing moves and nothing is allocated.

mod arena;
mod order;
mod slot;

pub(crate) use arena::{Arena, Run, is_ascending};
pub(crate) use order::Order;
pub(crate) use slot::{Memo, NONE, PodMemo, Slot};

use heapster_plugin::model::{Entities, Entity, EntityKind, LabeledPoint, MetricId, Point, Scraped, Value};
use std::sync::Arc;

/// The working batch.
#[derive(Debug, Default)]
pub(crate) struct Table {
    slots: Vec<Option<Slot>>,
    pub(crate) arena: Arena<Point>,
    pub(crate) labeled: Arena<LabeledPoint>,
    pub(crate) order: Order,
    cycle: u32,
    stamps: u32,
    /// Entity numbers of the cycle's sets, by kind, in the order of the answers; those the pipeline adds come last.
    pub(crate) scraped: Vec<u32>,
    pub(crate) pods: Vec<u32>,
    pub(crate) containers: Vec<u32>,
    pub(crate) namespaces: Vec<u32>,
    pub(crate) nodes: Vec<u32>,
    /// How many plain and labeled values the targets gave.
    pub(crate) values: usize,
    pub(crate) labeled_values: usize,
}

impl Table {
    /// Takes the answers of a cycle: a slot for each set, for the pod of each container and for the namespace of each pod.
    pub(crate) fn load(&mut self, answers: &[Scraped], entities: &Entities) {
        self.cycle = self.cycle.wrapping_add(1).max(1);
        self.arena.clear();
        self.labeled.clear();
        for list in [
            &mut self.scraped,
            &mut self.pods,
            &mut self.containers,
            &mut self.namespaces,
            &mut self.nodes,
        ] {
            list.clear();
        }
        (self.values, self.labeled_values) = (0, 0);
        for (answer, scraped) in answers.iter().enumerate() {
            for (at, set) in scraped.sets().iter().enumerate() {
                let id = set.entity.id().0;
                self.values += scraped.points(set).len();
                self.labeled_values += scraped.labeled(set).len();
                if self.touch(&set.entity, entities) {
                    self.scraped.push(id);
                    if let Some(slot) = self.slot_mut(id) {
                        slot.answer = u32::try_from(answer).unwrap_or(NONE);
                        slot.set = u32::try_from(at).unwrap_or(NONE);
                        slot.times = set.times;
                        slot.sorted = is_ascending(scraped.points(set));
                        slot.derive(&set.labels, false);
                    }
                } else {
                    self.merge(id, scraped.points(set), scraped.labeled(set), answers);
                }
            }
        }
        for at in 0..self.containers.len() {
            self.touch_parent(self.containers.get(at).copied(), entities);
        }
        for at in 0..self.pods.len() {
            self.touch_parent(self.pods.get(at).copied(), entities);
        }
    }

    /// Gives `entity` a slot in this cycle; whether it had none yet.
    pub(crate) fn touch(&mut self, entity: &Arc<Entity>, entities: &Entities) -> bool {
        let index = entity.id().index();
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, || None);
        }
        let Some(place) = self.slots.get_mut(index) else {
            return false;
        };
        let slot = place.get_or_insert_with(|| Slot::new(entity, entities));
        if slot.cycle == self.cycle {
            return false;
        }
        let room = if slot.cycle == 0 {
            slot.room()
        } else {
            slot.extra.len()
        };
        slot.renew(self.cycle);
        slot.extra = self.arena.reserve(room);
        let id = entity.id().0;
        match entity.kind() {
            EntityKind::Pod => self.pods.push(id),
            EntityKind::PodContainer => self.containers.push(id),
            EntityKind::Namespace => self.namespaces.push(id),
            EntityKind::Node => self.nodes.push(id),
            EntityKind::Cluster | EntityKind::SystemContainer => {}
        }
        self.order.note(slot, id);
        true
    }

    fn touch_parent(&mut self, id: Option<u32>, entities: &Entities) {
        let Some(slot) = id.and_then(|id| self.slot(id)) else {
            return;
        };
        let Some(parent) = &slot.parent else { return };
        if self.slot(parent.id().0).is_some() {
            return;
        }
        let (parent, origin) = (parent.clone(), slot.origin.clone());
        self.touch(&parent, entities);
        if let Some(made) = self.slot_mut(parent.id().0) {
            made.derive(&origin, true);
        }
    }

    /// Adds the values of a second set of one entity where the first has none.
    fn merge(&mut self, id: u32, points: &[Point], labeled: &[LabeledPoint], answers: &[Scraped]) {
        for point in points {
            if self.point(id, point.metric(), answers).is_none() {
                self.put(id, *point);
            }
        }
        let Some(slot) = present(&mut self.slots, self.cycle, id) else {
            return;
        };
        for other in labeled {
            let same = |known: &LabeledPoint| {
                known.point.metric() == other.point.metric() && known.labels == other.labels
            };
            let known =
                slot.own_labeled(answers).iter().any(same) || self.labeled.get(slot.labeled).iter().any(same);
            if !known {
                self.labeled.push(&mut slot.labeled, other.clone());
            }
        }
    }

    /// The slot of an entity that has a set in this cycle.
    pub(crate) fn slot(&self, id: u32) -> Option<&Slot> {
        let slot = self.slots.get(id as usize)?.as_ref()?;
        (slot.cycle == self.cycle).then_some(slot)
    }

    /// The slot of an entity that has a set in this cycle.
    pub(crate) fn slot_mut(&mut self, id: u32) -> Option<&mut Slot> {
        present(&mut self.slots, self.cycle, id)
    }

    /// A slot together with both arenas.
    pub(crate) fn parts(
        &mut self,
        id: u32,
    ) -> Option<(&mut Slot, &mut Arena<Point>, &mut Arena<LabeledPoint>)> {
        let slot = present(&mut self.slots, self.cycle, id)?;
        Some((slot, &mut self.arena, &mut self.labeled))
    }

    /// Sets a value, over what a target or an earlier processor said.
    pub(crate) fn put(&mut self, id: u32, point: Point) {
        if let Some((slot, arena, _)) = self.parts(id) {
            arena.put(&mut slot.extra, point);
        }
    }

    /// The point of one metric of a set.
    pub(crate) fn point(&self, id: u32, metric: MetricId, answers: &[Scraped]) -> Option<Point> {
        let slot = self.slot(id)?;
        let added = self.arena.get(slot.extra);
        if let Ok(at) = added.binary_search_by_key(&metric, Point::metric) {
            return added.get(at).copied();
        }
        slot.own_point(metric, answers)
    }

    /// Adds `point` to the value that a set has, or sets it. `false`: one is an integer and the other a float.
    pub(crate) fn add(&mut self, id: u32, point: Point, answers: &[Scraped]) -> bool {
        let Some(known) = self.point(id, point.metric(), answers) else {
            self.put(id, point);
            return true;
        };
        match sum(known, point) {
            Some(sum) => self.put(id, sum),
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
}

fn present(slots: &mut [Option<Slot>], cycle: u32, id: u32) -> Option<&mut Slot> {
    slots
        .get_mut(id as usize)?
        .as_mut()
        .filter(|slot| slot.cycle == cycle)
}

/// The sum of two points of one metric, held inside the range of `i64`; `None` for an integer and a float.
pub(crate) fn sum(a: Point, b: Point) -> Option<Point> {
    let value = match (a.value(), b.value()) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a.saturating_add(b)),
        (Value::Float(a), Value::Float(b)) => Value::Float(a + b),
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => return None,
    };
    Some(Point::new(a.metric(), a.metric_type(), value))
}
