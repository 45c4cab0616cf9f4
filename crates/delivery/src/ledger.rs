//! What became of every value, as counters.

use heapster_plugin::model::Timestamp;
use heapster_plugin::sink::Outcome;
use heapster_plugin::telemetry::Telemetry;
use heapster_telemetry::{Kind, Registry};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const LAST_TIME: &str = "heapster_exporter_last_time_seconds";
pub(crate) const DURATION: &str = "heapster_exporter_duration_milliseconds";
pub(crate) const OFFERED: &str = "heapster_delivery_offered_points_total";
pub(crate) const ACCEPTED: &str = "heapster_delivery_accepted_points_total";
pub(crate) const REJECTED: &str = "heapster_delivery_rejected_points_total";
pub(crate) const DROPPED: &str = "heapster_delivery_dropped_points_total";
pub(crate) const WAITING: &str = "heapster_delivery_waiting_batches";
pub(crate) const WAITING_POINTS: &str = "heapster_delivery_waiting_points";

/// Declares the families of the ledger. All have the label `exporter`; rejected and dropped have `reason`. Those of the
/// original are declared with the rest of it: [`heapster_telemetry::declare_heapster`].
///
/// At rest, offered = accepted + rejected + dropped + waiting points.
pub fn declare(registry: &Registry) {
    let families = [
        (OFFERED, Kind::Counter, "Values meant for this sink"),
        (ACCEPTED, Kind::Counter, "Values that the backend has"),
        (
            REJECTED,
            Kind::Counter,
            "Values that the backend will never take, by reason",
        ),
        (
            DROPPED,
            Kind::Counter,
            "Values given up before the backend had them, by reason",
        ),
        (WAITING, Kind::Gauge, "Batches that wait for this sink"),
        (
            WAITING_POINTS,
            Kind::Gauge,
            "Values that wait for this sink or are on their way",
        ),
    ];
    for (family, kind, help) in families {
        registry.declare(family, kind, help);
    }
}

/// Why values were given up. A closed list: they are label values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Drop {
    /// The queue was full of newer batches.
    QueueFull,
    /// The sink did not end in time.
    Timeout,
    /// The sink panicked.
    Panic,
    /// The sink asked to try again, which is not done yet.
    Failed,
    /// The sink did not say what became of them.
    Unreported,
    /// The program ended.
    Stopped,
}

impl Drop {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Timeout => "timeout",
            Self::Panic => "panic",
            Self::Failed => "failed",
            Self::Unreported => "unreported",
            Self::Stopped => "stopped",
        }
    }
}

/// Counts for one sink.
#[derive(Debug)]
pub(crate) struct Ledger {
    name: Arc<str>,
    telemetry: Arc<dyn Telemetry>,
}

impl Ledger {
    pub(crate) fn new(name: Arc<str>, telemetry: Arc<dyn Telemetry>) -> Self {
        Self { name, telemetry }
    }

    pub(crate) fn offered(&self, points: usize) {
        self.count(OFFERED, None, points);
    }

    pub(crate) fn dropped(&self, reason: Drop, points: usize) {
        self.count(DROPPED, Some(reason.as_str()), points);
    }

    /// Batches in the queue, and values in them and in the batch in hand.
    #[allow(clippy::cast_precision_loss)] // counts of things in memory
    pub(crate) fn waiting(&self, (batches, points): (usize, usize)) {
        let exporter = [("exporter", &*self.name)];
        self.telemetry.gauge(WAITING, &exporter, batches as f64);
        self.telemetry.gauge(WAITING_POINTS, &exporter, points as f64);
    }

    #[allow(clippy::cast_precision_loss)] // Unix time in nanoseconds is printed in seconds
    pub(crate) fn handed(&self, at: Timestamp) {
        let seconds = at.nanos() as f64 / 1e9;
        self.telemetry
            .gauge(LAST_TIME, &[("exporter", &self.name)], seconds);
    }

    pub(crate) fn took(&self, took: Duration) {
        self.telemetry
            .observe(DURATION, &[("exporter", &self.name)], took);
    }

    /// Counts what a sink says about a batch of `points` values: what it does not mention is dropped as unreported, what
    /// it mentions beyond that is not counted.
    pub(crate) fn outcome(&self, points: usize, outcome: &Outcome) {
        let mut left = points;
        let mut take = |count: usize| {
            let taken = count.min(left);
            left -= taken;
            taken
        };
        self.count(ACCEPTED, None, take(outcome.accepted));
        for (reason, count) in &outcome.rejected {
            self.count(REJECTED, Some(reason.as_str()), take(*count));
        }
        let retry = outcome.retry.as_ref().map_or(0, |retry| retry.count);
        self.dropped(Drop::Failed, take(retry));
        self.dropped(Drop::Unreported, left);
    }

    fn count(&self, family: &'static str, reason: Option<&str>, points: usize) {
        if points == 0 {
            return;
        }
        let by = u64::try_from(points).unwrap_or(u64::MAX);
        match reason {
            Some(reason) => {
                let labels = [("exporter", &*self.name), ("reason", reason)];
                self.telemetry.count(family, &labels, by);
            }
            None => self.telemetry.count(family, &[("exporter", &self.name)], by),
        }
    }
}
