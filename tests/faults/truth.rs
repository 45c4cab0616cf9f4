//! What a kubelet's behaviour must lead to, worked out without the program.

use crate::cycle::Cycle;
use heapster_plugin::model::{Batch, SetView, Timestamp, Value, id};
use heapster_simcluster::kubelet::View;
use heapster_simcluster::values::{Entity, Usage};
use heapster_simcluster::{Behaviour, Lie, Mode, names};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a scrape may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// No value of a simulated cluster comes near this; a wrapped or negative one passes it.
const ABSURD: f64 = (1_u64 << 60) as f64;

/// What becomes of one kubelet in a cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// Every value is there.
    Whole,
    /// There are sets, but the numbers in them cannot be used.
    Numberless,
    /// There are sets with some of the numbers.
    Partly,
    /// The scrape fails for this reason.
    Fails(&'static str),
}

/// How long a kubelet keeps the cycle waiting.
pub(crate) fn silence(behaviour: &Behaviour) -> Duration {
    let latency = behaviour.latency.unwrap_or_default();
    match behaviour.mode {
        Mode::Hang | Mode::Stall => DEADLINE,
        Mode::Reset | Mode::Refuse => Duration::ZERO,
        Mode::Ok
        | Mode::Status(_)
        | Mode::Cut
        | Mode::Drop
        | Mode::Garbage
        | Mode::Endless
        | Mode::Lie(_) => latency.min(DEADLINE),
    }
}

pub(crate) fn fate(behaviour: &Behaviour) -> Fate {
    match behaviour.mode {
        _ if silence(behaviour) >= DEADLINE => Fate::Fails("timeout"),
        Mode::Status(401 | 403) => Fate::Fails("refused"),
        Mode::Status(404 | 405) => Fate::Fails("not_found"),
        Mode::Status(_) => Fate::Fails("status"),
        Mode::Cut | Mode::Garbage => Fate::Fails("malformed"),
        Mode::Drop | Mode::Reset | Mode::Refuse => Fate::Fails("unreachable"),
        Mode::Endless => Fate::Fails("too_large"),
        Mode::Lie(Lie::Negative | Lie::Wrapped) => Fate::Numberless,
        Mode::Lie(Lie::Types) => Fate::Partly,
        Mode::Lie(_) | Mode::Ok | Mode::Hang | Mode::Stall => Fate::Whole,
    }
}

/// What a kubelet says of one entity.
#[derive(Debug)]
struct Sample {
    key: String,
    start: i64,
    at: i64,
    usage: Usage,
    /// So many samples before this one are of its containers.
    parts: usize,
}

/// All that a kubelet says, as the function of the simulation gives it. `node` is its name in the API,
/// `system` those of its system containers.
fn samples(node: &str, view: &View, system: [&str; 3]) -> Vec<Sample> {
    let lie = if let Mode::Lie(lie) = view.mode {
        Some(lie)
    } else {
        None
    };
    let sampled = |entity: &Entity| {
        let at = view.shape.sampled(entity, view.second);
        if lie == Some(Lie::Repeated) {
            at.min(view.since)
        } else {
            at
        }
    };
    let measure = |key: String, mut entity: Entity, at: i64| {
        if lie == Some(Lie::Fallen) {
            entity.counts_from = entity.counts_from.max(view.since);
        }
        let (start, usage) = (entity.start, entity.usage(at));
        Sample {
            key,
            start,
            at,
            usage,
            parts: 0,
        }
    };
    let own = view.shape.node(&view.node);
    let at = sampled(&own);
    let mut all = vec![measure(format!("node:{node}"), own, at)];
    for (place, name) in (0..).zip(system) {
        let system = view.shape.system(&view.node, place);
        all.push(measure(format!("node:{node}/container:{name}"), system, at));
    }
    for pod in &view.pods {
        if lie == Some(Lie::Nameless) && pod.slot.is_multiple_of(5) {
            continue;
        }
        let entity = view.shape.pod(pod);
        let at = sampled(&entity);
        let namespace = names::namespace(view.shape.namespace(pod));
        let key = format!("namespace:{namespace}/pod:{}", names::pod(pod));
        let (mut sum, containers) = (Usage::default(), view.shape.containers(pod));
        for place in 0..containers {
            let name = format!("{key}/container:{}", names::container(place));
            let sample = measure(name, view.shape.container(pod, place, at), at);
            sum.add(&sample.usage);
            all.push(sample);
        }
        all.push(Sample {
            key,
            start: entity.start,
            at,
            usage: sum,
            parts: usize::try_from(containers).unwrap(),
        });
    }
    all
}

/// The CPU rate in millicores; `None` without two samples that can be compared.
fn rate(before: Option<&Batch>, sample: &Sample) -> Option<i64> {
    let old = before?.by_key(&sample.key)?;
    let at = Timestamp::from_secs(sample.at);
    let times = old.times();
    if times.collection_start != Some(Timestamp::from_secs(sample.start)) || times.scrape? >= at {
        return None;
    }
    let nanos = i128::try_from(at.since(times.scrape?).as_nanos()).unwrap();
    let Value::Int(counter) = old.value(id::CPU_USAGE)? else {
        panic!("a counter that is no integer: {}", sample.key)
    };
    let grown = i128::from(sample.usage.cpu_nanos) - i128::from(counter);
    (grown >= 0).then(|| i64::try_from(grown * 1_000 / nanos).unwrap())
}

fn int(value: u64) -> Option<Value> {
    Some(Value::Int(i64::try_from(value).unwrap()))
}

fn spot(set: SetView<'_>) -> [Option<Value>; 4] {
    [
        id::CPU_USAGE,
        id::MEMORY_USAGE,
        id::MEMORY_WORKING_SET,
        id::CPU_USAGE_RATE,
    ]
    .map(|metric| set.value(metric))
}

impl Cycle {
    /// Checks the whole cycle: every node has what its kubelet's behaviour leads to, failures are counted by reason, and no
    /// value is absurd. The answer is the number of CPU rates that were compared.
    pub(crate) fn check(&self) -> usize {
        let (mut failures, mut rates) = (BTreeMap::<&str, f64>::new(), 0);
        for asked in &self.asked {
            let last = if self.summary { "pods" } else { "kubepods" };
            let all = samples(&asked.node, &asked.view, ["kubelet", "docker-daemon", last]);
            match fate(&asked.behaviour) {
                Fate::Whole => rates += self.same(&all),
                Fate::Numberless => assert_eq!(self.set(&all[0].key).value(id::CPU_USAGE), None),
                Fate::Partly => drop(self.set(&all[0].key)),
                Fate::Fails(reason) => {
                    *failures.entry(reason).or_default() += 1.0;
                    for sample in &all {
                        let set = self.batch.by_key(&sample.key);
                        assert_eq!(
                            set.and_then(|set| set.value(id::CPU_USAGE)),
                            None,
                            "{}",
                            sample.key
                        );
                    }
                }
            }
        }
        let failures: BTreeMap<String, f64> = failures
            .into_iter()
            .map(|(reason, count)| (reason.to_owned(), count))
            .collect();
        assert_eq!(self.failures, failures, "{self:?}");
        self.plausible();
        rates
    }

    fn set(&self, key: &str) -> SetView<'_> {
        let set = self.batch.by_key(key);
        set.unwrap_or_else(|| panic!("{key} is missing in {self:?}"))
    }

    fn same(&self, all: &[Sample]) -> usize {
        let mut rates: Vec<Option<i64>> = Vec::new();
        for sample in all.iter().filter(|sample| self.summary || sample.parts == 0) {
            let set = self.set(&sample.key);
            // A pod whose counter fell as one of its containers restarted uses what the others use.
            let parts = rates.iter().rev().take(sample.parts).flatten();
            let rate = rate(self.before.as_deref(), sample).or_else(|| parts.copied().reduce(|a, b| a + b));
            let Usage {
                cpu_nanos,
                usage,
                working_set,
                ..
            } = sample.usage;
            let wanted = [int(cpu_nanos), int(usage), int(working_set), rate.map(Value::Int)];
            assert_eq!(spot(set), wanted, "{} at {} in {self:?}", sample.key, sample.at);
            assert_eq!(set.times().scrape, Some(Timestamp::from_secs(sample.at)));
            rates.push(rate);
        }
        rates.iter().flatten().count()
    }

    /// No value of any set is negative or wrapped.
    fn plausible(&self) {
        for set in self.batch.sets() {
            let labeled = set.labeled().map(|labeled| labeled.point);
            for point in set.points().chain(labeled) {
                let value = point.value().as_f64();
                let name = self.batch.metric_name(point.metric());
                assert!(
                    (0.0..ABSURD).contains(&value),
                    "{} has {name} = {value} in {self:?}",
                    set.entity().key()
                );
            }
        }
    }
}
