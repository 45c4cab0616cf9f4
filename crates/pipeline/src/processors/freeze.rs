//! The working table as an immutable batch.

use crate::table::Table;
use heapster_plugin::model::{Batch, Freezer, LabeledPoint, MetricNames, Point, Scraped, Timestamp};

/// Copies every set of the cycle into a batch, in key order.
///
/// Shape: a value added by a processor takes the place of the target's value of the same metric.
pub(super) fn run(
    table: &mut Table,
    answers: &[Scraped],
    timestamp: Timestamp,
    names: &MetricNames,
    scratch: &mut Vec<Point>,
) -> Batch {
    table.settle();
    let ids = table.order.ids();
    let mut freezer = Freezer::new(timestamp, ids.len(), table.values + table.arena.len());
    for id in ids {
        let Some(slot) = table.slot(*id) else { continue };
        let (own, added) = (slot.own(answers), table.arena.get(slot.extra));
        let unsorted = if slot.sorted {
            freezer.merge(own, added);
            &[][..]
        } else {
            // The added values come first, as the freezer sorts and keeps the first of equal ones.
            scratch.clear();
            scratch.extend_from_slice(added);
            scratch.extend_from_slice(own);
            scratch.as_slice()
        };
        let labeled = slot
            .own_labeled(answers)
            .iter()
            .chain(table.labeled.get(slot.labeled))
            .map(LabeledPoint::as_labeled);
        freezer.push(
            slot.entity.clone(),
            slot.labels.clone(),
            slot.times,
            slot.cpu,
            unsorted,
            labeled,
        );
    }
    freezer.finish(names)
}
