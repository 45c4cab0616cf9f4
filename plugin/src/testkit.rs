//! Helpers for the tests of plugins and of the core. Behind the feature `testkit`.
//!
//! The largest of them is the conformance kit: one line in a sink's tests runs it through everything that backends do. See
//! [`Kit`] and [`conform!`](crate::conform).

mod account;
mod any;
mod backend;
mod clock;
mod facts;
mod http;
mod kit;
mod lines;
mod recorded;
mod stage;

pub use any::{Plan, any_plan, many_pods};
pub use http::{Answer, Request};
pub use kit::{Kit, SECRET};
pub use lines::Lines;
pub use recorded::Recorded;

use crate::cluster::{ApiServer, Cluster, ClusterError, KubeletAccess};
use crate::model::{Batch, Freezer, Labels, Model, Point, Times, Timestamp, label};
use crate::source::{Clusters, SourceContext};
use std::sync::Arc;
use std::time::Duration;

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
