//! The key order of the sets, kept from cycle to cycle so that only new entities are compared as text.

use super::slot::Slot;

/// Entity numbers in bytewise order of their keys.
#[derive(Default, Debug)]
pub(crate) struct Order {
    sorted: Vec<u32>,
    fresh: Vec<u32>,
}

impl Order {
    /// Entity numbers of the cycle's sets, in bytewise order of their keys.
    pub(crate) fn ids(&self) -> &[u32] {
        &self.sorted
    }

    /// Notes an entity that got a set in this cycle.
    pub(super) fn note(&mut self, slot: &mut Slot, id: u32) {
        if !slot.ordered {
            slot.ordered = true;
            self.fresh.push(id);
        }
    }

    /// Takes the new entities in, drops the slots of those that have no set in `cycle`.
    pub(super) fn settle(&mut self, slots: &mut [Option<Slot>], cycle: u32) {
        self.sorted.retain(|id| {
            let Some(place) = slots.get_mut(*id as usize) else {
                return false;
            };
            let stays = place.as_ref().is_some_and(|slot| slot.cycle == cycle);
            if !stays {
                *place = None;
            }
            stays
        });
        let key = |id: u32| {
            slots
                .get(id as usize)
                .and_then(Option::as_ref)
                .map_or("", |slot| slot.entity.key())
        };
        self.fresh.sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
        if self.sorted.is_empty() {
            std::mem::swap(&mut self.sorted, &mut self.fresh);
        } else if !self.fresh.is_empty() {
            let mut merged = Vec::with_capacity(self.sorted.len() + self.fresh.len());
            let mut rest = self.sorted.as_slice();
            for id in &self.fresh {
                let (before, after) = rest.split_at(rest.partition_point(|known| key(*known) < key(*id)));
                merged.extend_from_slice(before);
                merged.push(*id);
                rest = after;
            }
            merged.extend_from_slice(rest);
            self.sorted = merged;
        }
        self.fresh.clear();
    }
}
