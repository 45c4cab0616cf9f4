//! One cycle's result.

mod block;
mod freezer;
mod lists;
mod pack;
mod select;

pub use block::{LabeledPoints, Points};
pub use freezer::{Freezer, Frozen};
pub use select::{Part, ValueView};

use super::entity::{Entity, EntityId};
use super::labels::Labels;
use super::metric::MetricId;
use super::names::name_in;
use super::point::{Point, Value};
use super::scraped::{CpuRate, Times};
use super::time::Timestamp;
use block::{Block, BlockSet};
use std::sync::Arc;

const ABSENT: u32 = u32::MAX;

/// Where a set is among the blocks of a batch that is being made.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Place {
    block: u32,
    set: u32,
}

/// All sets of one cycle, in bytewise order of their keys. Never changed once made.
#[derive(Debug)]
pub struct Batch {
    timestamp: Timestamp,
    /// In key order.
    order: Box<[Place]>,
    /// By entity number: the position in `order`.
    index: Box<[u32]>,
    blocks: Box<[Block]>,
    values: usize,
    names: Arc<[Arc<str>]>,
}

impl Batch {
    /// The end of the window in which the values were read: a multiple of the resolution.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// All sets, in bytewise order of their keys.
    pub fn sets(&self) -> impl ExactSizeIterator<Item = SetView<'_>> + Clone {
        self.order.iter().map(|place| self.at(*place))
    }

    /// All sets, in the order of their entities' numbers, which is about that in which they lie in memory.
    pub fn sets_by_id(&self) -> impl Iterator<Item = SetView<'_>> {
        self.index.iter().filter_map(|at| self.set(*at as usize))
    }

    /// How many sets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many plain and labeled values in all.
    #[must_use]
    pub const fn value_count(&self) -> usize {
        self.values
    }

    /// The set at position `index` of [`sets`](Self::sets).
    #[must_use]
    pub fn set(&self, index: usize) -> Option<SetView<'_>> {
        self.order.get(index).map(|place| self.at(*place))
    }

    /// A place in `order` has a set: the freezer made both.
    #[allow(clippy::indexing_slicing)]
    fn at(&self, place: Place) -> SetView<'_> {
        let block = &self.blocks[place.block as usize];
        let set = &block.sets[place.set as usize];
        SetView {
            batch: self,
            packed: BlockSet { block, set },
        }
    }

    /// The set of the entity with this number.
    #[must_use]
    pub fn by_id(&self, id: EntityId) -> Option<SetView<'_>> {
        self.index
            .get(id.index())
            .filter(|at| **at != ABSENT)
            .and_then(|at| self.set(*at as usize))
    }

    /// The set with this key; a binary search.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<SetView<'_>> {
        self.order
            .binary_search_by(|place| self.at(*place).entity().key().cmp(key))
            .ok()
            .and_then(|at| self.set(at))
    }

    /// The sets whose keys begin with `prefix`, in order; two binary searches.
    pub fn with_prefix<'a>(&'a self, prefix: &str) -> impl ExactSizeIterator<Item = SetView<'a>> + use<'a> {
        let key = |place: &Place| self.at(*place).entity().key();
        let start = self.order.partition_point(|place| key(place) < prefix);
        let rest = self.order.get(start..).unwrap_or(&[]);
        let count = rest.partition_point(|place| key(place).starts_with(prefix));
        let found = rest.get(..count).unwrap_or(&[]);
        found.iter().map(|place| self.at(*place))
    }

    /// The name of a metric of this batch.
    #[must_use]
    pub fn metric_name(&self, id: MetricId) -> &str {
        name_in(&self.names, id)
    }

    /// The names outside the catalogue that were known when the batch was made, for frames that outlive it.
    #[must_use]
    pub const fn custom_names(&self) -> &Arc<[Arc<str>]> {
        &self.names
    }

    /// Bytes of memory. Entities and labels are shared with the rest of the program and not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        let blocks: usize = self
            .blocks
            .iter()
            .map(|block| size_of_val(block) + block.memory())
            .sum();
        size_of::<Self>() + size_of_val(&*self.order) + size_of_val(&*self.index) + blocks
    }
}

/// A set together with the batch that holds its values.
#[derive(Clone, Copy, Debug)]
pub struct SetView<'a> {
    batch: &'a Batch,
    packed: BlockSet<'a>,
}

impl<'a> SetView<'a> {
    /// What was measured.
    #[must_use]
    pub const fn entity(&self) -> &'a Arc<Entity> {
        &self.packed.set.entity
    }

    /// All labels, `type` included.
    #[must_use]
    pub const fn labels(&self) -> &'a Arc<Labels> {
        &self.packed.set.labels
    }

    /// Times.
    #[must_use]
    pub fn times(&self) -> Times {
        self.packed.times(self.batch.timestamp).0
    }

    /// CPU rate at full precision, when there were two samples.
    #[must_use]
    pub fn cpu(&self) -> Option<CpuRate> {
        self.packed.times(self.batch.timestamp).1
    }

    /// The plain values, ascending by metric number; a metric occurs once.
    #[must_use]
    pub fn points(&self) -> Points<'a> {
        self.packed.points()
    }

    /// The labeled values, in the order in which the source and then the pipeline gave them.
    #[must_use]
    pub fn labeled(&self) -> LabeledPoints<'a> {
        self.packed.labeled()
    }

    /// The point of one metric; a binary search.
    #[must_use]
    pub fn point(&self, metric: MetricId) -> Option<Point> {
        self.packed.point(metric)
    }

    /// The value of one metric.
    #[must_use]
    pub fn value(&self, metric: MetricId) -> Option<Value> {
        self.point(metric).map(|point| point.value())
    }

    /// The batch.
    #[must_use]
    pub const fn batch(&self) -> &'a Batch {
        self.batch
    }
}

#[cfg(test)]
mod tests;
