//! What one target answered.

use super::entity::Entity;
use super::labels::Labels;
use super::point::{LabeledPoint, Point};
use super::time::Timestamp;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// The times of a set; `None` is "not known".
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Times {
    /// When the values were measured, by the target's clock. Rates divide by the distance of two of these.
    pub scrape: Option<Timestamp>,
    /// Since when cumulative values count; changes when a container or kubelet restarts.
    pub collection_start: Option<Timestamp>,
    /// When the entity was created; survives restarts.
    pub entity_create: Option<Timestamp>,
}

/// A CPU rate at full precision, which `metrics.k8s.io` needs beside the millicores of the Heapster API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CpuRate {
    /// Billionths of a core.
    pub nanocores: u64,
    /// When the newer of the two samples was measured.
    pub sample: Timestamp,
    /// Distance of the two samples.
    pub window: Duration,
}

/// The head of one set as a target delivers it; its values are ranges in [`Scraped`].
#[derive(Clone, Debug)]
pub struct ScrapedSet {
    /// What was measured.
    pub entity: Arc<Entity>,
    /// The labels that the source knows; the same `Arc` as last time when nothing changed.
    pub labels: Arc<Labels>,
    /// Times.
    pub times: Times,
    points: Range<u32>,
    labeled: Range<u32>,
}

/// The answer of one target: sets over two shared arenas. Reusing one keeps its capacity.
#[derive(Default, Debug)]
pub struct Scraped {
    sets: Vec<ScrapedSet>,
    points: Vec<Point>,
    labeled: Vec<LabeledPoint>,
}

impl Scraped {
    /// An empty answer with room for so many sets, plain values and labeled values.
    #[must_use]
    pub fn with_capacity(sets: usize, points: usize, labeled: usize) -> Self {
        Self {
            sets: Vec::with_capacity(sets),
            points: Vec::with_capacity(points),
            labeled: Vec::with_capacity(labeled),
        }
    }

    /// How many sets, plain values and labeled values there are: what [`with_capacity`](Self::with_capacity) takes.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.sets.len(), self.points.len(), self.labeled.len())
    }

    /// Starts a set; values pushed from now on belong to it.
    pub fn begin(&mut self, entity: Arc<Entity>, labels: Arc<Labels>, times: Times) {
        let (points, labeled) = (index(self.points.len()), index(self.labeled.len()));
        self.sets.push(ScrapedSet {
            entity,
            labels,
            times,
            points: points..points,
            labeled: labeled..labeled,
        });
    }

    /// Adds a value to the set begun last. Before the first set it is dropped.
    pub fn push(&mut self, point: Point) {
        if let Some(set) = self.sets.last_mut() {
            self.points.push(point);
            set.points.end = index(self.points.len());
        }
    }

    /// Adds a value with labels of its own to the set begun last. Before the first set it is dropped.
    pub fn push_labeled(&mut self, point: Point, labels: Arc<Labels>) {
        if let Some(set) = self.sets.last_mut() {
            self.labeled.push(LabeledPoint { point, labels });
            set.labeled.end = index(self.labeled.len());
        }
    }

    /// Takes back the set begun last with all its values.
    pub fn cancel(&mut self) {
        if let Some(set) = self.sets.pop() {
            self.points.truncate(set.points.start as usize);
            self.labeled.truncate(set.labeled.start as usize);
        }
    }

    /// The sets in the order in which they were begun.
    pub fn sets(&self) -> &[ScrapedSet] {
        &self.sets
    }

    /// The sets, to correct times or labels.
    pub fn sets_mut(&mut self) -> &mut [ScrapedSet] {
        &mut self.sets
    }

    /// The plain values of `set`, which must be one of this answer's.
    pub fn points(&self, set: &ScrapedSet) -> &[Point] {
        self.points
            .get(set.points.start as usize..set.points.end as usize)
            .unwrap_or(&[])
    }

    /// The labeled values of `set`, which must be one of this answer's.
    pub fn labeled(&self, set: &ScrapedSet) -> &[LabeledPoint] {
        self.labeled
            .get(set.labeled.start as usize..set.labeled.end as usize)
            .unwrap_or(&[])
    }

    /// How many plain and labeled values there are in all.
    pub fn len(&self) -> usize {
        self.points.len() + self.labeled.len()
    }

    /// Whether there is no set.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Removes everything and keeps the capacity.
    pub fn clear(&mut self) {
        self.sets.clear();
        self.points.clear();
        self.labeled.clear();
    }
}

fn index(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entities, id};

    #[test]
    fn a_cancelled_set_takes_its_values_along() {
        let all = Entities::default();
        let labels: Arc<Labels> = Arc::default();
        let mut scraped = Scraped::default();
        scraped.push(Point::gauge(id::UPTIME, 1));
        scraped.begin(all.node("a"), labels.clone(), Times::default());
        scraped.push(Point::gauge(id::UPTIME, 2));
        scraped.begin(all.node("b"), labels.clone(), Times::default());
        scraped.push(Point::gauge(id::UPTIME, 3));
        scraped.push_labeled(Point::gauge(id::FILESYSTEM_USAGE, 4), labels);
        scraped.cancel();
        assert_eq!(scraped.sets().len(), 1);
        assert_eq!(scraped.points(&scraped.sets()[0]), [Point::gauge(id::UPTIME, 2)]);
        assert_eq!(scraped.len(), 1);
    }
}
