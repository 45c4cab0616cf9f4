//! What this crate counts about itself.

use heapster_plugin::telemetry::Telemetry;
use heapster_telemetry::{Kind, Registry};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const OBJECTS: &str = "heapster_cluster_objects";
const LISTS: &str = "heapster_cluster_lists_total";
const FAILURES: &str = "heapster_cluster_watch_failures_total";

/// Declares the families of this crate. All have the label `kind`: `nodes`, `pods`, `namespaces`; failures have `reason`.
pub fn declare(registry: &Registry) {
    for (family, kind, help) in [
        (OBJECTS, Kind::Gauge, "Objects of the API server that are kept"),
        (
            LISTS,
            Kind::Counter,
            "Complete lists read; more than one a start when a watch could not go on",
        ),
        (
            FAILURES,
            Kind::Counter,
            "Lists and watches that failed, by reason",
        ),
    ] {
        registry.declare(family, kind, help);
    }
}

/// The counters, summed over all API servers.
#[derive(Debug)]
pub(crate) struct Meters {
    telemetry: Arc<dyn Telemetry>,
    objects: Mutex<BTreeMap<&'static str, i64>>,
}

impl Meters {
    pub(crate) fn new(telemetry: Arc<dyn Telemetry>) -> Self {
        Self {
            telemetry,
            objects: Mutex::default(),
        }
    }

    /// There are `by` more objects of a kind.
    #[allow(clippy::cast_precision_loss)] // nobody keeps 2^53 objects
    pub(crate) fn grown(&self, kind: &'static str, by: i64) {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let count = objects.entry(kind).or_default();
        *count += by;
        self.telemetry.gauge(OBJECTS, &[("kind", kind)], *count as f64);
    }

    pub(crate) fn listed(&self, kind: &'static str) {
        self.telemetry.count(LISTS, &[("kind", kind)], 1);
    }

    pub(crate) fn failed(&self, kind: &'static str, reason: &str) {
        self.telemetry
            .count(FAILURES, &[("kind", kind), ("reason", reason)], 1);
    }
}
