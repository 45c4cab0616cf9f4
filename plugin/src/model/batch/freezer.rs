//! Making a batch.

use super::{ABSENT, Batch, Set};
use crate::model::entity::Entity;
use crate::model::labels::Labels;
use crate::model::names::MetricNames;
use crate::model::point::{LabeledPoint, Point};
use crate::model::scraped::{CpuRate, Times};
use crate::model::time::Timestamp;
use std::sync::Arc;

/// Builds a [`Batch`] set by set.
#[derive(Debug)]
pub struct Freezer {
    batch: Batch,
}

impl Freezer {
    /// A batch without sets for the window that ends at `timestamp`, with room for `sets` sets and `points` plain values.
    #[must_use]
    pub fn new(timestamp: Timestamp, sets: usize, points: usize) -> Self {
        Self {
            batch: Batch {
                timestamp,
                sets: Vec::with_capacity(sets),
                points: Vec::with_capacity(points),
                labeled: Vec::new(),
                index: Vec::new(),
                names: Arc::default(),
            },
        }
    }

    /// Makes room for `labeled` labeled values.
    pub fn reserve_labeled(&mut self, labeled: usize) {
        self.batch.labeled.reserve(labeled);
    }

    /// Adds plain values to the set that is pushed next: `own`, with `added` over them. Both must ascend by metric, each
    /// metric once; of equal metrics the added one counts.
    pub fn merge(&mut self, own: &[Point], added: &[Point]) {
        let all = &mut self.batch.points;
        all.reserve(own.len() + added.len());
        let mut rest = own.iter();
        let mut next = rest.next();
        for point in added {
            while let Some(before) = next.filter(|own| own.metric() < point.metric()) {
                all.push(*before);
                next = rest.next();
            }
            if next.is_some_and(|own| own.metric() == point.metric()) {
                next = rest.next();
            }
            all.push(*point);
        }
        all.extend(next);
        all.extend_from_slice(rest.as_slice());
    }

    /// Adds a set, with the values that were [merged](Self::merge) since the last one and `points`. These may come in any
    /// order; of two with one metric the first stays.
    pub fn push(
        &mut self,
        entity: Arc<Entity>,
        labels: Arc<Labels>,
        times: Times,
        cpu: Option<CpuRate>,
        points: &[Point],
        labeled: impl IntoIterator<Item = LabeledPoint>,
    ) {
        let batch = &mut self.batch;
        let from = batch.sets.last().map_or(0, |set| set.points.end as usize);
        let from_labeled = batch.labeled.len();
        batch.points.extend_from_slice(points);
        if !points.is_empty()
            && let Some(own) = batch.points.get_mut(from..)
            && !own.is_sorted_by(|a, b| a.metric() < b.metric())
        {
            own.sort_by_key(Point::metric);
            dedup_tail(&mut batch.points, from);
        }
        batch.labeled.extend(labeled);
        batch.sets.push(Set {
            entity,
            labels,
            times,
            cpu,
            points: place(from)..place(batch.points.len()),
            labeled: place(from_labeled)..place(batch.labeled.len()),
        });
    }

    /// The finished batch. Sets are put into key order if they are not; of two sets of one entity the first stays.
    #[must_use]
    pub fn finish(mut self, names: &MetricNames) -> Batch {
        let sets = &mut self.batch.sets;
        if !sets.is_sorted_by(|a, b| a.entity.key() < b.entity.key()) {
            sets.sort_by(|a, b| a.entity.key().cmp(b.entity.key()));
            sets.dedup_by(|a, b| Arc::ptr_eq(&a.entity, &b.entity));
        }
        self.finish_ordered(names)
    }

    /// The finished batch, for a caller that has added its sets in key order, each entity once: no key is compared.
    #[must_use]
    pub fn finish_ordered(mut self, names: &MetricNames) -> Batch {
        let sets = &self.batch.sets;
        debug_assert!(
            sets.is_sorted_by(|a, b| a.entity.key() < b.entity.key()),
            "sets must be added in key order"
        );
        let bound = sets
            .iter()
            .map(|set| set.entity.id().index() + 1)
            .max()
            .unwrap_or(0);
        self.batch.index = vec![ABSENT; bound];
        for (at, set) in sets.iter().enumerate() {
            if let Some(slot) = self.batch.index.get_mut(set.entity.id().index()) {
                *slot = place(at);
            }
        }
        self.batch.names = names.table();
        // The room asked for is an estimate from above, and the batch is kept for a whole cycle.
        self.batch.points.shrink_to_fit();
        self.batch.labeled.shrink_to_fit();
        self.batch
    }
}

/// Removes points of equal metric after the first from the sorted tail that begins at `from`.
fn dedup_tail(points: &mut Vec<Point>, from: usize) {
    let Some(tail) = points.get_mut(from..) else {
        return;
    };
    let mut kept = 0;
    for at in 0..tail.len() {
        let Some(point) = tail.get(at).copied() else { break };
        let repeated = kept > 0
            && tail
                .get(kept - 1)
                .is_some_and(|last| last.metric() == point.metric());
        if !repeated {
            if let Some(slot) = tail.get_mut(kept) {
                *slot = point;
            }
            kept += 1;
        }
    }
    points.truncate(from + kept);
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(ABSENT)
}
