//! Consumers in the program itself.

use crate::families::HEAPSTER;
use heapster_plugin::model::Timestamp;
use heapster_plugin::telemetry::Telemetry;
use std::sync::Arc;
use tokio::time::Instant;

/// A consumer that takes a batch at once and cannot fail, such as the store in memory: it needs no queue, and is counted
/// under the names that the original has for all its sinks.
#[derive(Debug)]
pub struct Direct {
    name: String,
    telemetry: Arc<dyn Telemetry>,
}

impl Direct {
    /// Counts under this name.
    #[must_use]
    pub fn new(name: &str, telemetry: Arc<dyn Telemetry>) -> Self {
        let name = name.to_owned();
        Self { name, telemetry }
    }

    /// Hands a batch over by `take`, and counts when and how long.
    pub fn hand(&self, take: impl FnOnce()) {
        let began = Instant::now();
        HEAPSTER.handed(&self.name, &*self.telemetry, Timestamp::now());
        take();
        HEAPSTER.took(&self.name, &*self.telemetry, began.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::testkit::Recorded;

    #[test]
    fn a_hand_over_counts_under_the_originals_names() {
        let recorded = Arc::new(Recorded::default());
        let direct = Direct::new("Metric Sink", recorded.clone());
        direct.hand(|| {});
        direct.hand(|| {});
        let value = |family: &str| recorded.value(&format!("{family}{{exporter=Metric Sink}}"));
        assert_eq!(value("heapster_exporter_duration_milliseconds"), Some(2.0));
        assert!(value("heapster_exporter_last_time_seconds").unwrap() > 1e9);
    }
}
