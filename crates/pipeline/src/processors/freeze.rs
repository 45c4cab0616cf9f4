//! Sets that are ready, as part of the batch.

use crate::table::Table;
use heapster_plugin::model::{Freezer, LabeledPoint, Point, Scraped};

/// Freezes the sets that only the answer in hand had values for, as one block.
pub(super) fn closing(table: &mut Table, answer: &Scraped, freezer: &mut Freezer, scratch: &mut Vec<Point>) {
    for at in 0..table.closing_sets.len() {
        if let Some(id) = table.closing_sets.get(at).copied() {
            freeze(table, id, answer, freezer, scratch);
        }
    }
    freezer.close_block();
}

/// Freezes the sets that took in values of all answers.
pub(super) fn open(table: &mut Table, freezer: &mut Freezer, scratch: &mut Vec<Point>) {
    let nothing = Scraped::default();
    for at in 0..table.open_sets.len() {
        if let Some(id) = table.open_sets.get(at).copied() {
            freeze(table, id, &nothing, freezer, scratch);
        }
    }
    freezer.close_block();
}

/// Shape: a value added by a processor takes the place of the target's value of the same metric.
fn freeze(table: &mut Table, id: u32, answer: &Scraped, freezer: &mut Freezer, scratch: &mut Vec<Point>) {
    let (Some(slot), Some((work, added, labeled))) = (table.slot(id), table.added(id)) else {
        return;
    };
    let own = work.own(answer);
    let unsorted = if work.sorted {
        freezer.merge(own, added);
        &[][..]
    } else {
        // The added values come first, as the freezer sorts and keeps the first of equal ones.
        scratch.clear();
        scratch.extend_from_slice(added);
        scratch.extend_from_slice(own);
        scratch.as_slice()
    };
    let labeled = work
        .own_labeled(answer)
        .iter()
        .chain(labeled)
        .map(LabeledPoint::as_labeled);
    let (entity, labels) = (slot.entity.clone(), slot.labels.clone());
    let place = freezer.push(entity, labels, work.times, work.cpu, unsorted, labeled);
    if let Some(slot) = table.slot_mut(id) {
        slot.place = place;
    }
}
