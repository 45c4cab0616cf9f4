//! What the spool has to do, and what it did.

use super::job::{Append, Appended, Job, Loaded};
use super::{Book, Entry, wide};
use crate::ledger::{Drop, SpoolSnapshot};
use crate::parcel::Parcel;
use heapster_plugin::model::Timestamp;
use heapster_spool::Head;
use std::sync::Arc;

/// How often a record that could not be read is tried again before it is given up for those behind it.
const LAST_LOAD: u8 = 3;

/// Whether the spool is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// There is none, or it cannot be used now.
    Shut,
    /// It is being opened for the first time: nothing is handed out before that.
    Opening,
    /// It is in use.
    Open,
}

/// The book's side of the spool.
#[derive(Debug)]
pub(super) struct Disk<P> {
    pub(super) gate: Gate,
    /// What is shown; `parcels` is not kept here.
    pub(super) snapshot: Option<SpoolSnapshot>,
    /// Records below this number are done.
    pub(super) done_below: u64,
    /// Records up to this number were written, or will not be.
    passed: u64,
    /// The record that is being written.
    pub(super) appending: Option<u64>,
    /// What is left of the record in hand, to be written.
    pub(super) rest: Option<Append<P>>,
    /// The record that the worker waits for.
    pub(super) wanted: Option<u64>,
    /// It, once it is read.
    pub(super) loaded: Option<(u64, Arc<P>)>,
    /// How often it could not be read.
    failed_loads: u8,
    /// Records below this number are known to be lost.
    lost_below: u64,
}

impl<P> Disk<P> {
    pub(super) fn new(snapshot: Option<SpoolSnapshot>) -> Self {
        Self {
            gate: if snapshot.is_some() {
                Gate::Opening
            } else {
                Gate::Shut
            },
            snapshot,
            done_below: 0,
            passed: 0,
            appending: None,
            rest: None,
            wanted: None,
            loaded: None,
            failed_loads: 0,
            lost_below: 0,
        }
    }
}

impl<P: Parcel> Book<P> {
    /// The spool was opened: its records come before all that was taken in since the start, which gets new numbers from `next` on.
    /// What is in hand by now never goes to disk.
    pub(crate) fn restore(&mut self, records: &[Head], next: u64) {
        self.disk.gate = Gate::Open;
        self.disk.passed = next.saturating_sub(1);
        self.disk.done_below = 0;
        self.disk.lost_below = 0;
        self.next_seq = next;
        for entry in &mut self.queue {
            entry.seq = self.next_seq;
            self.next_seq += 1;
        }
        if let Some(hand) = &mut self.hand {
            hand.seq = 0;
        }
        for head in records.iter().rev() {
            self.ledger.make(head.count);
            self.queue.push_front(Entry {
                seq: head.seq,
                count: head.count,
                queued: Timestamp::from_nanos(head.queued),
                parcel: None,
                on_disk: true,
            });
        }
    }

    /// The spool cannot be opened now: the delivery goes on without it.
    pub(crate) fn spool_failed(&mut self) {
        if self.disk.gate == Gate::Opening {
            self.disk.gate = Gate::Shut;
        }
    }

    /// The spool is gone for good: what is on disk only is given up in this run. How many items that are.
    pub(crate) fn spool_gone(&mut self) -> u64 {
        self.disk.gate = Gate::Shut;
        self.lose(u64::MAX, Drop::Damaged)
    }

    /// What is shown of the spool.
    pub(crate) fn note_spool(&mut self, bytes: Option<u64>, error: Option<String>) {
        if let Some(shown) = &mut self.disk.snapshot {
            shown.bytes = bytes.unwrap_or(shown.bytes);
            shown.error = error;
        }
    }

    /// What the spool, whose cursor is there, has to do next. While the disk does not answer as it should, only what is done
    /// with is removed.
    pub(crate) fn next_job(&mut self, cursor: u64, healthy: bool) -> Option<Job<P>> {
        if self.disk.gate != Gate::Open {
            return None;
        }
        if self.disk.done_below > cursor {
            return Some(Job::Advance(self.disk.done_below));
        }
        if !healthy {
            return None;
        }
        if let Some(seq) = self.disk.wanted.filter(|_| self.disk.loaded.is_none()) {
            return Some(Job::Load(seq));
        }
        if let Some(rest) = self.disk.rest.take() {
            return Some(Job::SaveRest(rest));
        }
        let passed = self.disk.passed;
        let in_hand = self
            .hand
            .as_ref()
            .filter(|hand| !hand.on_disk && hand.seq > passed);
        let found = in_hand
            .map(|hand| (hand.seq, hand.count, hand.queued, hand.parcel.clone()))
            .or_else(|| self.first_in_memory(passed))?;
        let (seq, count, queued, parcel) = found;
        self.disk.appending = Some(seq);
        if let Some(hand) = self.hand.as_mut().filter(|hand| hand.seq == seq) {
            hand.reduced = false;
        }
        Some(Job::Append(Append {
            seq,
            head: Head::new(seq, queued.nanos(), count),
            parcel,
        }))
    }

    fn first_in_memory(&self, passed: u64) -> Option<(u64, u64, Timestamp, Arc<P>)> {
        let from = self.queue.partition_point(|entry| entry.seq <= passed);
        let entry = self.queue.range(from..).find(|entry| entry.parcel.is_some())?;
        let parcel = entry.parcel.clone()?;
        Some((entry.seq, entry.count, entry.queued, parcel))
    }

    /// The spool wrote a record, or did not.
    pub(crate) fn appended(&mut self, seq: u64, how: &Appended) {
        self.disk.appending = None;
        if *how == Appended::Failed {
            return;
        }
        self.disk.passed = seq;
        if *how == Appended::TooLarge {
            return;
        }
        if let Some(hand) = self.hand.as_mut().filter(|hand| hand.seq == seq) {
            hand.on_disk = true;
            if hand.reduced {
                self.save_rest();
            }
        } else if let Ok(at) = self.queue.binary_search_by_key(&seq, |entry| entry.seq)
            && let Some(entry) = self.queue.get_mut(at)
        {
            entry.on_disk = true;
            // Behind one that must be read from disk it will be a while until its turn.
            if at > 0 && self.queue.front().is_some_and(|front| front.parcel.is_none()) {
                self.forget(at);
            }
        }
    }

    /// The spool gave up its records below this number, for room: how many items are lost with them.
    pub(crate) fn lost(&mut self, below: u64) -> u64 {
        self.lose(below, Drop::SpoolFull)
    }

    fn lose(&mut self, below: u64, reason: Drop) -> u64 {
        let mut lost = 0;
        if below <= self.disk.lost_below {
            return lost;
        }
        self.disk.lost_below = below;
        if let Some(hand) = self.hand.as_mut().filter(|hand| hand.seq < below) {
            hand.on_disk = false;
            self.disk.rest = None;
        }
        let count = self.queue.partition_point(|entry| entry.seq < below);
        let mut kept = self.queue.split_off(count);
        while let Some(mut entry) = self.queue.pop_back() {
            if entry.parcel.is_some() {
                entry.on_disk = false;
                kept.push_front(entry);
            } else {
                lost += entry.count;
            }
        }
        self.queue = kept;
        self.ledger.drop(reason, lost);
        self.disk.loaded.take_if(|(seq, _)| *seq < below);
        self.disk.wanted.take_if(|seq| *seq < below);
        lost
    }

    /// The spool read the record that was wanted, or could not: how many items are lost.
    pub(crate) fn loaded(&mut self, seq: u64, how: Loaded<P>) -> u64 {
        let front = self
            .queue
            .front_mut()
            .filter(|front| front.seq == seq && front.parcel.is_none());
        let Some(front) = front else {
            self.disk.wanted = None;
            return 0;
        };
        match how {
            Loaded::Failed if self.disk.failed_loads < LAST_LOAD => {
                self.disk.failed_loads += 1;
                0
            }
            Loaded::Failed | Loaded::Damaged => {
                let count = front.count;
                self.disk.wanted = None;
                self.disk.failed_loads = 0;
                self.give_up_front(Drop::Damaged);
                count
            }
            Loaded::Parcel(parcel) => {
                // There may be no room in this process for all its names.
                let lost = front.count.saturating_sub(wide(parcel.count()));
                front.count -= lost;
                self.ledger.drop(Drop::Damaged, lost);
                self.disk.failed_loads = 0;
                self.disk.loaded = Some((seq, parcel));
                lost
            }
        }
    }

    /// Plans to write what is left of the record in hand.
    pub(super) fn save_rest(&mut self) {
        let Some(hand) = self.hand.as_ref().filter(|hand| hand.on_disk) else {
            return;
        };
        let head = Head::new(hand.seq, hand.queued.nanos(), hand.count);
        self.disk.rest = Some(Append {
            seq: hand.seq,
            head,
            parcel: hand.parcel.clone(),
        });
    }

    fn forget(&mut self, at: usize) {
        if let Some(entry) = self.queue.get_mut(at)
            && entry.parcel.take().is_some()
        {
            self.in_memory -= 1;
        }
    }
}
