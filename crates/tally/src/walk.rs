//! The values of a batch, one after the other.

use heapster_plugin::model::{Batch, Labels, Point, SetView};
use std::sync::Arc;

/// One value and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// How many values are before it: set after set, the plain ones of a set, then its labeled ones.
    pub position: usize,
    /// Its set.
    pub set: SetView<'a>,
    /// The value.
    pub point: Point,
    /// The labels of its own; `None` for a plain value.
    pub labels: Option<&'a Arc<Labels>>,
}

impl Spot<'_> {
    /// The name of the metric.
    #[must_use]
    pub fn name(&self) -> &str {
        self.set.batch().metric_name(self.point.metric())
    }

    /// Whether `other` is of the same set.
    #[must_use]
    pub fn same_set(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.set.entity(), other.set.entity())
    }
}

/// All values, in the order of [`Batch::select`].
pub fn values(batch: &Batch) -> impl Iterator<Item = Spot<'_>> {
    let all = batch.sets().flat_map(|set| {
        let plain = set.points().map(move |point| (set, point, None));
        plain.chain(set.labeled().map(move |one| (set, one.point, Some(one.labels))))
    });
    all.enumerate().map(|(position, (set, point, labels))| Spot {
        position,
        set,
        point,
        labels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::{Freezer, Labeled, Model, Times, Timestamp, id};

    #[test]
    fn values_come_in_the_order_in_which_a_selection_asks_for_them() {
        let model = Model::default();
        let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
        for (node, value) in [("a", 1), ("b", 2)] {
            let points = [Point::gauge(id::UPTIME, value)];
            let labels = Arc::new(Labels::from_pairs([("resource_id", "/")]));
            let labeled = Labeled {
                point: Point::gauge(id::FILESYSTEM_USAGE, value * 10),
                labels: &labels,
            };
            let entity = model.entities.node(node);
            freezer.push(entity, Arc::default(), Times::default(), None, &points, [labeled]);
        }
        let batch = freezer.finish(&model.metrics);
        let mut asked = Vec::new();
        let none = batch.select(|set, value| {
            asked.push((set.entity().key().to_owned(), value.value()));
            false
        });
        assert!(none.is_empty());
        let walked: Vec<_> = values(&batch)
            .map(|spot| (spot.set.entity().key().to_owned(), spot.point.value()))
            .collect();
        assert_eq!(walked, asked);
        let positions: Vec<_> = values(&batch).map(|spot| spot.position).collect();
        assert_eq!(positions, [0, 1, 2, 3]);
    }
}
