//! One cycle's result.

mod freezer;
mod select;

pub use freezer::Freezer;
pub use select::{Part, ValueView};

use super::entity::{Entity, EntityId};
use super::labels::Labels;
use super::metric::MetricId;
use super::names::name_in;
use super::point::{LabeledPoint, Point, Value};
use super::scraped::{CpuRate, Times};
use super::time::Timestamp;
use std::ops::Range;
use std::sync::Arc;

const ABSENT: u32 = u32::MAX;

/// The head of one set of a [`Batch`].
#[derive(Clone, Debug)]
pub struct Set {
    /// What was measured.
    pub entity: Arc<Entity>,
    /// All labels of the set, `type` included.
    pub labels: Arc<Labels>,
    /// Times.
    pub times: Times,
    /// CPU rate at full precision, when there were two samples.
    pub cpu: Option<CpuRate>,
    points: Range<u32>,
    labeled: Range<u32>,
}

/// All sets of one cycle, in bytewise order of their keys. Never changed once made.
#[derive(Debug)]
pub struct Batch {
    timestamp: Timestamp,
    sets: Vec<Set>,
    points: Vec<Point>,
    labeled: Vec<LabeledPoint>,
    /// By entity number: the position in `sets`.
    index: Vec<u32>,
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
        self.sets.iter().map(|set| SetView { batch: self, set })
    }

    /// How many sets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there is no set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// How many plain and labeled values in all.
    #[must_use]
    pub fn value_count(&self) -> usize {
        self.points.len() + self.labeled.len()
    }

    /// The set at position `index` of [`sets`](Self::sets).
    #[must_use]
    pub fn set(&self, index: usize) -> Option<SetView<'_>> {
        self.sets.get(index).map(|set| SetView { batch: self, set })
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
        self.sets
            .binary_search_by(|set| set.entity.key().cmp(key))
            .ok()
            .and_then(|at| self.set(at))
    }

    /// The sets whose keys begin with `prefix`, in order; two binary searches.
    pub fn with_prefix<'a>(&'a self, prefix: &str) -> impl Iterator<Item = SetView<'a>> + use<'a> {
        let start = self.sets.partition_point(|set| set.entity.key() < prefix);
        let rest = self.sets.get(start..).unwrap_or(&[]);
        let count = rest.partition_point(|set| set.entity.key().starts_with(prefix));
        rest.get(..count)
            .unwrap_or(&[])
            .iter()
            .map(|set| SetView { batch: self, set })
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
}

/// A set together with the batch that holds its values.
#[derive(Clone, Copy, Debug)]
pub struct SetView<'a> {
    batch: &'a Batch,
    set: &'a Set,
}

impl<'a> SetView<'a> {
    /// What was measured.
    #[must_use]
    pub fn entity(&self) -> &'a Arc<Entity> {
        &self.set.entity
    }

    /// All labels, `type` included.
    #[must_use]
    pub fn labels(&self) -> &'a Arc<Labels> {
        &self.set.labels
    }

    /// Times.
    #[must_use]
    pub const fn times(&self) -> Times {
        self.set.times
    }

    /// CPU rate at full precision.
    #[must_use]
    pub const fn cpu(&self) -> Option<CpuRate> {
        self.set.cpu
    }

    /// The plain values, ascending by metric number; a metric occurs once.
    #[must_use]
    pub fn points(&self) -> &'a [Point] {
        self.batch
            .points
            .get(self.set.points.start as usize..self.set.points.end as usize)
            .unwrap_or(&[])
    }

    /// The labeled values, in the order in which the source and then the pipeline gave them.
    #[must_use]
    pub fn labeled(&self) -> &'a [LabeledPoint] {
        self.batch
            .labeled
            .get(self.set.labeled.start as usize..self.set.labeled.end as usize)
            .unwrap_or(&[])
    }

    /// The point of one metric; a binary search.
    #[must_use]
    pub fn point(&self, metric: MetricId) -> Option<Point> {
        let points = self.points();
        points
            .binary_search_by_key(&metric, Point::metric)
            .ok()
            .and_then(|at| points.get(at))
            .copied()
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
