//! The store against a list of batches.

use heapster_plugin::model::{
    Batch, Entity, Freezer, LabeledPoint, Labels, MetricId, MetricType, Model, Point, Times, Timestamp,
    Value, id,
};
use heapster_store::{Config, Store};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const LONG: [&str; 3] = ["cpu/usage_rate", "custom/late", "memory/usage"];
const NODES: usize = 6;
const METRICS: [MetricId; 5] = [
    id::CPU_USAGE_RATE,
    id::MEMORY_USAGE,
    id::MEMORY_RSS,
    id::NETWORK_RX_RATE,
    id::UPTIME,
];
const LABELED: [MetricId; 2] = [id::FILESYSTEM_USAGE, id::DISK_IO_READ_BYTES_RATE];

/// One set of a plan: which node, `(metric, kind, value)`, labeled `(metric, label, value)`.
type SetPlan = (usize, Vec<(usize, MetricType, Value)>, Vec<(usize, u8, Value)>);

/// One cycle: seconds since the one before, seconds until it is stored, sets.
#[derive(Clone, Debug)]
struct Cycle {
    step: i64,
    delay: i64,
    sets: Vec<SetPlan>,
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => (0i64..4).prop_map(Value::Int),
        1 => any::<i64>().prop_map(Value::Int),
        2 => (0u8..4).prop_map(|value| Value::Float(f64::from(value) / 2.0)),
        1 => (-1e18f64..1e18).prop_map(Value::Float),
    ]
}

fn set() -> impl Strategy<Value = SetPlan> {
    let kind = prop_oneof![4 => Just(MetricType::Gauge), 1 => Just(MetricType::Cumulative)];
    // Index METRICS.len() is a custom metric that is interned when it is first used.
    let points = prop::collection::vec((0..=METRICS.len(), kind, value()), 0..6);
    let labeled = prop::collection::vec((0..LABELED.len(), 0u8..3, value()), 0..4);
    (0..NODES, points, labeled)
}

fn cycle() -> impl Strategy<Value = Cycle> {
    let step = prop_oneof![12 => 1i64..20, 1 => 20i64..200, 1 => -5i64..1];
    (step, 0i64..10, prop::collection::vec(set(), 0..NODES)).prop_map(|(step, delay, sets)| Cycle {
        step,
        delay,
        sets,
    })
}

fn freeze(model: &Model, at: Timestamp, sets: &[SetPlan]) -> Batch {
    let mut freezer = Freezer::new(at, 0, 0);
    for (node, points, labeled) in sets {
        let metric = |at: usize| match METRICS.get(at) {
            Some(metric) => *metric,
            None => model.metrics.intern("custom/late").unwrap(),
        };
        let points: Vec<Point> = points
            .iter()
            .map(|(at, kind, value)| Point::new(metric(*at), *kind, *value))
            .collect();
        let labeled = labeled.iter().map(|(at, label, value)| LabeledPoint {
            point: Point::new(LABELED[*at], MetricType::Gauge, *value),
            labels: Arc::new(labels(*label)),
        });
        let entity = model.entities.node(&node.to_string());
        freezer.push(entity, Arc::default(), Times::default(), None, &points, labeled);
    }
    freezer.finish(&model.metrics)
}

/// The third set of labels has two pairs.
fn labels(which: u8) -> Labels {
    let mut pairs = vec![("resource_id", which.to_string())];
    if which == 2 {
        pairs.push(("make", "x".to_owned()));
    }
    Labels::from_pairs(pairs)
}

/// All batches that were taken, and what the store must answer.
struct Naive {
    batches: Vec<Arc<Batch>>,
    short: Duration,
    long: Duration,
}

/// What a window shows at `now`, and the bounds of a question.
#[derive(Clone, Copy, Debug)]
struct Question {
    from: Option<Timestamp>,
    to: Timestamp,
    now: Timestamp,
}

impl Naive {
    /// The batches that a question may show; windows end at the time of the question.
    fn visible(&self, window: Duration, asked: Question) -> impl Iterator<Item = &Arc<Batch>> {
        self.batches.iter().filter(move |batch| {
            let at = batch.timestamp();
            at > asked.now.minus(window) && at <= asked.to && asked.from.is_none_or(|from| at >= from)
        })
    }

    fn values(&self, model: &Model, key: &str, metric: &str, asked: Question) -> Vec<(Timestamp, Value)> {
        let window = if LONG.contains(&metric) {
            self.long
        } else {
            self.short
        };
        let Some(metric) = model.metrics.find(metric) else {
            return Vec::new();
        };
        let of = |batch: &Arc<Batch>| Some((batch.timestamp(), batch.by_key(key)?.value(metric)?));
        self.visible(window, asked).filter_map(of).collect()
    }

    fn labeled(
        &self,
        key: &str,
        metric: MetricId,
        labels: &Labels,
        asked: Question,
    ) -> Vec<(Timestamp, Value)> {
        let mut all = Vec::new();
        for batch in self.visible(self.short, asked) {
            for one in batch.by_key(key).map_or(&[][..], |set| set.labeled()) {
                if one.point.metric() == metric && *one.labels == *labels {
                    all.push((batch.timestamp(), one.point.value()));
                }
            }
        }
        all
    }

    fn names(&self, key: &str, now: Timestamp) -> Vec<String> {
        let everything = Question {
            from: None,
            to: now,
            now,
        };
        let seen = self.visible(self.short, everything).chain(self.batches.last());
        let points = seen.filter_map(|batch| Some((batch, batch.by_key(key)?)));
        let names = points.flat_map(|(batch, set)| {
            set.points()
                .iter()
                .map(|point| batch.metric_name(point.metric()).to_owned())
        });
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn check(store: &Store, naive: &Naive, model: &Model, asked: Question) -> Result<(), TestCaseError> {
    let Question { from, to, now } = asked;
    for node in 0..=NODES {
        let key = format!("node:{node}");
        let names = METRICS.iter().map(|metric| {
            heapster_plugin::model::MetricNames::describe(*metric)
                .unwrap()
                .name
        });
        for metric in names.chain(["custom/late", "no/such"]) {
            let got = store.values(&key, metric, from, to, now);
            prop_assert_eq!(
                got,
                naive.values(model, &key, metric, asked),
                "{} of {}",
                metric,
                key
            );
        }
        for (metric, name) in LABELED
            .into_iter()
            .zip(["filesystem/usage", "disk/io_read_bytes_rate"])
        {
            for which in 0..3 {
                let labels = labels(which);
                let pairs: Vec<(String, String)> = labels
                    .iter()
                    .rev_pairs()
                    .map(|(k, v)| (k.to_owned(), v.to_owned()))
                    .collect();
                let got = store.labeled_values(&key, name, &pairs, from, to, now);
                prop_assert_eq!(
                    got,
                    naive.labeled(&key, metric, &labels, asked),
                    "{} of {}",
                    name,
                    key
                );
            }
        }
        prop_assert_eq!(store.metric_names(&key, now), naive.names(&key, now));
    }
    Ok(())
}

/// Pairs in another order than they are kept in.
trait Reversed<'a> {
    fn rev_pairs(self) -> std::iter::Rev<std::vec::IntoIter<(&'a str, &'a str)>>;
}

impl<'a, I: Iterator<Item = (&'a str, &'a str)>> Reversed<'a> for I {
    fn rev_pairs(self) -> std::iter::Rev<std::vec::IntoIter<(&'a str, &'a str)>> {
        self.collect::<Vec<_>>().into_iter().rev()
    }
}

fn compare(
    cycles: &[Cycle],
    short: u64,
    long: u64,
    ask: (i64, i64, i64),
    each: usize,
) -> Result<(), TestCaseError> {
    let model = Arc::new(Model::default());
    let config = Config {
        short: Duration::from_secs(short),
        long: Duration::from_secs(long),
        long_metrics: LONG.map(str::to_owned).to_vec(),
    };
    let store = Store::new(config, model.clone());
    let mut naive = Naive {
        batches: Vec::new(),
        short: Duration::from_secs(short),
        long: Duration::from_secs(long),
    };
    let mut at = 1_000_000;
    let mut refused = 0;
    for (cycle_number, cycle) in cycles.iter().enumerate() {
        at += cycle.step;
        let time = Timestamp::from_secs(at);
        let batch = Arc::new(freeze(&model, time, &cycle.sets));
        let now = time.plus(Duration::from_secs(cycle.delay.unsigned_abs()));
        let later = naive.batches.last().is_none_or(|last| last.timestamp() < time);
        prop_assert_eq!(store.push(batch.clone(), now), later);
        refused += u64::from(!later);
        prop_assert_eq!(store.refused(), refused);
        if later {
            naive.batches.push(batch);
        }
        prop_assert_eq!(
            store.latest().map(|batch| batch.timestamp()),
            naive.batches.last().map(|batch| batch.timestamp())
        );
        if cycle_number % each == 0 || cycle_number + 1 == cycles.len() {
            // A push may have evicted what an earlier `now` would show, so questions are never earlier than the push.
            let now = now.plus(Duration::from_secs(ask.2.unsigned_abs()));
            let from = Timestamp::from_secs(at - ask.0);
            for from in [None, Some(from)] {
                let to = Timestamp::from_secs(at - ask.1);
                for to in [now, to] {
                    check(&store, &naive, &model, Question { from, to, now })?;
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_answer_is_that_of_a_list_of_batches(
        cycles in prop::collection::vec(cycle(), 1..40),
        short in 1u64..150,
        long in 1u64..600,
        ask in (-20i64..300, -20i64..100, 0i64..60),
    ) {
        compare(&cycles, short, long, ask, 5)?;
    }

    #[test]
    fn sealed_segments_answer_alike(
        cycles in prop::collection::vec(cycle(), 60..150),
        ask in (-20i64..900, -20i64..700, 0i64..60),
    ) {
        compare(&cycles, 140, 1200, ask, 50)?;
    }
}

fn gauge(model: &Model, at: i64, entity: &Arc<Entity>) -> Arc<Batch> {
    let mut freezer = Freezer::new(Timestamp::from_secs(at), 1, 1);
    let points = [
        Point::gauge(id::CPU_USAGE_RATE, at),
        Point::gauge(id::MEMORY_RSS, at),
    ];
    freezer.push(
        entity.clone(),
        Arc::default(),
        Times::default(),
        None,
        &points,
        [],
    );
    Arc::new(freezer.finish(&model.metrics))
}

fn store(model: &Arc<Model>) -> Store {
    let config = Config {
        short: Duration::from_secs(140),
        long: Duration::from_secs(900),
        long_metrics: vec!["cpu/usage_rate".to_owned()],
    };
    Store::new(config, model.clone())
}

#[test]
fn an_entity_that_is_gone_longer_than_the_window_frees_everything() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let (gone, stays) = (model.entities.node("gone"), model.entities.node("stays"));
    let id = gone.id();
    store.push(gauge(&model, 10, &gone), Timestamp::from_secs(10));
    drop(gone);
    for at in (20..2000).step_by(10) {
        store.push(gauge(&model, at, &stays), Timestamp::from_secs(at));
        let within = at < 910;
        assert!(!within || model.entities.find("node:gone").is_some(), "{at}");
    }
    assert!(model.entities.find("node:gone").is_none());
    let reused = model.entities.node("new");
    assert_eq!(reused.id(), id);
    let now = Timestamp::from_secs(2000);
    assert_eq!(store.values("node:new", "cpu/usage_rate", None, now, now), []);
    assert_eq!(store.metric_names("node:new", now), [""; 0]);
}

#[test]
fn memory_does_not_grow_once_the_windows_are_full() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    let mut most = [0; 2];
    for at in 1..4000 {
        store.push(gauge(&model, at, &node), Timestamp::from_secs(at));
        let half = &mut most[usize::from(at >= 2000)];
        *half = store.memory_bytes().max(*half);
    }
    assert_eq!(most[0], most[1]);
    assert!(store.memory() < store.memory_bytes());
}

#[test]
fn the_latest_batch_is_served_however_old_it_is() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    store.push(gauge(&model, 10, &node), Timestamp::from_secs(10));
    let now = Timestamp::from_secs(100_000);
    assert_eq!(store.latest().unwrap().timestamp(), Timestamp::from_secs(10));
    assert_eq!(
        store.metric_names("node:n", now),
        ["cpu/usage_rate", "memory/rss"]
    );
    assert_eq!(store.values("node:n", "memory/rss", None, now, now), []);
}

#[test]
fn a_clock_that_was_far_ahead_does_not_lock_the_store() {
    let model = Arc::new(Model::default());
    let store = store(&model);
    let node = model.entities.node("n");
    assert!(store.push(gauge(&model, 9000, &node), Timestamp::from_secs(9000)));
    assert!(!store.push(gauge(&model, 8999, &node), Timestamp::from_secs(8999)));
    assert!(store.push(gauge(&model, 1000, &node), Timestamp::from_secs(1000)));
    assert_eq!(store.latest().unwrap().timestamp(), Timestamp::from_secs(1000));
    assert_eq!(store.refused(), 1);
}
