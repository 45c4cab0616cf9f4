//! The names under which the pipeline counts.

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
