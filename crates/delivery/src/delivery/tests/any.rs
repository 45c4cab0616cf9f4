//! Any outcomes, pauses, stops and kills.

use super::*;
use crate::config::Config;
use heapster_spool::{Config as SpoolConfig, Create};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug)]
enum Step {
    Offer(u8),
    Turn(Way),
    Pass(u8),
    Stop,
    Kill,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let way = prop_oneof![
        Just(Way::Takes(Duration::ZERO)),
        Just(Way::Takes(secs(7))),
        (0usize..5).prop_map(Way::Fails),
        (0usize..3).prop_map(Way::Hangs),
        (0usize..5).prop_map(Way::Half),
    ];
    let step = prop_oneof![
        6 => (0u8..9).prop_map(Step::Offer),
        3 => way.prop_map(Step::Turn),
        6 => (0u8..60).prop_map(Step::Pass),
        1 => Just(Step::Stop),
        1 => Just(Step::Kill),
    ];
    prop::collection::vec(step, 1..40)
}

/// Runs the steps with the clock held. Without kills and panics every item ends as the ledger says; with a spool, all are accepted.
async fn run(steps: Vec<Step>, spool: Option<SpoolConfig>) {
    let durable = spool.is_some();
    let config = || {
        let spool = spool.clone();
        move |config: &mut Config<Items>| {
            config.spool = spool;
            config.max_age = secs(1_000_000);
        }
    };
    let mut rig: Rig = Rig::with(Way::Takes(Duration::ZERO), config());
    let (mut at, mut offered, mut killed) = (0, BTreeSet::new(), false);
    for step in steps {
        match step {
            Step::Offer(count) => {
                at += 1;
                rig.offer(at, count.into());
                let from = u64::try_from(at).unwrap() * 1_000;
                offered.extend(from..from + u64::from(count));
                // Time for the disk: what is offered and killed in one moment was never written.
                pass(1).await;
            }
            Step::Turn(way) => rig.turn(way),
            Step::Pass(time) => pass(time.into()).await,
            Step::Stop | Step::Kill => {
                if matches!(step, Step::Stop) {
                    rig.delivery().stop(Instant::now() + secs(20)).await;
                    assert!(durable || rig.waiting() == 0);
                } else {
                    killed = true;
                }
                rig.delivery = None;
                pass(1).await;
                rig.restart(Duration::ZERO, config(), Create::default());
            }
        }
        let ledger = rig.ledger();
        assert!(ledger.made >= ledger.accepted);
    }
    rig.turn(Way::Takes(Duration::ZERO));
    pass(200).await;
    assert_eq!(rig.waiting(), 0);
    let accepted = rig.accepted();
    let once: BTreeSet<u64> = accepted.iter().copied().collect();
    if durable {
        assert_eq!(once, offered);
    }
    assert!(once.is_subset(&offered));
    assert!(killed || once.len() == accepted.len(), "twice: {accepted:?}");
}

fn held(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn in_memory_nothing_comes_twice_and_the_ledger_adds_up(steps in steps()) {
        held(run(steps, None));
    }

    #[test]
    fn with_a_spool_everything_comes_whatever_happens(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let spool = SpoolConfig { folder: folder.path().to_owned(), max_bytes: 1 << 20, owner: String::new() };
        held(run(steps, Some(spool)));
    }
}
