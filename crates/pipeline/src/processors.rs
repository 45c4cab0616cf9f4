//! From answers to a batch: the processors, in order, over one working table.
//!
//! Source: Heapster 1.5 metrics/heapster.go (the order), metrics/processors (what each does).

mod final_labels;
mod freeze;
mod laps;
mod namespaces;
mod nodes;
mod pod_sums;
mod pods;
mod rates;
mod sums;

use crate::families;
use crate::label_copier::LabelCopier;
use crate::table::Table;
use final_labels::{Keys, Maker};
use heapster_plugin::cluster::Cluster;
use heapster_plugin::model::{Batch, Freezer, Model, Point, Scraped, Timestamp};

use heapster_plugin::telemetry::Telemetry;
use laps::{Lap, Laps, Stage};
use pod_sums::Accumulator;
use std::sync::Arc;
use std::time::Duration;
use sums::Homeless;
use tokio::time::Instant;

/// The same log line is repeated at most this often.
const QUIET: Duration = Duration::from_secs(600);
/// Cycles between two sweeps of the table of entities.
const SWEEP_EVERY: u32 = 8;

/// Makes one batch a cycle. Owns what is kept between cycles: the batch before, for rates, and the table of entities with
/// their labels and their order.
///
/// Answers are taken one by one as they come, and most of what an answer is about is ready when it was taken: rates, labels
/// and sums of pods and containers. So answers are not kept, and little is left to do when the last one is there.
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
    /// Of the batch in hand: the sets that are ready, values that wait for their node, and what there is to report.
    freezer: Freezer,
    homeless: Vec<Homeless>,
    laps: Laps,
    inconsistent: u64,
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
            freezer: Freezer::default(),
            homeless: Vec::new(),
            laps: Laps::default(),
            inconsistent: 0,
            previous: None,
            cycles: 0,
            complained: None,
        }
    }

    /// The batch of the window that ends at `timestamp`, from all its answers at once.
    pub fn batch(&mut self, timestamp: Timestamp, answers: &[Scraped]) -> Arc<Batch> {
        self.begin(timestamp);
        for answer in answers {
            self.take(answer);
        }
        self.finish()
    }

    /// Begins the batch of the window that ends at `timestamp`.
    pub fn begin(&mut self, timestamp: Timestamp) {
        let behind = |previous: &Arc<Batch>| previous.timestamp() >= timestamp;
        if self.previous.as_ref().is_some_and(behind) {
            // Differs: the original then computes no rates until the clock has caught up.
            tracing::error!("New data batch has timestamp before the previous one");
        }
        self.table.begin();
        self.homeless.clear();
        self.freezer = Freezer::new(timestamp, 0, 0);
        (self.laps, self.inconsistent) = (Laps::default(), 0);
    }

    /// Takes one answer into the batch that was begun. It is not needed afterwards.
    pub fn take(&mut self, answer: &Scraped) {
        let (table, entities) = (&mut self.table, &self.model.entities);
        let mut lap = Lap::start(&mut self.laps);
        let fresh = table.namespaces.len();
        table.load(answer, entities, &self.freezer);
        if let Some(previous) = &self.previous {
            rates::run(table, answer, previous);
        }
        lap.ends(Stage::Rates);
        if let Some(cluster) = self.cluster.as_deref() {
            pods::run(table, cluster, entities, &self.freezer);
            lap.ends(Stage::Pods);
            namespaces::run(table, cluster, fresh);
        }
        let maker = Maker {
            keys: &self.keys,
            copier: &self.copier,
            pool: &self.model.pool,
        };
        final_labels::run(table, &maker, fresh);
        lap.ends(Stage::Namespaces);
        self.inconsistent += pod_sums::run(table, answer, &mut self.accumulator);
        lap.ends(Stage::PodSums);
        self.inconsistent += sums::namespaces(table, answer);
        lap.ends(Stage::NamespaceSums);
        self.inconsistent += sums::nodes(table, answer, entities, &mut self.homeless);
        lap.ends(Stage::NodeSums);
        freeze::closing(table, answer, &mut self.freezer, &mut self.scratch);
    }

    /// The batch of all answers since [`begin`](Self::begin).
    ///
    /// Shape: a set for each entity in the answers, for the pod of each container, the namespace of each pod, each container
    /// that the cluster knows of such a pod, and the cluster. Of two sets of one entity the first counts; the second adds
    /// the values that the first has not.
    /// Units: as the catalogue says.
    /// Errors: none; what does not fit together is left out and counted.
    pub fn finish(&mut self) -> Arc<Batch> {
        let (table, entities) = (&mut self.table, &self.model.entities);
        let mut lap = Lap::start(&mut self.laps);
        self.inconsistent += sums::late(table, &mut self.homeless);
        lap.ends(Stage::NodeSums);
        self.inconsistent += sums::cluster(table, entities, &self.keys, &self.freezer);
        lap.ends(Stage::ClusterSums);
        if let Some(cluster) = self.cluster.as_deref() {
            nodes::run(table, cluster, &self.copier);
            lap.ends(Stage::Nodes);
        }
        freeze::open(table, &mut self.freezer, &mut self.scratch);
        table.settle();
        let freezer = std::mem::take(&mut self.freezer);
        let places = table
            .order
            .ids()
            .iter()
            .filter_map(|id| table.in_cycle(*id))
            .map(|slot| slot.place);
        let batch = Arc::new(freezer.finish_in_order(places, &self.model.metrics));
        self.laps.report(&*self.telemetry, self.cluster.is_some());
        self.complain(self.inconsistent);
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

#[cfg(test)]
mod tests;
