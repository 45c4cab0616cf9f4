//! Telemetry that a test can read.

use crate::telemetry::Telemetry;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counts into a map that a test can read.
#[derive(Debug, Default)]
pub struct Recorded(Mutex<BTreeMap<String, f64>>);

impl Recorded {
    /// The value of `family{key=value,…}`; counters add, gauges replace, summaries count their observations.
    #[must_use]
    pub fn value(&self, series: &str) -> Option<f64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(series)
            .copied()
    }

    fn with(&self, family: &str, labels: &[(&'static str, &str)], change: impl FnOnce(&mut f64)) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let series = format!("{family}{{{}}}", labels.join(","));
        change(
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(series)
                .or_default(),
        );
    }
}

impl Telemetry for Recorded {
    #[allow(clippy::cast_precision_loss)] // test counters are small
    fn count(&self, family: &'static str, labels: &[(&'static str, &str)], by: u64) {
        self.with(family, labels, |value| *value += by as f64);
    }
    fn gauge(&self, family: &'static str, labels: &[(&'static str, &str)], to: f64) {
        self.with(family, labels, |value| *value = to);
    }
    fn observe(&self, family: &'static str, labels: &[(&'static str, &str)], _: Duration) {
        self.with(family, labels, |value| *value += 1.0);
    }
    fn forget(&self, family: &'static str, labels: &[(&'static str, &str)]) {
        self.with(family, labels, |value| *value = f64::NAN);
    }
}
