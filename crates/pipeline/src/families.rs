//! The names under which the pipeline counts.

/// One family of series that the pipeline counts into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Family {
    /// Name on `/metrics`.
    pub name: &'static str,
    /// What its series are.
    pub kind: FamilyKind,
    /// One sentence for people.
    pub help: &'static str,
}

/// What the series of a [`Family`] are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FamilyKind {
    /// A number that grows.
    Counter,
    /// A momentary number.
    Gauge,
    /// Quantiles of durations.
    Summary,
}

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

/// Every family that the pipeline counts into, to be declared to the registry before the first cycle.
///
/// Source: Heapster 1.5 for the first three names; the others are ours.
pub const FAMILIES: &[Family] = &[
    family(
        SCRAPER_LAST_TIME,
        FamilyKind::Gauge,
        "When the newest scrape of this source began, in Unix time",
    ),
    family(
        SCRAPER_DURATION,
        FamilyKind::Summary,
        "How long one scrape of this source took",
    ),
    family(
        PROCESSOR_DURATION,
        FamilyKind::Summary,
        "How long a batch spent in this processor",
    ),
    family(
        SCRAPER_TARGETS,
        FamilyKind::Gauge,
        "Targets that were asked in the newest cycle",
    ),
    family(
        SCRAPE_FAILURES,
        FamilyKind::Counter,
        "Scrapes that gave no sets, by reason",
    ),
    family(
        LOST_WINDOWS,
        FamilyKind::Counter,
        "Windows without a batch, as the cycle before took too long",
    ),
    family(BATCHES, FamilyKind::Counter, "Batches handed to every consumer"),
    family(BATCH_SETS, FamilyKind::Gauge, "Sets of the newest batch"),
    family(BATCH_VALUES, FamilyKind::Gauge, "Values of the newest batch"),
    family(
        INCONSISTENT,
        FamilyKind::Counter,
        "Values left out of a sum, as they were integers among floats or the reverse",
    ),
    family(
        PANICS,
        FamilyKind::Counter,
        "Faults in the program that cost a batch or a hand-over, by part",
    ),
];

const fn family(name: &'static str, kind: FamilyKind, help: &'static str) -> Family {
    Family { name, kind, help }
}
