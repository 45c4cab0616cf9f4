//! Making a batch.

use super::block::{Block, BlockSet, OpenBlock};
use super::{ABSENT, Batch, Place};
use crate::model::entity::Entity;
use crate::model::labels::Labels;
use crate::model::names::MetricNames;
use crate::model::point::{Labeled, LabeledPoint, Point};
use crate::model::scraped::{CpuRate, Times};
use crate::model::time::Timestamp;
use std::sync::Arc;

/// Builds a [`Batch`] set by set.
#[derive(Debug)]
pub struct Freezer {
    timestamp: Timestamp,
    blocks: Vec<Block>,
    open: OpenBlock,
    places: Vec<Place>,
    /// The plain values of the set that is pushed next.
    points: Vec<Point>,
}

/// Nothing, for the epoch.
impl Default for Freezer {
    fn default() -> Self {
        Self::new(Timestamp::from_nanos(0), 0, 0)
    }
}

/// A set that was frozen before its batch was finished.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Times.
    pub times: Times,
    /// CPU rate at full precision.
    pub cpu: Option<CpuRate>,
    /// Plain values, ascending by metric.
    pub points: Vec<Point>,
    /// Labeled values.
    pub labeled: Vec<LabeledPoint>,
}

impl Freezer {
    /// A batch without sets for the window that ends at `timestamp`, with room for `sets` sets and `points` plain values.
    #[must_use]
    pub fn new(timestamp: Timestamp, sets: usize, points: usize) -> Self {
        Self {
            timestamp,
            blocks: Vec::new(),
            open: OpenBlock::with_capacity(sets, points),
            places: Vec::with_capacity(sets),
            points: Vec::new(),
        }
    }

    /// Adds plain values to the set that is pushed next: `own`, with `added` over them. Both must ascend by metric, each
    /// metric once; of equal metrics the added one counts.
    pub fn merge(&mut self, own: &[Point], added: &[Point]) {
        let all = &mut self.points;
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
    /// order; of two with one metric the first stays. The answer is the place of the set for
    /// [`finish_in_order`](Self::finish_in_order).
    pub fn push<'a, L>(
        &mut self,
        entity: Arc<Entity>,
        labels: Arc<Labels>,
        times: Times,
        cpu: Option<CpuRate>,
        points: &[Point],
        labeled: L,
    ) -> Place
    where
        L: IntoIterator<Item = Labeled<'a>>,
        L::IntoIter: Clone,
    {
        if self.open.is_full() {
            self.close_block();
        }
        let own = &mut self.points;
        own.extend_from_slice(points);
        if !points.is_empty() && !own.is_sorted_by(|a, b| a.metric() < b.metric()) {
            own.sort_by_key(Point::metric);
            own.dedup_by_key(|point| point.metric());
        }
        let place = Place {
            block: count(self.blocks.len()),
            set: count(self.open.len()),
        };
        let times = (self.timestamp, times, cpu);
        self.open
            .push((entity, labels), times, &self.points, labeled.into_iter());
        self.points.clear();
        self.places.push(place);
        place
    }

    /// A set that was pushed before the last [`close_block`](Self::close_block), to add to it: pushed once more, it has
    /// another place.
    #[must_use]
    pub fn frozen(&self, place: Place) -> Option<Frozen> {
        let block = self.blocks.get(place.block as usize)?;
        let set = BlockSet {
            block,
            set: block.sets.get(place.set as usize)?,
        };
        let (times, cpu) = set.times(self.timestamp);
        Some(Frozen {
            times,
            cpu,
            points: set.points().collect(),
            labeled: set.labeled().map(Labeled::to_owned).collect(),
        })
    }

    /// Ends what was pushed so far as one block of the batch, without spare room. Worth a call after each few hundred sets
    /// that belong together: sets of one block share what they have in common.
    pub fn close_block(&mut self) {
        if self.open.len() > 0 {
            self.blocks.push(self.open.close());
        }
    }

    /// The finished batch. Sets are put into key order if they are not; of two sets of one entity the first stays.
    #[must_use]
    pub fn finish(mut self, names: &MetricNames) -> Batch {
        self.close_block();
        let mut places = std::mem::take(&mut self.places);
        let entity = |place: &Place| find(&self.blocks, *place);
        let key = |place: &Place| entity(place).map_or("", |entity| entity.key());
        if !places.is_sorted_by(|a, b| key(a) < key(b)) {
            places.sort_by(|a, b| key(a).cmp(key(b)));
            places.dedup_by(|a, b| key(a) == key(b));
        }
        self.finish_in_order(places.into_iter(), names)
    }

    /// The finished batch with the sets at `places`, which must be in key order, each entity once: no key is compared. What
    /// was pushed and is not among them is left out.
    #[must_use]
    pub fn finish_in_order(mut self, places: impl Iterator<Item = Place>, names: &MetricNames) -> Batch {
        self.close_block();
        let blocks = self.blocks;
        let mut batch = Batch {
            timestamp: self.timestamp,
            order: places.filter(|place| find(&blocks, *place).is_some()).collect(),
            index: Box::default(),
            blocks: blocks.into(),
            values: 0,
            names: names.table(),
        };
        let ids = || {
            batch
                .order
                .iter()
                .filter_map(|place| find(&batch.blocks, *place))
                .map(|entity| entity.id())
        };
        let mut index = vec![ABSENT; ids().map(|id| id.index() + 1).max().unwrap_or(0)];
        for (at, id) in ids().enumerate() {
            if let Some(slot) = index.get_mut(id.index()) {
                *slot = count(at);
            }
        }
        batch.index = index.into();
        batch.values = batch
            .sets()
            .map(|set| set.points().len() + set.labeled().len())
            .sum();
        debug_assert!(
            batch
                .sets()
                .is_sorted_by(|a, b| a.entity().key() < b.entity().key()),
            "sets must be in key order"
        );
        batch
    }
}

fn find(blocks: &[Block], place: Place) -> Option<&Arc<Entity>> {
    let block = blocks.get(place.block as usize)?;
    block.sets.get(place.set as usize).map(|set| &set.entity)
}

fn count(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(ABSENT)
}
