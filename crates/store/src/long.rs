//! Which metrics are kept for the long window, as numbers.

use heapster_plugin::model::{Batch, EntityId, MetricId, MetricNames, Point};

/// The metrics of the long window at one moment. A name that no metric had so far has no number yet.
///
/// Numbers are looked up after a batch was made and never change, so a number that is found later is in no batch before.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct LongMetrics {
    /// By position in the configuration.
    slots: Vec<Option<MetricId>>,
    /// All numbers, ascending.
    sorted: Vec<MetricId>,
}

impl LongMetrics {
    pub(crate) fn find(wanted: &[String], names: &MetricNames) -> Self {
        let slots: Vec<_> = wanted.iter().map(|name| names.find(name)).collect();
        let mut sorted: Vec<_> = slots.iter().flatten().copied().collect();
        sorted.sort_unstable();
        Self { slots, sorted }
    }

    /// The metrics' numbers, by position in the configuration.
    pub(crate) fn slots(&self) -> &[Option<MetricId>] {
        &self.slots
    }

    /// Puts those of `points` that are wanted into `picked`, ascending as they are.
    pub(crate) fn pick(&self, points: &[Point], picked: &mut Vec<Point>) {
        picked.clear();
        let mut rest = points;
        for metric in &self.sorted {
            let at = rest.partition_point(|point| point.metric() < *metric);
            rest = rest.get(at..).unwrap_or(&[]);
            picked.extend(rest.first().filter(|point| point.metric() == *metric));
        }
    }

    /// The wanted values of one entity of `batch`.
    pub(crate) fn pick_of(&self, batch: &Batch, id: EntityId, picked: &mut Vec<Point>) {
        picked.clear();
        if let Some(set) = batch.by_id(id) {
            picked.extend(self.sorted.iter().filter_map(|metric| set.point(*metric)));
        }
    }
}
