//! Batches of a cluster of any size, as they come every thirty seconds.

use heapster_plugin::model::{
    Batch, Entity, Freezer, Labeled, Labels, MetricId, MetricType, Model, Point, Times, Timestamp, id, label,
};
use std::sync::Arc;

const PODS: usize = 100;
const STEP: i64 = 30;

/// What is given and does not change.
const FIXED: [MetricId; 7] = [
    id::CPU_LIMIT,
    id::CPU_REQUEST,
    id::EPHEMERAL_STORAGE_LIMIT,
    id::EPHEMERAL_STORAGE_REQUEST,
    id::MEMORY_LIMIT,
    id::MEMORY_REQUEST,
    id::RESTART_COUNT,
];

/// Grows by a whole number below the bound in each cycle, with its rate per second. The last two are of pods only.
const COUNTERS: [(MetricId, MetricId, u64); 4] = [
    (id::MEMORY_PAGE_FAULTS, id::MEMORY_PAGE_FAULTS_RATE, 4_000),
    (id::MEMORY_MAJOR_PAGE_FAULTS, id::MEMORY_MAJOR_PAGE_FAULTS_RATE, 1),
    (id::NETWORK_RX, id::NETWORK_RX_RATE, 3_000_000),
    (id::NETWORK_TX, id::NETWORK_TX_RATE, 2_000_000),
];

/// Errors, of which there are none.
const QUIET: [(MetricId, MetricId); 2] = [
    (id::NETWORK_RX_ERRORS, id::NETWORK_RX_ERRORS_RATE),
    (id::NETWORK_TX_ERRORS, id::NETWORK_TX_ERRORS_RATE),
];

/// Moves up and down by pages in most cycles.
const MEMORY: [MetricId; 3] = [id::MEMORY_RSS, id::MEMORY_USAGE, id::MEMORY_WORKING_SET];

const FILESYSTEM: [MetricId; 5] = [
    id::FILESYSTEM_USAGE,
    id::FILESYSTEM_LIMIT,
    id::FILESYSTEM_AVAILABLE,
    id::FILESYSTEM_INODES,
    id::FILESYSTEM_INODES_FREE,
];

/// A cluster of which each pod and each of its two containers has a set.
pub(crate) struct World {
    model: Arc<Model>,
    sets: Vec<State>,
    labels: Arc<Labels>,
    root: Arc<Labels>,
    now: i64,
    random: u64,
}

struct State {
    entity: Arc<Entity>,
    pod: bool,
    cpu: i64,
    counters: [i64; COUNTERS.len()],
    memory: i64,
    storage: i64,
    uptime: i64,
}

impl World {
    pub(crate) fn new(nodes: usize) -> Self {
        let model = Arc::new(Model::default());
        let mut sets = Vec::new();
        for at in 0..nodes * PODS {
            let (namespace, pod) = (format!("namespace-{}", at % 50), format!("pod-{at}"));
            let all = &model.entities;
            sets.push(State::new(all.pod(&namespace, &pod), true));
            for container in ["main", "sidecar"] {
                sets.push(State::new(all.pod_container(&namespace, &pod, container), false));
            }
        }
        sets.sort_by(|a, b| a.entity.key().cmp(b.entity.key()));
        let root = Labels::from_pairs([(label::RESOURCE_ID, "/")]);
        Self {
            model,
            sets,
            labels: Arc::default(),
            root: Arc::new(root),
            now: 1_700_000_000,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    pub(crate) fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The time of the batch that was made last.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.now)
    }

    /// The next batch.
    pub(crate) fn batch(&mut self) -> Arc<Batch> {
        self.now += STEP;
        let mut freezer = Freezer::new(self.now(), self.sets.len(), self.sets.len() * 26);
        let mut points = Vec::new();
        let random = &mut self.random;
        for set in &mut self.sets {
            points.clear();
            set.advance(random, &mut points);
            points.sort_by_key(Point::metric);
            let disk = if set.pod { &[][..] } else { &FILESYSTEM };
            let labeled = disk.iter().map(|metric| Labeled {
                point: Point::gauge(*metric, set.storage),
                labels: &self.root,
            });
            let times = Times::default();
            freezer.push(
                set.entity.clone(),
                self.labels.clone(),
                times,
                None,
                &points,
                labeled,
            );
        }
        Arc::new(freezer.finish(&self.model.metrics))
    }
}

impl State {
    fn new(entity: Arc<Entity>, pod: bool) -> Self {
        Self {
            entity,
            pod,
            cpu: 0,
            counters: [0; COUNTERS.len()],
            memory: 200 << 20,
            storage: 1 << 30,
            uptime: 0,
        }
    }

    fn advance(&mut self, random: &mut u64, points: &mut Vec<Point>) {
        points.extend(FIXED.map(|metric| Point::gauge(metric, 100)));
        let spent = below(random, 3_000_000_000);
        self.cpu += spent;
        points.push(Point::cumulative(id::CPU_USAGE, self.cpu));
        points.push(Point::gauge(id::CPU_USAGE_RATE, spent / STEP / 1_000_000));
        let counters = if self.pod { 4 } else { 2 };
        for ((metric, rate, bound), total) in COUNTERS.iter().zip(&mut self.counters).take(counters) {
            let grown = below(random, *bound);
            *total += grown;
            points.push(Point::cumulative(*metric, *total));
            points.push(per_second(*rate, grown));
        }
        for (metric, rate) in QUIET.iter().filter(|_| self.pod) {
            points.extend([Point::cumulative(*metric, 0), per_second(*rate, 0)]);
        }
        if below(random, 10) < 7 {
            self.memory += (below(random, 512) - 256) << 12;
        }
        if below(random, 10) < 1 {
            self.storage += below(random, 64) << 12;
        }
        for (at, metric) in (0..).zip(MEMORY) {
            points.push(Point::gauge(metric, self.memory + (at << 24)));
        }
        points.push(Point::gauge(id::EPHEMERAL_STORAGE_USAGE, self.storage));
        self.uptime += STEP * 1_000 + below(random, 20) - 10;
        points.push(Point::cumulative(id::UPTIME, self.uptime));
    }
}

fn per_second(metric: MetricId, grown: i64) -> Point {
    let rate = f64::from(i32::try_from(grown).unwrap_or(i32::MAX)) / 30.0;
    Point::float(metric, MetricType::Gauge, rate)
}

/// A number below `bound`, from 0 on (xorshift).
fn below(random: &mut u64, bound: u64) -> i64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    i64::try_from(*random % bound).unwrap_or(0)
}
