//! Questions to the store.

use crate::frame::Frame;
use crate::set::Values;
use crate::snapshot::Snapshot;
use crate::store::Store;
use heapster_plugin::model::{EntityId, Labeled, Labels, MetricId, Point, Timestamp, Value};
use std::sync::Arc;
use std::time::Duration;

/// A time with its value.
type Sample = (Timestamp, Value);

/// Bounds of a question, both inclusive.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    /// What is later than `now - window` and not outside of `from..=to`.
    fn new(from: Option<Timestamp>, to: Timestamp, now: Timestamp, window: Duration) -> Self {
        let first = now.minus(window).plus(Duration::from_nanos(1));
        Self {
            from: from.map_or(first, |from| from.max(first)),
            to,
        }
    }

    fn has(self, at: Timestamp) -> bool {
        at >= self.from && at <= self.to
    }
}

impl Store {
    /// The plain values of one metric of the entity with this key, ascending by time; empty when one of them is unknown.
    ///
    /// Shape: at most one value a batch; `from` and `to` are inclusive, and what the window has passed at `now` is left
    /// out. A metric of [`Config::long_metrics`](crate::Config::long_metrics) is read from the long window, every other
    /// one from the short window.
    #[must_use]
    pub fn values(
        &self,
        key: &str,
        metric: &str,
        from: Option<Timestamp>,
        to: Timestamp,
        now: Timestamp,
    ) -> Vec<Sample> {
        let Some((snapshot, id)) = self.find(key) else {
            return Vec::new();
        };
        if let Some(slot) = self.config.long_metrics.iter().position(|name| name == metric) {
            let span = Span::new(from, to, now, self.config.long);
            return long_values(&snapshot, id, slot, span);
        }
        let Some(metric) = self.model.metrics.find(metric) else {
            return Vec::new();
        };
        let span = Span::new(from, to, now, self.config.short);
        let points = points_of(&snapshot, id);
        let mut found = Vec::new();
        walk(&snapshot, &snapshot.short, points, id, metric, span, &mut found);
        found.reverse();
        found
    }

    /// The values of one metric of the entity with this key that carry exactly these labels, ascending by time; of two
    /// pairs with one key the later counts.
    ///
    /// Shape: as many values a batch as its set has with this metric and these labels, in their order. Bounds are those of
    /// [`values`](Self::values); labeled values are kept for the short window.
    #[must_use]
    pub fn labeled_values(
        &self,
        key: &str,
        metric: &str,
        labels: &[(String, String)],
        from: Option<Timestamp>,
        to: Timestamp,
        now: Timestamp,
    ) -> Vec<Sample> {
        let (Some((snapshot, id)), Some(metric)) = (self.find(key), self.model.metrics.find(metric)) else {
            return Vec::new();
        };
        let labels = Labels::from_pairs(labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let span = Span::new(from, to, now, self.config.short);
        let mut values = snapshot
            .newest
            .by_id(id)
            .map_or_else(Values::default, |set| Values {
                points: set.points().collect(),
                labeled: set.labeled().map(Labeled::to_owned).collect(),
            });
        let mut found = Vec::new();
        let mut collect = |at: Timestamp, values: &Values| {
            let fits = values.labeled.iter().rev();
            let fits = fits.filter(|one| one.point.metric() == metric && *one.labels == labels);
            found.extend(fits.filter(|_| span.has(at)).map(|one| (at, one.point.value())));
        };
        collect(snapshot.newest.timestamp(), &values);
        for frame in snapshot
            .short
            .iter()
            .rev()
            .take_while(|frame| frame.at >= span.from)
        {
            frame.back(id, &mut values);
            collect(frame.at, &values);
        }
        found.reverse();
        found
    }

    /// The names of the plain metrics that the entity with this key has in the newest batch, however old that is, or had
    /// within the short window; sorted by bytes.
    #[must_use]
    pub fn metric_names(&self, key: &str, now: Timestamp) -> Vec<String> {
        let Some((snapshot, id)) = self.find(key) else {
            return Vec::new();
        };
        let span = Span::new(None, now, now, self.config.short);
        let mut points = points_of(&snapshot, id);
        let mut metrics: Vec<MetricId> = points.iter().map(Point::metric).collect();
        for frame in snapshot
            .short
            .iter()
            .rev()
            .take_while(|frame| frame.at >= span.from)
        {
            frame.back_points(id, &mut points);
            metrics.extend(points.iter().map(Point::metric));
        }
        metrics.sort_unstable();
        metrics.dedup();
        let names = metrics
            .into_iter()
            .map(|metric| snapshot.newest.metric_name(metric).to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    }

    /// The data, and the number of an entity in them. The number is good for as long as the data are held.
    fn find(&self, key: &str) -> Option<(Arc<Snapshot>, EntityId)> {
        let snapshot = self.snapshot()?;
        let entity = self.model.entities.find(key)?;
        Some((snapshot, entity.id()))
    }
}

/// The plain values of an entity in the newest batch.
fn points_of(snapshot: &Snapshot, id: EntityId) -> Vec<Point> {
    let set = snapshot.newest.by_id(id);
    set.map_or_else(Vec::new, |set| set.points().collect())
}

/// Puts the values of `metric` within `span` into `found`, newest first. `points` are those of the newest batch.
fn walk(
    snapshot: &Snapshot,
    frames: &[Arc<Frame>],
    mut points: Vec<Point>,
    id: EntityId,
    metric: MetricId,
    span: Span,
    found: &mut Vec<Sample>,
) {
    let mut collect = |at: Timestamp, points: &[Point]| {
        if span.has(at)
            && let Ok(place) = points.binary_search_by_key(&metric, Point::metric)
        {
            found.extend(points.get(place).map(|point| (at, point.value())));
        }
    };
    collect(snapshot.newest.timestamp(), &points);
    for frame in frames.iter().rev().take_while(|frame| frame.at >= span.from) {
        frame.back_points(id, &mut points);
        collect(frame.at, &points);
    }
}

fn long_values(snapshot: &Snapshot, id: EntityId, slot: usize, span: Span) -> Vec<Sample> {
    let mut newest_first = Vec::new();
    // Without a number no batch so far has the metric.
    if let Some(Some(metric)) = snapshot.metrics.slots().get(slot) {
        let mut points = Vec::new();
        snapshot.metrics.pick_of(&snapshot.newest, id, &mut points);
        walk(
            snapshot,
            &snapshot.chain,
            points,
            id,
            *metric,
            span,
            &mut newest_first,
        );
    }
    let mut found = Vec::new();
    let first = snapshot
        .segments
        .partition_point(|segment| segment.last().is_none_or(|at| at < span.from));
    for segment in snapshot.segments.iter().skip(first) {
        segment.values(id, slot, |at, value| {
            if span.has(at) {
                found.push((at, value));
            }
        });
    }
    found.extend(newest_first.into_iter().rev());
    found
}
