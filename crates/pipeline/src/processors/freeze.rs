//! The working table as an immutable batch.

use crate::table::Table;
use heapster_plugin::model::{Batch, Freezer, MetricNames, Point, Scraped, Timestamp};

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
    freezer.reserve_labeled(table.labeled_values + table.labeled.len());
    for id in ids {
        let Some(slot) = table.slot(*id) else { continue };
        let (own, added) = (slot.own(answers), table.arena.get(slot.extra));
        let points = if added.is_empty() {
            own
        } else if own.is_empty() {
            added
        } else {
            merge(own, added, slot.sorted, scratch);
            scratch.as_slice()
        };
        let labeled = slot
            .own_labeled(answers)
            .iter()
            .chain(table.labeled.get(slot.labeled))
            .cloned();
        freezer.push(
            slot.entity.clone(),
            slot.labels.clone(),
            slot.times,
            slot.cpu,
            points,
            labeled,
        );
    }
    freezer.finish_ordered(names)
}

/// Both lists in `into`, sorted by metric; of equal metrics the added one counts. A list that is not sorted is put after
/// the added values, for the freezer to sort and to keep the first of equal ones.
fn merge(own: &[Point], added: &[Point], sorted: bool, into: &mut Vec<Point>) {
    into.clear();
    if !sorted {
        into.extend_from_slice(added);
        into.extend_from_slice(own);
        return;
    }
    let mut own = own.iter();
    let mut next = own.next();
    for point in added {
        while let Some(before) = next.filter(|own| own.metric() < point.metric()) {
            into.push(*before);
            next = own.next();
        }
        if next.is_some_and(|own| own.metric() == point.metric()) {
            next = own.next();
        }
        into.push(*point);
    }
    into.extend(next);
    into.extend_from_slice(own.as_slice());
}
