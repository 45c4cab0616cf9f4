//! What the store must answer: a list of batches, looked through from end to end.

use crate::LONG;
use heapster_plugin::model::{Batch, Labels, MetricId, Model, SetView, Timestamp, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// All batches that were taken, and what the store must answer.
pub(crate) struct Naive {
    pub(crate) batches: Vec<Arc<Batch>>,
    pub(crate) short: Duration,
    pub(crate) long: Duration,
}

/// What a window shows at `now`, and the bounds of a question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Timestamp,
    pub(crate) now: Timestamp,
}

impl Naive {
    /// The batches that a question may show; windows end at the time of the question.
    fn visible(&self, window: Duration, asked: Question) -> impl Iterator<Item = &Arc<Batch>> {
        self.batches.iter().filter(move |batch| {
            let at = batch.timestamp();
            at > asked.now.minus(window) && at <= asked.to && asked.from.is_none_or(|from| at >= from)
        })
    }

    pub(crate) fn values(
        &self,
        model: &Model,
        key: &str,
        metric: &str,
        asked: Question,
    ) -> Vec<(Timestamp, Value)> {
        let window = if LONG.contains(&metric) {
            self.long
        } else {
            self.short
        };
        let Some(metric) = model.metrics.find(metric) else {
            return Vec::new();
        };
        let of = |batch: &Arc<Batch>| Some((batch.timestamp(), batch.by_key(key)?.value(metric)?));
        self.visible(window, asked).filter_map(of).collect()
    }

    pub(crate) fn labeled(
        &self,
        key: &str,
        metric: MetricId,
        labels: &Labels,
        asked: Question,
    ) -> Vec<(Timestamp, Value)> {
        let mut all = Vec::new();
        for batch in self.visible(self.short, asked) {
            let set = batch.by_key(key);
            for one in set.iter().flat_map(SetView::labeled) {
                if one.point.metric() == metric && **one.labels == *labels {
                    all.push((batch.timestamp(), one.point.value()));
                }
            }
        }
        all
    }

    pub(crate) fn names(&self, key: &str, now: Timestamp) -> Vec<String> {
        let everything = Question {
            from: None,
            to: now,
            now,
        };
        let seen = self.visible(self.short, everything).chain(self.batches.last());
        let points = seen.filter_map(|batch| Some((batch, batch.by_key(key)?)));
        let names = points.flat_map(|(batch, set)| {
            set.points()
                .map(|point| batch.metric_name(point.metric()).to_owned())
        });
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}
