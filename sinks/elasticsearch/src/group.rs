//! How the values of one set fall into documents. Pure, and the same each time.

use crate::family::Family;
use heapster_plugin::model::{Labels, Point, SetView, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// One value of a set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'b> {
    pub(crate) family: Family,
    pub(crate) point: Point,
    /// Labels of its own.
    pub(crate) labels: Option<&'b Arc<Labels>>,
    /// Its place among the values of the batch: set after set, the plain ones of a set first.
    pub(crate) position: usize,
}

/// Puts the values of `set`, the first of which stands at `position` in the batch, into `members`: those of a document side by
/// side, in a document by metric. `left_out` gets the positions of values that JSON cannot express. The answer is where the
/// next set begins.
pub(crate) fn gather<'b>(
    set: &SetView<'b>,
    position: usize,
    members: &mut Vec<Member<'b>>,
    left_out: &mut Vec<usize>,
) -> usize {
    members.clear();
    let mut next = position;
    let mut add = |members: &mut Vec<Member<'b>>, point: Point, labels| {
        if matches!(point.value(), Value::Float(value) if !value.is_finite()) {
            left_out.push(next);
        } else {
            members.push(Member {
                family: Family::of(point.metric()),
                point,
                labels,
                position: next,
            });
        }
        next += 1;
    };
    for point in set.points() {
        add(members, point, None);
    }
    let plain = members.len();
    for one in set.labeled() {
        add(members, one.point, Some(one.labels));
    }
    if let Some(labeled) = members.get_mut(plain..) {
        labeled.sort_unstable_by(order);
    }
    next
}

/// The documents, as runs of `members`.
pub(crate) fn documents<'m, 'b>(members: &'m [Member<'b>]) -> impl Iterator<Item = &'m [Member<'b>]> {
    members.chunk_by(|a, b| a.family == b.family && a.family != Family::General && same_tags(a, b))
}

fn order(a: &Member<'_>, b: &Member<'_>) -> Ordering {
    (a.family.cmp(&b.family))
        .then_with(|| match (a.labels, b.labels) {
            (Some(a), Some(b)) if !Arc::ptr_eq(a, b) => a.iter().cmp(b.iter()),
            (Some(_) | None, Some(_) | None) => Ordering::Equal,
        })
        .then_with(|| (a.point.metric(), a.position).cmp(&(b.point.metric(), b.position)))
}

fn same_tags(a: &Member<'_>, b: &Member<'_>) -> bool {
    match (a.labels, b.labels) {
        (None, None) => true,
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
        (None, Some(_)) | (Some(_), None) => false,
    }
}
