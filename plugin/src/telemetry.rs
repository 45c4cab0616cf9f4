//! Counters that a plugin keeps about itself; they show on `/metrics`.

use std::time::Duration;

/// Where plugins count. Implemented by the core; calls are cheap enough for once a request, not for once a value.
///
/// Families are named `<program>_plugin_<what>_<unit>[_total]`, or as the original named them. A label is a pair of key
/// and value; one family always has the same keys.
pub trait Telemetry: Send + Sync + std::fmt::Debug {
    /// Adds to a counter.
    fn count(&self, family: &'static str, labels: &[(&'static str, &str)], by: u64);
    /// Sets a gauge.
    fn gauge(&self, family: &'static str, labels: &[(&'static str, &str)], value: f64);
    /// Adds one observation to a summary with quantiles over the last ten minutes. The unit is the family's: a name
    /// ending in `_milliseconds` gets milliseconds.
    fn observe(&self, family: &'static str, labels: &[(&'static str, &str)], took: Duration);
    /// Removes every series of `family` that has exactly these labels: the thing they name is gone.
    fn forget(&self, family: &'static str, labels: &[(&'static str, &str)]);
}

/// Counts nothing; for tests and tools.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Telemetry for Silent {
    fn count(&self, _: &'static str, _: &[(&'static str, &str)], _: u64) {}
    fn gauge(&self, _: &'static str, _: &[(&'static str, &str)], _: f64) {}
    fn observe(&self, _: &'static str, _: &[(&'static str, &str)], _: Duration) {}
    fn forget(&self, _: &'static str, _: &[(&'static str, &str)]) {}
}
