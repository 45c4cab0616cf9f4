//! The figures on `/metrics`.

use crate::ledger::Snapshot;
use heapster_plugin::model::Timestamp;
use heapster_plugin::telemetry::Telemetry;
use heapster_telemetry::{Kind, Put, Registry};
use std::time::Duration;

/// The names of one program's families. All have the label `exporter`; rejected and dropped have `reason`.
#[derive(Debug)]
pub struct Families {
    /// When the sink was last handed a parcel, in Unix time: the original's.
    pub last_time: Option<&'static str>,
    /// How long the sink worked on one: the original's.
    pub duration: &'static str,
    made: &'static str,
    accepted: &'static str,
    rejected: &'static str,
    dropped: &'static str,
    waiting: &'static str,
    waiting_parcels: &'static str,
    failures: &'static str,
    consecutive: &'static str,
    spool_parcels: &'static str,
    spool_bytes: &'static str,
    spool_failed: &'static str,
}

/// Those of `heapster`.
pub const HEAPSTER: Families = Families {
    last_time: Some("heapster_exporter_last_time_seconds"),
    duration: "heapster_exporter_duration_milliseconds",
    made: "heapster_delivery_offered_points_total",
    accepted: "heapster_delivery_accepted_points_total",
    rejected: "heapster_delivery_rejected_points_total",
    dropped: "heapster_delivery_dropped_points_total",
    waiting: "heapster_delivery_waiting_points",
    waiting_parcels: "heapster_delivery_waiting_batches",
    failures: "heapster_delivery_failures_total",
    consecutive: "heapster_delivery_consecutive_failures",
    spool_parcels: "heapster_delivery_spool_batches",
    spool_bytes: "heapster_delivery_spool_bytes",
    spool_failed: "heapster_delivery_spool_failed",
};

impl Families {
    /// Declares the families of the ledger; the original's two are declared with the rest of it.
    ///
    /// On each page, made = accepted + rejected + dropped + waiting.
    pub fn declare(&self, registry: &Registry) {
        let families = [
            (
                self.made,
                Kind::Counter,
                "Values meant for this sink, with those that were in its spool at the start",
            ),
            (self.accepted, Kind::Counter, "Values that the backend has"),
            (
                self.rejected,
                Kind::Counter,
                "Values that the backend will never take, by reason",
            ),
            (
                self.dropped,
                Kind::Counter,
                "Values given up before the backend had them, by reason",
            ),
            (
                self.waiting,
                Kind::Gauge,
                "Values that wait for this sink or are on their way",
            ),
            (
                self.waiting_parcels,
                Kind::Gauge,
                "Batches that wait for this sink, in memory or on disk",
            ),
            (
                self.failures,
                Kind::Counter,
                "Attempts to write to this sink that failed",
            ),
            (
                self.consecutive,
                Kind::Gauge,
                "Attempts that failed since one that did not; 0 when all is well",
            ),
            (
                self.spool_parcels,
                Kind::Gauge,
                "Batches in the spool of this sink",
            ),
            (self.spool_bytes, Kind::Gauge, "Size of the spool of this sink"),
            (
                self.spool_failed,
                Kind::Gauge,
                "1 when the spool of this sink cannot be used",
            ),
        ];
        for (family, kind, help) in families {
            registry.declare(family, kind, help);
        }
    }

    /// Puts the figures of one moment.
    #[allow(clippy::cast_precision_loss)] // counts beyond 2^53 lose their last digits in every reader as well
    pub(crate) fn put(&self, name: &str, snapshot: &Snapshot, put: Put<'_>) {
        let exporter = [("exporter", name)];
        let ledger = &snapshot.ledger;
        put(self.made, &exporter, ledger.made as f64);
        put(self.accepted, &exporter, ledger.accepted as f64);
        put(self.waiting, &exporter, ledger.waiting() as f64);
        put(self.waiting_parcels, &exporter, snapshot.waiting_parcels as f64);
        put(self.failures, &exporter, snapshot.failures as f64);
        put(self.consecutive, &exporter, snapshot.consecutive_failures as f64);
        for (reason, count) in &ledger.rejected {
            put(
                self.rejected,
                &[("exporter", name), ("reason", reason.as_str())],
                *count as f64,
            );
        }
        for (reason, count) in &ledger.dropped {
            put(
                self.dropped,
                &[("exporter", name), ("reason", reason.as_str())],
                *count as f64,
            );
        }
        if let Some(spool) = &snapshot.spool {
            put(self.spool_parcels, &exporter, spool.parcels as f64);
            put(self.spool_bytes, &exporter, spool.bytes as f64);
            put(
                self.spool_failed,
                &exporter,
                if spool.error.is_some() { 1.0 } else { 0.0 },
            );
        }
    }

    #[allow(clippy::cast_precision_loss)] // Unix time in nanoseconds is printed in seconds
    pub(crate) fn handed(&self, name: &str, telemetry: &dyn Telemetry, at: Timestamp) {
        if let Some(family) = self.last_time {
            telemetry.gauge(family, &[("exporter", name)], at.nanos() as f64 / 1e9);
        }
    }

    pub(crate) fn took(&self, name: &str, telemetry: &dyn Telemetry, took: Duration) {
        telemetry.observe(self.duration, &[("exporter", name)], took);
    }
}
