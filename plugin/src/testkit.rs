//! Helpers for the tests of plugins and of the core. Behind the feature `testkit`.

use crate::cluster::{ApiServer, Cluster, ClusterError, KubeletAccess};
use crate::model::{Batch, Freezer, Labels, Model, Point, Times, Timestamp, label};
use crate::source::{Clusters, SourceContext};
use crate::telemetry::Telemetry;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
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

/// A program without a cluster: every attempt to open one fails.
#[derive(Debug, Default)]
pub struct NoClusters;

impl Clusters for NoClusters {
    fn open(&self, _: &ApiServer) -> Result<(Arc<dyn Cluster>, KubeletAccess), ClusterError> {
        Err(ClusterError("there is no cluster in this test".to_owned()))
    }
}

/// A context for building a source in a test, with the telemetry that it counts into.
#[must_use]
pub fn source_context() -> (SourceContext, Arc<Recorded>) {
    let recorded = Arc::new(Recorded::default());
    let context = SourceContext {
        model: Arc::new(Model::default()),
        telemetry: recorded.clone(),
        resolution: Duration::from_secs(60),
        clusters: Arc::new(NoClusters),
    };
    (context, recorded)
}

/// One set of a test's batch: what is measured, labels beside `type`, values.
pub type TestSet<'a> = (Arc<crate::model::Entity>, &'a [(&'a str, &'a str)], &'a [Point]);

/// A batch from keys, labels and values, for encoders: `(entity, labels, points)` each.
#[must_use]
pub fn batch(model: &Model, timestamp: Timestamp, sets: &[TestSet<'_>]) -> Batch {
    let mut freezer = Freezer::new(timestamp, sets.len(), 0);
    for (entity, labels, points) in sets {
        let kind = [(label::TYPE, entity.kind().as_str())];
        let labels = Labels::from_pairs(
            kind.iter()
                .chain(labels.iter())
                .map(|(key, value)| (*key, *value)),
        );
        freezer.push(
            entity.clone(),
            Arc::new(labels),
            Times::default(),
            None,
            points,
            [],
        );
    }
    freezer.finish(&model.metrics)
}
