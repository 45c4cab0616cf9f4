//! Where decoded values go.

use super::entities::{Cache, Known};
use heapster_plugin::model::{
    EntityId, LabeledPoint, Labels, MetricId, MetricType, Point, Scraped, Times, Timestamp, Value, id,
};
use std::collections::HashMap;
use std::sync::Arc;

/// The sets of one answer while it is read.
pub(crate) struct Sets<'a> {
    pub(crate) cache: &'a mut Cache,
    scraped: Scraped,
    now: Timestamp,
    repeated: bool,
}

impl<'a> Sets<'a> {
    pub(crate) fn new(cache: &'a mut Cache, now: Timestamp) -> Self {
        cache.begin();
        let (sets, points, labeled) = cache.sizes;
        Self {
            cache,
            scraped: Scraped::with_capacity(sets, points, labeled),
            now,
            repeated: false,
        }
    }

    /// Begins the set of `known`.
    pub(crate) fn begin(&mut self, known: Known, times: Times) {
        self.repeated |= known.repeated;
        self.scraped.begin(known.entity, known.labels, times);
    }

    pub(crate) fn gauge(&mut self, metric: MetricId, value: Option<i64>) {
        if let Some(value) = value {
            self.scraped.push(Point::gauge(metric, value));
        }
    }

    pub(crate) fn cumulative(&mut self, metric: MetricId, value: Option<i64>) {
        if let Some(value) = value {
            self.scraped.push(Point::cumulative(metric, value));
        }
    }

    /// Milliseconds since `start`, which are zero when the kubelet's clock is ahead.
    pub(crate) fn uptime(&mut self, start: Option<Timestamp>) {
        let uptime = start.map(|start| i64::try_from(self.now.since(start).as_millis()).unwrap_or(i64::MAX));
        self.cumulative(id::UPTIME, uptime);
    }

    /// The metric `custom/NAME`; left out when the set has it already, or the program knows too many names.
    pub(crate) fn custom(&mut self, name: &str, metric_type: MetricType, value: Value) {
        let Some(metric) = self.cache.custom(name) else {
            return;
        };
        let own = self.scraped.sets().last().map(|set| self.scraped.points(set));
        if own.is_some_and(|own| own.iter().all(|point| point.metric() != metric)) {
            self.scraped.push(Point::new(metric, metric_type, value));
        }
    }

    pub(crate) fn labeled(&mut self, metric: MetricId, value: Option<i64>, labels: &Arc<Labels>) {
        if let Some(value) = value {
            self.scraped
                .push_labeled(Point::gauge(metric, value), labels.clone());
        }
    }

    /// The answer: of an entity that was named more than once, the set with the newest start, and of those the one named last.
    pub(crate) fn finish(self) -> Scraped {
        self.cache.end();
        self.cache.sizes = self.scraped.sizes();
        if self.repeated {
            without_repeats(&self.scraped)
        } else {
            self.scraped
        }
    }
}

fn without_repeats(scraped: &Scraped) -> Scraped {
    let mut best: HashMap<EntityId, (Option<Timestamp>, usize)> = HashMap::new();
    for (at, set) in scraped.sets().iter().enumerate() {
        let own = (set.times.collection_start, at);
        best.entry(set.entity.id())
            .and_modify(|other| *other = own.max(*other))
            .or_insert(own);
    }
    let mut kept = Scraped::default();
    for (at, set) in scraped.sets().iter().enumerate() {
        if best.get(&set.entity.id()).is_none_or(|(_, place)| *place != at) {
            continue;
        }
        kept.begin(set.entity.clone(), set.labels.clone(), set.times);
        for point in scraped.points(set) {
            kept.push(*point);
        }
        for LabeledPoint { point, labels } in scraped.labeled(set) {
            kept.push_labeled(*point, labels.clone());
        }
    }
    kept
}
