//! The store against a list of batches.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // test code; the linter sees only `#[test]` functions as such

mod list;
mod plan;

use heapster_plugin::model::{Model, Timestamp};
use heapster_store::{Config, Store};
use list::{Naive, Question};
use plan::{Cycle, LABELED, METRICS, NODES, cycle, freeze, labels};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const LONG: [&str; 3] = ["cpu/usage_rate", "custom/late", "memory/usage"];

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
    let mut latest = Timestamp::from_secs(0);
    for (cycle_number, cycle) in cycles.iter().enumerate() {
        at += cycle.step;
        let time = Timestamp::from_secs(at);
        let batch = Arc::new(freeze(&model, time, &cycle.sets));
        let now = time.plus(Duration::from_secs(cycle.delay.unsigned_abs()));
        latest = latest.max(now);
        let newest = naive.batches.last().map(|last| last.timestamp());
        if newest.is_some_and(|newest| newest > time && newest > now) {
            naive.batches.clear(); // the clock was set back
        }
        let taken = naive.batches.last().is_none_or(|last| last.timestamp() < time);
        prop_assert_eq!(store.push(batch.clone(), now), taken);
        refused += u64::from(!taken);
        prop_assert_eq!(store.refused(), refused);
        if taken {
            naive.batches.push(batch);
        }
        prop_assert_eq!(
            store.latest().map(|batch| batch.timestamp()),
            naive.batches.last().map(|batch| batch.timestamp())
        );
        if cycle_number % each == 0 || cycle_number + 1 == cycles.len() {
            // A push may have evicted what an earlier `now` would show, so questions are never earlier than any push.
            let now = latest.plus(Duration::from_secs(ask.2.unsigned_abs()));
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
