//! The names under which the pipeline counts.
//!
//! Source: Heapster 1.5 for the first three names; the others are ours.

use heapster_telemetry::{Kind, Registry};

pub(crate) const SCRAPER_LAST_TIME: &str = "heapster_scraper_last_time_seconds";
pub(crate) const SCRAPER_DURATION: &str = "heapster_scraper_duration_milliseconds";
pub(crate) const PROCESSOR_DURATION: &str = "heapster_processor_duration_milliseconds";
pub(crate) const SCRAPER_TARGETS: &str = "heapster_scraper_targets";
pub(crate) const SCRAPE_FAILURES: &str = "heapster_scrape_failures_total";
pub(crate) const LOST_WINDOWS: &str = "heapster_pipeline_lost_windows_total";
pub(crate) const BATCHES: &str = "heapster_pipeline_batches_total";
pub(crate) const BATCH_SETS: &str = "heapster_pipeline_batch_sets";
pub(crate) const BATCH_VALUES: &str = "heapster_pipeline_batch_values";
pub(crate) const INCONSISTENT: &str = "heapster_pipeline_inconsistent_values_total";
pub(crate) const PANICS: &str = "heapster_pipeline_panics_total";

/// Declares the families that the pipeline counts into, before the first cycle. Those of the original are declared with the
/// rest of it: [`heapster_telemetry::declare_heapster`].
pub fn declare(registry: &Registry) {
    let families = [
        (
            SCRAPER_TARGETS,
            Kind::Gauge,
            "Targets that were asked in the newest cycle",
        ),
        (
            SCRAPE_FAILURES,
            Kind::Counter,
            "Scrapes that gave no sets, by reason",
        ),
        (
            LOST_WINDOWS,
            Kind::Counter,
            "Windows without a batch, as a cycle took too long or the clock jumped",
        ),
        (BATCHES, Kind::Counter, "Batches handed to every consumer"),
        (BATCH_SETS, Kind::Gauge, "Sets of the newest batch"),
        (BATCH_VALUES, Kind::Gauge, "Values of the newest batch"),
        (
            INCONSISTENT,
            Kind::Counter,
            "Values left out of a sum, as they were integers among floats or the reverse",
        ),
        (
            PANICS,
            Kind::Counter,
            "Faults in the program that cost a batch or a hand-over, by part",
        ),
    ];
    for (family, kind, help) in families {
        registry.declare(family, kind, help);
    }
}
