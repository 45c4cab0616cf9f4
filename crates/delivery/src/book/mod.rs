//! What waits for one sink, what is in its hand, and what became of the rest: one state, changed under one lock.
//!
//! Apart from tasks and disks, so that its invariants can be tested by any order of calls. Every parcel that was taken in has a
//! number and is in exactly one place: in the queue (in memory, on disk, or both) or in the hand; numbers ascend from the hand to
//! the end of the queue. Items leave by a method that counts them, and by none else; so
//! made = accepted + rejected + dropped + what is in queue and hand, after each call.

mod disk;
mod hand;
mod job;
mod queue;
mod trouble;

pub(crate) use hand::{Ended, Settled};
pub(crate) use job::{Append, Appended, Job, Loaded};
pub(crate) use queue::{Offered, Raw, Take};

use crate::ledger::{Ledger, Snapshot, SpoolSnapshot};
use crate::parcel::Parcel;
use disk::Disk;
use heapster_plugin::model::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::time::Instant;
use trouble::Trouble;

/// One parcel that waits. It is in memory, on disk, or both.
#[derive(Debug)]
struct Entry<P> {
    seq: u64,
    count: u64,
    queued: Timestamp,
    parcel: Option<Arc<P>>,
    on_disk: bool,
}

/// The parcel that the sink works on, or will try again.
#[derive(Debug)]
struct Hand<P> {
    seq: u64,
    count: u64,
    queued: Timestamp,
    parcel: Arc<P>,
    on_disk: bool,
    /// Whether what is on disk is more than what is left.
    reduced: bool,
}

/// The state of one delivery.
#[derive(Debug)]
pub(crate) struct Book<P> {
    capacity: usize,
    /// Parcels that are not filtered yet.
    raw: VecDeque<Arc<P>>,
    /// How many items the one has that is being filtered.
    filtering: Option<u64>,
    queue: VecDeque<Entry<P>>,
    in_memory: usize,
    hand: Option<Hand<P>>,
    next_seq: u64,
    closed: bool,
    ledger: Ledger,
    trouble: Trouble,
    disk: Disk<P>,
}

impl<P: Parcel> Book<P> {
    /// For `capacity` parcels in memory, at least one, beside the one in hand; with a spool, nothing is handed out before it is
    /// [restored](Self::restore) or [failed](Self::spool_failed).
    pub(crate) fn new(capacity: usize, spool: Option<SpoolSnapshot>) -> Self {
        Self {
            capacity: capacity.max(1),
            raw: VecDeque::new(),
            filtering: None,
            queue: VecDeque::new(),
            in_memory: 0,
            hand: None,
            next_seq: 1,
            closed: false,
            ledger: Ledger::default(),
            trouble: Trouble::default(),
            disk: Disk::new(spool),
        }
    }

    /// Takes no more parcels in.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// All that is shown, of this moment.
    pub(crate) fn snapshot(&self, now: Instant) -> Snapshot {
        let on_hand = usize::from(self.hand.as_ref().is_some_and(|hand| hand.on_disk));
        let on_disk = || self.queue.iter().filter(|entry| entry.on_disk).count();
        let spool = self.disk.snapshot.clone().map(|spool| SpoolSnapshot {
            parcels: on_disk() + on_hand,
            ..spool
        });
        Snapshot {
            ledger: self.ledger.clone(),
            waiting_parcels: self.queue.len() + self.raw.len(),
            in_memory: self.in_memory + self.raw.len(),
            capacity: self.capacity,
            in_hand: self.hand.is_some(),
            failures: self.trouble.failures,
            consecutive_failures: self.trouble.consecutive,
            last_error: self.trouble.last.clone(),
            last_accepted: self.trouble.last_accepted,
            next_try: self.trouble.next_try.map(|at| at.saturating_duration_since(now)),
            spool,
        }
    }
}

/// A count of things in memory as the ledger keeps it.
fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
