//! From answers to a batch: the processors, in order, over one working table.
//!
//! Source: Heapster 1.5 metrics/heapster.go (the order), metrics/processors (what each does).

mod final_labels;
mod freeze;
mod namespaces;
mod nodes;
mod pod_sums;
mod pods;
mod rates;
mod sums;

use crate::families;
use crate::label_copier::LabelCopier;
use crate::table::Table;
use final_labels::Keys;
use heapster_plugin::cluster::Cluster;
use heapster_plugin::model::{Batch, Model, Point, Scraped, Timestamp};
use heapster_plugin::telemetry::Telemetry;
use pod_sums::Accumulator;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The same log line is repeated at most this often.
const QUIET: Duration = Duration::from_secs(600);
/// Cycles between two sweeps of the table of entities.
const SWEEP_EVERY: u32 = 8;

/// Makes one batch a cycle. Owns what is kept between cycles: the batch before, for rates, and the table of entities with
/// their labels and their order.
///
/// Without a cluster there is nothing to enrich with: only rates and sums are computed.
#[derive(Debug)]
pub struct Processors {
    model: Arc<Model>,
    cluster: Option<Arc<dyn Cluster>>,
    copier: LabelCopier,
    telemetry: Arc<dyn Telemetry>,
    keys: Keys,
    table: Table,
    accumulator: Accumulator,
    scratch: Vec<Point>,
    previous: Option<Arc<Batch>>,
    cycles: u32,
    complained: Option<Instant>,
}

impl Processors {
    /// Processors without a past: the first batch has no rates.
    #[must_use]
    pub fn new(
        model: Arc<Model>,
        cluster: Option<Arc<dyn Cluster>>,
        copier: LabelCopier,
        telemetry: Arc<dyn Telemetry>,
    ) -> Self {
        Self {
            model,
            cluster,
            copier,
            telemetry,
            keys: Keys::default(),
            table: Table::default(),
            accumulator: Accumulator::default(),
            scratch: Vec::new(),
            previous: None,
            cycles: 0,
            complained: None,
        }
    }

    /// The batch of the window that ends at `timestamp`.
    ///
    /// Shape: a set for each entity in `answers`, for the pod of each container, the namespace of each pod, each container
    /// that the cluster knows of such a pod, and the cluster. Of two sets of one entity the first counts; the second adds
    /// the values that the first has not.
    /// Units: as the catalogue says.
    /// Errors: none; what does not fit together is left out and counted.
    pub fn batch(&mut self, timestamp: Timestamp, answers: &[Scraped]) -> Arc<Batch> {
        let started = Instant::now();
        self.table.load(answers, &self.model.entities);
        if let Some(previous) = &self.previous {
            if previous.timestamp() >= timestamp {
                // Differs: the original then computes no rates until the clock has caught up.
                tracing::error!("New data batch has timestamp before the previous one");
            }
            rates::run(&mut self.table, answers, previous);
        }
        let mut lap = Lap {
            telemetry: &*self.telemetry,
            started,
        };
        lap.ends("rate calculator");
        if let Some(cluster) = self.cluster.as_deref() {
            pods::run(&mut self.table, cluster, &self.model.entities, &self.copier);
            lap.ends("pod_based_enricher");
            namespaces::run(&mut self.table, cluster);
            final_labels::run(&mut self.table, &self.keys);
            lap.ends("namespace_based_enricher");
        } else {
            final_labels::run(&mut self.table, &self.keys);
        }
        let mut inconsistent = pod_sums::run(&mut self.table, answers, &mut self.accumulator);
        lap.ends("pod_aggregator");
        inconsistent += sums::namespaces(&mut self.table, answers);
        lap.ends("namespace_aggregator");
        inconsistent += sums::nodes(&mut self.table, answers, &self.model.entities);
        lap.ends("node_aggregator");
        inconsistent += sums::cluster(&mut self.table, answers, &self.model.entities, &self.keys);
        lap.ends("cluster_aggregator");
        if let Some(cluster) = self.cluster.as_deref() {
            nodes::run(&mut self.table, answers, cluster, &self.copier);
            lap.ends("node_autoscaling_enricher");
        }
        self.complain(inconsistent);
        let frozen = freeze::run(
            &mut self.table,
            answers,
            timestamp,
            &self.model.metrics,
            &mut self.scratch,
        );
        let batch = Arc::new(frozen);
        self.previous = Some(batch.clone());
        self.cycles = self.cycles.wrapping_add(1);
        if self.cycles.is_multiple_of(SWEEP_EVERY) {
            self.model.entities.sweep();
        }
        batch
    }

    /// Counts values that could not be summed, and says so now and then.
    fn complain(&mut self, inconsistent: u64) {
        if inconsistent == 0 {
            return;
        }
        self.telemetry.count(families::INCONSISTENT, &[], inconsistent);
        let now = Instant::now();
        if self
            .complained
            .is_none_or(|last| now.duration_since(last) >= QUIET)
        {
            self.complained = Some(now);
            tracing::error!(
                "inconsistent type: {inconsistent} values left out of sums, as they were integers among floats or the reverse"
            );
        }
    }
}

/// Times one processor after the other.
struct Lap<'a> {
    telemetry: &'a dyn Telemetry,
    started: Instant,
}

impl Lap<'_> {
    fn ends(&mut self, processor: &str) {
        let now = Instant::now();
        let took = now.duration_since(self.started);
        self.telemetry
            .observe(families::PROCESSOR_DURATION, &[("processor", processor)], took);
        self.started = now;
    }
}

#[cfg(test)]
mod tests;
