//! `rate calculator`: how fast counters grew since the batch before.
//!
//! A rate is computed only from two samples of one collection: the newer must be measured strictly later, count from the
//! same start, and not be lower. So a rate is never negative and never wraps; a restart, a repeated or missing measuring
//! time and a counter that fell give no rate.
//!
//! Source: Heapster 1.5 metrics/processors/rate_calculator.go. Differs: that one computed negative rates.

use crate::table::{Slot, Table};
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

/// Adds rates to every set that is in `previous` too, and the CPU rate at full precision.
pub(super) fn run(table: &mut Table, answers: &[Scraped], previous: &Batch) {
    for at in 0..table.scraped.len() {
        let Some(id) = table.scraped.get(at).copied() else {
            break;
        };
        let Some(old) = previous.by_id(EntityId(id)) else {
            continue;
        };
        let Some((slot, arena, labeled)) = table.parts(id) else {
            continue;
        };
        let Some(interval) = Interval::between(old.times(), slot.times) else {
            slot.cpu = repeated(slot, old, answers);
            continue;
        };
        let merged = if slot.extra.len() == 0 {
            Vec::new()
        } else {
            arena.get(slot.extra).to_vec()
        };
        for point in slot.own(answers).iter().chain(&merged) {
            // Of two values of one metric the first counts, here as in the batch.
            if !slot.sorted
                && slot
                    .own_point(point.metric(), answers)
                    .is_some_and(|first| first != *point)
            {
                continue;
            }
            if let Some(rate) = rate(interval, slot, old, *point) {
                arena.put(&mut slot.extra, rate);
            }
        }
        for at in 0..slot.labeled.len() {
            let known = labeled.get(slot.labeled).get(at).cloned();
            if let Some(rate) = known.and_then(|point| labeled_rate(interval, old, &point)) {
                labeled.push(&mut slot.labeled, rate);
            }
        }
        for point in slot.own_labeled(answers) {
            if let Some(rate) = labeled_rate(interval, old, point) {
                labeled.push(&mut slot.labeled, rate);
            }
        }
    }
}

/// The rate of one value; of `cpu/usage` the set's CPU rate too.
fn rate(interval: Interval, slot: &mut Slot, old: SetView<'_>, new: Point) -> Option<Point> {
    let metric = new.metric();
    if metric == id::CPU_USAGE {
        let grown = growth(old.point(metric)?, new)?;
        if let (Some(nanocores), Some(sample)) = (interval.nanocores(grown), slot.times.scrape) {
            let window = Duration::from_nanos(interval.nanos);
            slot.cpu = Some(CpuRate {
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
fn repeated(slot: &Slot, old: SetView<'_>, answers: &[Scraped]) -> Option<CpuRate> {
    let times = old.times();
    let same = times.scrape.is_some()
        && times.scrape == slot.times.scrape
        && times.collection_start == slot.times.collection_start
        && old.point(id::CPU_USAGE) == slot.own_point(id::CPU_USAGE, answers);
    if same { old.cpu() } else { None }
}
