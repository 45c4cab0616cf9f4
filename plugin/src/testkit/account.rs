//! Whether an outcome adds up.

use crate::model::{Batch, LabeledPoint};
use crate::sink::Outcome;

/// Checks that an outcome accounts for each value of the batch once, and that the rest is a part of it.
///
/// # Panics
/// When it does not, with what was said.
pub(crate) fn account(batch: &Batch, outcome: &Outcome) {
    let total = batch.value_count();
    let rejected: usize = outcome.rejected.iter().map(|(_, count)| count).sum();
    let retried = outcome.retry.as_ref().map_or(0, |retry| retry.count);
    assert_eq!(
        outcome.accepted + rejected + retried,
        total,
        "accepted, rejected and to be retried are all values of the batch: {outcome:?}"
    );
    let Some(retry) = &outcome.retry else { return };
    assert!(retry.count > 0, "a retry concerns a value: {outcome:?}");
    let one_line = !retry.text.is_empty() && !retry.text.contains(['\n', '\r']);
    assert!(one_line, "the reason of a retry is one line: {:?}", retry.text);
    match &retry.rest {
        None => assert_eq!(retry.count, total, "a part is named: {outcome:?}"),
        Some(rest) => {
            assert_eq!(rest.value_count(), retry.count, "the rest is what is counted");
            assert_eq!(
                rest.timestamp(),
                batch.timestamp(),
                "the rest is of the same time"
            );
            part(batch, rest);
        }
    }
}

fn part(batch: &Batch, rest: &Batch) {
    for set in rest.sets() {
        let key = set.entity().key();
        let whole = batch.by_key(key);
        assert!(whole.is_some(), "a set of the rest is one of the batch: {key}");
        let Some(whole) = whole else { continue };
        for point in set.points() {
            let own = whole.point(point.metric());
            let same = own.is_some_and(|own| own.bits() == point.bits());
            assert!(same, "a value of the rest is one of the batch: {key} {point:?}");
        }
        let mut left: Vec<LabeledPoint> = whole.labeled().map(|one| one.to_owned()).collect();
        for one in set.labeled() {
            let same = |own: &LabeledPoint| {
                own.point.metric() == one.point.metric()
                    && own.point.bits() == one.point.bits()
                    && own.labels == *one.labels
            };
            let at = left.iter().position(same);
            assert!(
                at.is_some(),
                "a labeled value of the rest is one of the batch: {key} {one:?}"
            );
            at.map(|at| left.swap_remove(at));
        }
    }
}
