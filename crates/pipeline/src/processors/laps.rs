//! How long each processor took for a batch, over all answers.

use crate::families;
use heapster_plugin::telemetry::Telemetry;
use std::time::Duration;
use tokio::time::Instant;

/// The processors, in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    Rates,
    Pods,
    Namespaces,
    PodSums,
    NamespaceSums,
    NodeSums,
    ClusterSums,
    Nodes,
}

/// The stages with the values of the label `processor`, and whether they need a cluster.
const STAGES: [(Stage, &str, bool); 8] = [
    (Stage::Rates, "rate calculator", false),
    (Stage::Pods, "pod_based_enricher", true),
    (Stage::Namespaces, "namespace_based_enricher", true),
    (Stage::PodSums, "pod_aggregator", false),
    (Stage::NamespaceSums, "namespace_aggregator", false),
    (Stage::NodeSums, "node_aggregator", false),
    (Stage::ClusterSums, "cluster_aggregator", false),
    (Stage::Nodes, "node_autoscaling_enricher", true),
];

/// Time by stage.
#[derive(Default, Debug)]
pub(super) struct Laps([Duration; STAGES.len()]);

impl Laps {
    /// Reports the stages that there are with or without a cluster.
    pub(super) fn report(&self, telemetry: &dyn Telemetry, with_cluster: bool) {
        for ((_, name, needs_cluster), took) in STAGES.iter().zip(&self.0) {
            if with_cluster || !needs_cluster {
                telemetry.observe(families::PROCESSOR_DURATION, &[("processor", name)], *took);
            }
        }
    }
}

/// Times one stage after the other.
pub(super) struct Lap<'a> {
    laps: &'a mut Laps,
    started: Instant,
}

impl<'a> Lap<'a> {
    pub(super) fn start(laps: &'a mut Laps) -> Self {
        Self {
            laps,
            started: Instant::now(),
        }
    }

    pub(super) fn ends(&mut self, stage: Stage) {
        let now = Instant::now();
        if let Some(took) = self.laps.0.get_mut(stage as usize) {
            *took += now.duration_since(self.started);
        }
        self.started = now;
    }
}
