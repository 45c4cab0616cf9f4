//! A book with a disk in memory.

use crate::book::*;
use crate::items::{Items, items};
use crate::ledger::SpoolSnapshot;
use heapster_plugin::sink::{Outcome, Rejection, Retry};
use heapster_spool::Head;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const CAPACITY: usize = 3;
const MAX_AGE: Duration = Duration::from_secs(100);

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Offer(u8),
    OfferRaw(u8),
    Filter(bool),
    Take,
    /// Accepted, rejected, to be tried again: in tenths of the items, or beyond.
    Said(u8, u8, u8, bool),
    Late,
    Panics,
    Later(u8),
    PutBack,
    Disk(Disk),
    Lose(u8),
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Disk {
    Works,
    Fails,
    TooLarge,
    Damaged,
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let disk = prop_oneof![
        8 => Just(Disk::Works),
        1 => Just(Disk::Fails),
        1 => Just(Disk::TooLarge),
        1 => Just(Disk::Damaged),
    ];
    let step = prop_oneof![
        8 => (0u8..20).prop_map(Step::Offer),
        2 => (0u8..20).prop_map(Step::OfferRaw),
        2 => any::<bool>().prop_map(Step::Filter),
        6 => Just(Step::Take),
        6 => (0u8..15, 0u8..5, 0u8..15, any::<bool>()).prop_map(|(a, r, t, rest)| Step::Said(a, r, t, rest)),
        2 => Just(Step::Late),
        1 => Just(Step::Panics),
        1 => (0u8..50).prop_map(Step::Later),
        1 => Just(Step::PutBack),
        12 => disk.prop_map(Step::Disk),
        1 => (0u8..20).prop_map(Step::Lose),
        1 => Just(Step::Close),
    ];
    prop::collection::vec(step, 1..120)
}

/// The book with a disk in memory.
pub(super) struct Rig {
    pub(super) book: Book<Items>,
    pub(super) disk: BTreeMap<u64, Vec<u64>>,
    pub(super) cursor: u64,
    lost_below: u64,
    pub(super) now: i64,
    pub(super) next_item: u64,
    pub(super) wants: bool,
}

impl Rig {
    pub(super) fn new(spooled: bool, old: u8) -> Self {
        let snapshot = SpoolSnapshot {
            folder: "/".into(),
            parcels: 0,
            bytes: 0,
            max_bytes: 0,
            error: None,
        };
        let mut rig = Self {
            book: Book::new(CAPACITY, spooled.then_some(snapshot)),
            disk: BTreeMap::new(),
            cursor: 1,
            lost_below: 0,
            now: 1_000,
            next_item: 1_000_000,
            wants: false,
        };
        if spooled {
            let heads: Vec<_> = (1..=u64::from(old))
                .map(|seq| Head::new(seq, 1_000_000_000_000, 2))
                .collect();
            rig.disk = heads
                .iter()
                .map(|head| (head.seq, vec![head.seq * 2, head.seq * 2 + 1]))
                .collect();
            rig.book.restore(&heads, u64::from(old) + 1);
        }
        rig
    }

    fn parcel(&mut self, count: u8) -> Arc<Items> {
        let from = self.next_item;
        self.next_item += u64::from(count);
        items(self.now, from..self.next_item)
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_secs(self.now)
    }

    pub(super) fn settle(&mut self, ended: Ended<Items>) {
        self.book.settle(ended, self.at(), Instant::now());
    }

    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Offer(count) => {
                let parcel = self.parcel(count);
                self.book.offer(parcel, self.at());
            }
            Step::OfferRaw(count) => {
                let parcel = self.parcel(count);
                self.book.offer_raw(parcel);
            }
            Step::Filter(works) => {
                if self.book.filtering.is_none()
                    && let Raw::Parcel(parcel) = self.book.next_raw()
                {
                    if works {
                        let passed = Some(parcel.half()).filter(|half| half.count() > 0);
                        self.book.filtered(passed, self.at());
                    } else {
                        self.book.filter_failed();
                    }
                }
            }
            Step::Take => {
                if self.book.hand.is_none() {
                    self.wants = self.book.take(self.at(), MAX_AGE).0 == Take::Wait;
                }
                self.book.in_hand(self.at(), MAX_AGE);
            }
            Step::Said(accepted, rejected, again, rest) => {
                let Some(hand) = &self.book.hand else { return };
                let of = |tenths: u8| hand.parcel.count() * usize::from(tenths) / 10;
                let rest = (rest && again > 0).then(|| hand.parcel.half());
                let retry = Retry {
                    count: of(again),
                    text: "503".to_owned(),
                    rest,
                    after: None,
                };
                let retry = Some(retry).filter(|_| again > 0);
                let (accepted, rejected) = (of(accepted), vec![(Rejection::TooOld, of(rejected))]);
                self.settle(Ended::Said(Outcome {
                    accepted,
                    retry,
                    rejected,
                }));
            }
            Step::Late => self.settle(Ended::Late(MAX_AGE)),
            Step::Panics => self.settle(Ended::Panicked("tea".to_owned())),
            Step::Later(secs) => self.now += i64::from(secs),
            Step::PutBack => self.book.put_back(),
            Step::Disk(how) => self.work(how),
            Step::Lose(records) => {
                let below = self.disk.keys().nth(usize::from(records)).copied().unwrap_or(0);
                self.lost_below = self.lost_below.max(below);
                self.disk.retain(|seq, _| *seq >= below);
                self.book.lost(self.lost_below);
            }
            Step::Close => self.book.close(),
        }
    }

    pub(super) fn work(&mut self, how: Disk) {
        match self.book.next_job(self.cursor, how != Disk::Fails) {
            None => {}
            Some(Job::Advance(to)) => {
                assert!(to > self.cursor);
                self.cursor = to;
                self.disk.retain(|seq, _| *seq >= to);
            }
            Some(Job::SaveRest(rest)) => {
                assert_eq!(wide(rest.parcel.count()).min(rest.head.count), rest.head.count);
            }
            Some(Job::Load(seq)) => {
                let stored = self.disk.get(&seq).expect("what is to be read is there");
                match how {
                    Disk::Damaged => self.book.loaded(seq, Loaded::Damaged),
                    Disk::Works | Disk::Fails | Disk::TooLarge => {
                        self.book.loaded(seq, Loaded::Parcel(items(1, stored.clone())))
                    }
                };
            }
            Some(Job::Append(append)) => {
                assert!(
                    self.disk.keys().all(|seq| *seq < append.seq),
                    "numbers ascend on disk"
                );
                if how == Disk::TooLarge {
                    return self.book.appended(append.seq, &Appended::TooLarge);
                }
                self.disk.insert(append.seq, append.parcel.items.clone());
                self.book.appended(append.seq, &Appended::Written);
            }
        }
    }

    pub(super) fn check(&self) {
        let book = &self.book;
        let queue: u64 = book.queue.iter().map(|entry| entry.count).sum();
        let hand = book.hand.as_ref().map_or(0, |hand| hand.count);
        assert_eq!(book.snapshot(Instant::now()).ledger.waiting(), queue + hand);
        let in_memory = book.queue.iter().filter(|entry| entry.parcel.is_some()).count();
        assert_eq!(in_memory, book.in_memory);
        assert!(in_memory <= CAPACITY + 1, "{in_memory}");
        assert!(book.raw.len() <= CAPACITY);
        assert!(book.queue.iter().is_sorted_by(|a, b| a.seq < b.seq));
        for entry in &book.queue {
            assert!(entry.parcel.is_some() || entry.on_disk);
            assert!(!entry.on_disk || self.disk.contains_key(&entry.seq), "{entry:?}");
        }
    }
}
