//! `rate calculator`: how fast counters grew since the batch before.
//!
//! A rate is computed only from two samples of one collection: the newer must be measured strictly later, count from the
//! same start, and not be lower. So a rate is never negative and never wraps; a restart, a repeated or missing measuring
//! time and a counter that fell give no rate.
//!
//! Source: Heapster 1.5 metrics/processors/rate_calculator.go. Differs: that one computed negative rates.

use crate::table::{Hand, Table, Work};
use heapster_plugin::model::{
    Batch, CpuRate, EntityId, LabeledPoint, MetricId, MetricType, Point, Scraped, SetView, Times, Value, id,
    label,
};
use std::sync::Arc;
use std::time::Duration;

/// The time between two samples: more than zero.
#[derive(Clone, Copy, Debug)]
struct Interval {
    nanos: u64,
}

impl Interval {
    /// `None` unless `new` is a later sample of the same collection.
    fn between(old: Times, new: Times) -> Option<Self> {
        if old.collection_start != new.collection_start {
            return None;
        }
        let distance = i128::from(new.scrape?.nanos()) - i128::from(old.scrape?.nanos());
        let nanos = u64::try_from(distance).ok().filter(|nanos| *nanos > 0)?;
        Some(Self { nanos })
    }

    /// CPU nanoseconds to thousandths of a core, cut towards zero.
    fn millicores(self, grown: u64) -> Option<i64> {
        i64::try_from(u128::from(grown) * 1_000 / u128::from(self.nanos)).ok()
    }

    /// CPU nanoseconds to billionths of a core, cut towards zero.
    fn nanocores(self, grown: u64) -> Option<u64> {
        u64::try_from(u128::from(grown) * 1_000_000_000 / u128::from(self.nanos)).ok()
    }

    #[allow(clippy::cast_precision_loss)] // a rate is a float
    fn per_second(self, grown: u64) -> f64 {
        1e9 * grown as f64 / self.nanos as f64
    }
}

/// By how much a counter grew; `None` when it fell or is no integer.
fn growth(old: Point, new: Point) -> Option<u64> {
    match (old.value(), new.value()) {
        (Value::Int(old), Value::Int(new)) => u64::try_from(i128::from(new) - i128::from(old)).ok(),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => None,
    }
}

/// The metric that holds a counter's growth per second.
const fn per_second_metric(metric: MetricId) -> Option<MetricId> {
    Some(match metric {
        id::MEMORY_PAGE_FAULTS => id::MEMORY_PAGE_FAULTS_RATE,
        id::MEMORY_MAJOR_PAGE_FAULTS => id::MEMORY_MAJOR_PAGE_FAULTS_RATE,
        id::NETWORK_RX => id::NETWORK_RX_RATE,
        id::NETWORK_RX_ERRORS => id::NETWORK_RX_ERRORS_RATE,
        id::NETWORK_TX => id::NETWORK_TX_RATE,
        id::NETWORK_TX_ERRORS => id::NETWORK_TX_ERRORS_RATE,
        _ => return None,
    })
}

const fn labeled_per_second_metric(metric: MetricId) -> Option<MetricId> {
    Some(match metric {
        id::DISK_IO_READ_BYTES => id::DISK_IO_READ_BYTES_RATE,
        id::DISK_IO_WRITE_BYTES => id::DISK_IO_WRITE_BYTES_RATE,
        _ => return None,
    })
}

/// Adds rates to every set of the answer in hand that is in `previous` too, and the CPU rate at full precision.
pub(super) fn run(table: &mut Table, answer: &Scraped, previous: &Batch) {
    for at in 0..table.given.len() {
        let Some(given) = table.given.get(at).copied() else {
            break;
        };
        let (Some(old), Some(set)) = (previous.by_id(EntityId(given.id)), answer.sets().get(given.set))
        else {
            continue;
        };
        let Some(hand) = table.hand(given.id) else {
            continue;
        };
        let Some(interval) = Interval::between(old.times(), hand.work.times) else {
            if !given.repeated {
                hand.work.cpu = repeated(hand.work, old, answer.points(set));
            }
            continue;
        };
        let sure = hand.work.sorted && !given.repeated && !hand.slot.is_open();
        for point in answer.points(set) {
            // Of two values of one metric the first counts, here as in the batch.
            if !sure && current(&hand, point.metric(), answer) != Some(*point) {
                continue;
            }
            if let Some(rate) = rate(interval, hand.work, old, *point) {
                hand.points.put(&mut hand.work.extra, rate);
            }
        }
        for point in answer.labeled(set) {
            let Some(rate) = labeled_rate(interval, old, point) else {
                continue;
            };
            let known = hand.labeled.get(hand.work.labeled);
            if given.repeated
                && (!known.contains(point) || known.iter().any(|known| same_series(known, &rate)))
            {
                continue;
            }
            hand.labeled.push(&mut hand.work.labeled, rate);
        }
    }
}

/// The value that the set has of a metric now.
fn current(hand: &Hand<'_>, metric: MetricId, answer: &Scraped) -> Option<Point> {
    let added = hand.points.get(hand.work.extra);
    match added.binary_search_by_key(&metric, Point::metric) {
        Ok(at) => added.get(at).copied(),
        Err(_) => hand.work.own_point(metric, answer),
    }
}

fn same_series(a: &LabeledPoint, b: &LabeledPoint) -> bool {
    a.point.metric() == b.point.metric() && a.labels == b.labels
}

/// The rate of one value; of `cpu/usage` the set's CPU rate too.
fn rate(interval: Interval, work: &mut Work, old: SetView<'_>, new: Point) -> Option<Point> {
    let metric = new.metric();
    if metric == id::CPU_USAGE {
        let grown = growth(old.point(metric)?, new)?;
        if let (Some(nanocores), Some(sample)) = (interval.nanocores(grown), work.times.scrape) {
            let window = Duration::from_nanos(interval.nanos);
            work.cpu = Some(CpuRate {
                nanocores,
                sample,
                window,
            });
        }
        return interval
            .millicores(grown)
            .map(|rate| Point::gauge(id::CPU_USAGE_RATE, rate));
    }
    let target = per_second_metric(metric)?;
    let grown = growth(old.point(metric)?, new)?;
    Some(Point::float(
        target,
        MetricType::Gauge,
        interval.per_second(grown),
    ))
}

/// The rate of one labeled value; the older one is that with the same `resource_id`.
fn labeled_rate(interval: Interval, old: SetView<'_>, new: &LabeledPoint) -> Option<LabeledPoint> {
    let metric = new.point.metric();
    let target = labeled_per_second_metric(metric)?;
    let resource = new.labels.get(label::RESOURCE_ID);
    let known = old.labeled().find(|known| {
        known.point.metric() == metric
            && (Arc::ptr_eq(known.labels, &new.labels) || known.labels.get(label::RESOURCE_ID) == resource)
    })?;
    let grown = growth(known.point, new.point)?;
    Some(LabeledPoint {
        point: Point::float(target, MetricType::Gauge, interval.per_second(grown)),
        labels: new.labels.clone(),
    })
}

/// A target that reports the sample of the cycle before again: its CPU rate still is the newest there is.
fn repeated(work: &Work, old: SetView<'_>, own: &[Point]) -> Option<CpuRate> {
    let times = old.times();
    let same = times.scrape.is_some()
        && times.scrape == work.times.scrape
        && times.collection_start == work.times.collection_start
        && old.point(id::CPU_USAGE) == own.iter().find(|point| point.metric() == id::CPU_USAGE).copied();
    if same { old.cpu() } else { None }
}
