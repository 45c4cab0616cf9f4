//! Any order of calls: the ledger adds up after each, and no item is lost, doubled or overtaken.

mod rig;

use super::*;
use crate::ledger::Drop;
use heapster_plugin::sink::Outcome;
use heapster_spool::Head;
use proptest::prelude::*;
use rig::{CAPACITY, Disk, Rig, Step, steps};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_ledger_adds_up_after_each_call(steps in steps(), spooled in any::<bool>(), old in 0u8..6) {
        let mut rig = Rig::new(spooled, old);
        for step in steps {
            rig.step(step);
            rig.check();
        }
        rig.book.abandon();
        rig.check();
        let waiting = rig.book.snapshot(Instant::now()).ledger.waiting();
        prop_assert!(spooled || waiting == 0);
    }
}

/// A sink that takes everything and a disk that works: what goes out, until nothing is left.
fn drain(rig: &mut Rig) -> Vec<u64> {
    let mut out = Vec::new();
    for _ in 0..1_000 {
        rig.work(Disk::Works);
        rig.step(Step::Take);
        if let Some(hand) = &rig.book.hand {
            out.extend(&hand.parcel.items);
            let count = hand.parcel.count();
            rig.settle(Ended::Said(Outcome::all(count)));
        }
        rig.check();
    }
    out
}

proptest! {
    #[test]
    fn with_a_spool_everything_goes_out_in_order_and_once(counts in prop::collection::vec((0u8..9, 0u8..5), 0..40)) {
        let mut rig = Rig::new(true, 3);
        for (count, works) in counts {
            rig.step(Step::Offer(count));
            (0..=works).for_each(|_| rig.work(Disk::Works));
            rig.step(Step::Take);
            rig.step(Step::Late);
        }
        let out = drain(&mut rig);
        prop_assert_eq!(out, (2..8).chain(1_000_000..rig.next_item).collect::<Vec<_>>());
        prop_assert!(rig.disk.is_empty());
        let ledger = rig.book.snapshot(Instant::now()).ledger;
        prop_assert_eq!((ledger.made, ledger.waiting()), (ledger.accepted, 0));
    }
}

#[test]
fn a_spool_that_opens_late_puts_its_records_before_what_waits() {
    let snapshot = SpoolSnapshot {
        folder: "/".into(),
        parcels: 0,
        bytes: 0,
        max_bytes: 0,
        error: None,
    };
    let mut rig = Rig::new(false, 0);
    rig.book = Book::new(CAPACITY, Some(snapshot));
    rig.step(Step::Offer(1));
    rig.step(Step::Offer(1));
    rig.step(Step::Take);
    assert!(rig.wants && rig.book.hand.is_none());
    rig.book.spool_failed();
    rig.step(Step::Take);
    assert!(rig.book.hand.is_some());
    rig.disk = [(7, vec![70]), (8, vec![80])].into();
    rig.cursor = 7;
    rig.book.restore(
        &[
            Head::new(7, 1_000_000_000_000, 1),
            Head::new(8, 1_000_000_000_000, 1),
        ],
        9,
    );
    let out = drain(&mut rig);
    assert_eq!(out, [1_000_000, 70, 80, 1_000_001]);
    assert_eq!(rig.book.snapshot(Instant::now()).ledger.waiting(), 0);
}

#[test]
fn what_waits_too_long_is_given_up() {
    let mut rig = Rig::new(false, 0);
    rig.step(Step::Offer(2));
    rig.step(Step::Take);
    rig.step(Step::Offer(3));
    rig.now += 101;
    rig.step(Step::Take);
    rig.step(Step::Take);
    assert_eq!(
        rig.book.snapshot(Instant::now()).ledger.dropped,
        [(Drop::TooOld, 5)]
    );
}
