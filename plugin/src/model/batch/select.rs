//! A smaller batch: what a filter lets through, or what is worth another try.

use super::{Batch, Freezer, SetView};
use crate::model::labels::Labels;
use crate::model::metric::MetricId;
use crate::model::names::MetricNames;
use crate::model::point::{Point, Value};
use std::sync::Arc;

/// One value of a set, plain or labeled, as [`Batch::select`] shows it.
#[derive(Clone, Copy, Debug)]
pub struct ValueView<'a> {
    point: Point,
    labels: Option<&'a Arc<Labels>>,
}

impl<'a> ValueView<'a> {
    /// Which metric.
    #[must_use]
    pub const fn metric(&self) -> MetricId {
        self.point.metric()
    }

    /// The number.
    #[must_use]
    pub const fn value(&self) -> Value {
        self.point.value()
    }

    /// The number with its metric and types.
    #[must_use]
    pub const fn point(&self) -> Point {
        self.point
    }

    /// The labels of its own; `None` for a plain value.
    #[must_use]
    pub const fn labels(&self) -> Option<&'a Arc<Labels>> {
        self.labels
    }
}

/// How much of a set a smaller batch gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// All its values, without a look at each.
    Whole,
    /// No value.
    Nothing,
    /// The values that are asked for one by one.
    Each,
}

impl Batch {
    /// The batch of the same time with the values that `keep` holds for. Sets without values are left out.
    ///
    /// Each value is asked for once, in this order: set after set, the plain values of a set, then its labeled ones. A caller
    /// that counts along knows values by their position.
    #[must_use]
    pub fn select(&self, keep: impl FnMut(SetView<'_>, ValueView<'_>) -> bool) -> Self {
        self.select_parts(|_| Part::Each, keep)
    }

    /// The batch of the same time with as much of each set as `part` says; of a set taken in [`Part::Each`], the values that
    /// `keep` holds for. Sets without values are left out.
    #[must_use]
    pub fn select_parts(
        &self,
        mut part: impl FnMut(SetView<'_>) -> Part,
        mut keep: impl FnMut(SetView<'_>, ValueView<'_>) -> bool,
    ) -> Self {
        let mut freezer = Freezer::new(self.timestamp(), 0, 0);
        let (mut points, mut labeled) = (Vec::new(), Vec::new());
        for set in self.sets() {
            let each = match part(set) {
                Part::Nothing => continue,
                Part::Whole => false,
                Part::Each => true,
            };
            points.clear();
            for point in set.points() {
                if !each || keep(set, ValueView { point, labels: None }) {
                    points.push(point);
                }
            }
            for one in set.labeled() {
                let labels = Some(one.labels);
                let view = ValueView {
                    point: one.point,
                    labels,
                };
                if !each || keep(set, view) {
                    labeled.push(one);
                }
            }
            if !points.is_empty() || !labeled.is_empty() {
                let (entity, labels) = (set.entity().clone(), set.labels().clone());
                freezer.push(
                    entity,
                    labels,
                    set.times(),
                    set.cpu(),
                    &points,
                    labeled.iter().copied(),
                );
                labeled.clear();
            }
        }
        freezer.finish(&MetricNames::of(self.custom_names().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Labeled, Model, Times, Timestamp, id};

    /// Two nodes with two plain values and one labeled value each.
    fn batch(model: &Model) -> Batch {
        let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
        let custom = model.metrics.intern("custom/qps").unwrap();
        for name in ["a", "b"] {
            let points = [Point::gauge(id::UPTIME, 1), Point::gauge(custom, 2)];
            let labels = &Arc::new(Labels::from_pairs([("resource_id", "/")]));
            let labeled = Labeled {
                point: Point::gauge(id::FILESYSTEM_USAGE, 3),
                labels,
            };
            let entity = model.entities.node(name);
            freezer.push(entity, Arc::default(), Times::default(), None, &points, [labeled]);
        }
        freezer.finish(&model.metrics)
    }

    fn texts(batch: &Batch) -> Vec<String> {
        let mut all = Vec::new();
        for set in batch.sets() {
            let mut add =
                |metric: MetricId| all.push(format!("{} {}", set.entity().key(), batch.metric_name(metric)));
            for point in set.points() {
                add(point.metric());
            }
            for one in set.labeled() {
                add(one.point.metric());
            }
        }
        all
    }

    #[test]
    fn the_values_that_are_kept_stay_in_their_sets() {
        let model = Model::default();
        let whole = batch(&model);
        let smaller = whole.select(|set, value| {
            set.entity().node() == Some("b") && whole.metric_name(value.metric()).starts_with("custom/")
        });
        assert_eq!(smaller.timestamp(), whole.timestamp());
        assert_eq!(texts(&smaller), ["node:b custom/qps"]);
        assert!(smaller.by_id(model.entities.node("a").id()).is_none());
        assert!(smaller.by_key("node:b").is_some());
    }

    #[test]
    fn values_are_asked_for_once_in_order() {
        let whole = batch(&Model::default());
        let mut asked = Vec::new();
        let none = whole.select(|set, value| {
            let own = value.labels().map_or(0, |labels| labels.len());
            asked.push(format!(
                "{} {} {own}",
                set.entity().key(),
                whole.metric_name(value.metric())
            ));
            false
        });
        assert_eq!((none.len(), none.value_count()), (0, 0));
        let order = ["uptime 0", "custom/qps 0", "filesystem/usage 1"];
        let all = ["node:a", "node:b"].map(|key| order.map(|value| format!("{key} {value}")));
        assert_eq!(asked, all.concat());
    }

    #[test]
    fn whole_sets_are_taken_or_left_without_a_look_at_their_values() {
        let whole = batch(&Model::default());
        let part = |set: SetView<'_>| {
            if set.entity().node() == Some("a") {
                Part::Whole
            } else {
                Part::Nothing
            }
        };
        let smaller = whole.select_parts(part, |_, _| panic!("no value is asked for"));
        assert_eq!(texts(&smaller), texts(&whole)[..3]);
    }
}
