//! Taking parcels in and handing them out.

use super::disk::Gate;
use super::{Book, Entry, Hand, wide};
use crate::ledger::Drop;
use crate::parcel::Parcel;
use heapster_plugin::model::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// What became of an offered parcel.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// It waits.
    Taken,
    /// It waits, and so many items of an older one were given up for it.
    Displaced(u64),
    /// Nothing is taken in any more: its items are counted as dropped.
    Closed,
}

/// What the filter gets next.
#[derive(Debug)]
pub(crate) enum Raw<P> {
    /// This one.
    Parcel(Arc<P>),
    /// Nothing now.
    Wait,
    /// Nothing any more.
    End,
}

/// What the worker gets next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// Something is in hand now.
    Hand,
    /// Nothing now.
    Wait,
    /// Nothing any more.
    End,
}

impl<P: Parcel> Book<P> {
    /// Takes in a parcel that the filter has to see first.
    pub(crate) fn offer_raw(&mut self, parcel: Arc<P>) -> Offered {
        let mut given_up = Offered::Taken;
        if self.closed {
            self.made_and_dropped(wide(parcel.count()), Drop::Stopped);
            return Offered::Closed;
        }
        if self.raw.len() >= self.capacity
            && let Some(oldest) = self.raw.pop_front()
        {
            let count = wide(oldest.count());
            self.made_and_dropped(count, Drop::QueueFull);
            given_up = Offered::Displaced(count);
        }
        self.raw.push_back(parcel);
        given_up
    }

    /// What the filter gets next.
    pub(crate) fn next_raw(&mut self) -> Raw<P> {
        match self.raw.pop_front() {
            Some(parcel) => {
                self.filtering = Some(wide(parcel.count()));
                Raw::Parcel(parcel)
            }
            None if self.closed => Raw::End,
            None => Raw::Wait,
        }
    }

    /// Takes in what the filter let through.
    pub(crate) fn filtered(&mut self, passed: Option<Arc<P>>, at: Timestamp) -> Offered {
        let still_wanted = self.filtering.take().is_some();
        match passed {
            Some(parcel) if still_wanted => self.put(parcel, at),
            Some(_) | None => Offered::Taken,
        }
    }

    /// The filter failed on a parcel: all its items are given up.
    pub(crate) fn filter_failed(&mut self) {
        if let Some(count) = self.filtering.take() {
            self.made_and_dropped(count, Drop::Panic);
        }
    }

    /// Takes in a parcel.
    pub(crate) fn offer(&mut self, parcel: Arc<P>, at: Timestamp) -> Offered {
        if self.closed {
            self.made_and_dropped(wide(parcel.count()), Drop::Stopped);
            return Offered::Closed;
        }
        self.put(parcel, at)
    }

    fn put(&mut self, parcel: Arc<P>, queued: Timestamp) -> Offered {
        let count = wide(parcel.count());
        self.ledger.make(count);
        let seq = self.next_seq;
        self.next_seq += 1;
        self.queue.push_back(Entry {
            seq,
            count,
            queued,
            parcel: Some(parcel),
            on_disk: false,
        });
        self.in_memory += 1;
        match self.keep_bound() {
            0 => Offered::Taken,
            count => Offered::Displaced(count),
        }
    }

    /// Brings the number of parcels in memory back under the bound: one that is on disk is forgotten here, else the oldest is
    /// given up. The one that is being written to disk does not count. How many items were given up.
    pub(super) fn keep_bound(&mut self) -> u64 {
        let mut given_up = 0;
        let appending = self.disk.appending;
        let place = appending.and_then(|seq| self.queue.binary_search_by_key(&seq, |entry| entry.seq).ok());
        let writing = place
            .and_then(|at| self.queue.get(at))
            .is_some_and(|entry| entry.parcel.is_some());
        while self.in_memory > self.capacity + usize::from(writing) {
            // Those in memory are among the last: the others are looked through only if there is a reason.
            let candidates = || {
                let last = self.queue.iter().enumerate().rev();
                last.filter(|(_, entry)| entry.parcel.is_some())
                    .take(self.in_memory)
            };
            let on_disk = candidates().filter(|(_, entry)| entry.on_disk).last();
            let oldest = candidates()
                .filter(|(_, entry)| Some(entry.seq) != appending)
                .last();
            let Some((at, on_disk)) = on_disk.or(oldest).map(|(at, entry)| (at, entry.on_disk)) else {
                break;
            };
            self.in_memory -= 1;
            if on_disk {
                if let Some(entry) = self.queue.get_mut(at) {
                    entry.parcel = None;
                }
            } else if let Some(entry) = self.queue.remove(at) {
                self.ledger.drop(Drop::QueueFull, entry.count);
                given_up += entry.count;
            }
        }
        given_up
    }

    /// Puts the oldest parcel into the hand, which must be empty. Those that waited longer than `max_age` are given up on the
    /// way: the answer's second half is how many items that were.
    pub(crate) fn take(&mut self, now: Timestamp, max_age: Duration) -> (Take, u64) {
        let mut given_up = 0;
        if matches!(self.disk.gate, Gate::Opening) {
            return (Take::Wait, 0);
        }
        while let Some(front) = self
            .queue
            .front()
            .filter(|front| now.since(front.queued) > max_age)
        {
            given_up += front.count;
            self.give_up_front(Drop::TooOld);
        }
        let Some(front) = self.queue.front() else {
            let more_to_come = !self.closed || !self.raw.is_empty() || self.filtering.is_some();
            return (if more_to_come { Take::Wait } else { Take::End }, given_up);
        };
        // At the end, what is safe on disk waits for the next start: behind older ones, and when the backend does not answer.
        if self.closed && front.on_disk && (front.parcel.is_none() || self.trouble.consecutive > 0) {
            return (Take::End, given_up);
        }
        let loaded = self
            .disk
            .loaded
            .take_if(|(seq, _)| *seq == front.seq)
            .map(|(_, parcel)| parcel);
        let Some(parcel) = front.parcel.clone().or(loaded) else {
            self.disk.wanted = Some(front.seq);
            return (Take::Wait, given_up);
        };
        self.disk.wanted = None;
        if let Some(Entry {
            seq,
            count,
            queued,
            parcel: in_memory,
            on_disk,
        }) = self.queue.pop_front()
        {
            self.in_memory -= usize::from(in_memory.is_some());
            self.hand = Some(Hand {
                seq,
                count,
                queued,
                parcel,
                on_disk,
                reduced: false,
            });
        }
        (Take::Hand, given_up)
    }

    /// Gives up the oldest parcel in the queue.
    pub(super) fn give_up_front(&mut self, reason: Drop) {
        if let Some(entry) = self.queue.pop_front() {
            self.in_memory -= usize::from(entry.parcel.is_some());
            self.disk.wanted.take_if(|seq| *seq == entry.seq);
            self.disk.loaded.take_if(|(seq, _)| *seq == entry.seq);
            self.ledger.drop(reason, entry.count);
            self.disk.done_below = self.disk.done_below.max(entry.seq + 1);
        }
    }

    /// Gives up, at the end, all that is not on disk: how many items.
    pub(crate) fn abandon(&mut self) -> u64 {
        self.closed = true;
        self.put_back();
        let raw: u64 = self.raw.drain(..).map(|parcel| wide(parcel.count())).sum();
        let raw = raw + self.filtering.take().unwrap_or(0);
        self.made_and_dropped(raw, Drop::Stopped);
        let mut given_up = raw;
        self.queue.retain(|entry| {
            given_up += if entry.on_disk { 0 } else { entry.count };
            entry.on_disk
        });
        self.ledger.drop(Drop::Stopped, given_up - raw);
        for entry in &mut self.queue {
            entry.parcel = None;
        }
        self.in_memory = 0;
        given_up
    }

    fn made_and_dropped(&mut self, count: u64, reason: Drop) {
        self.ledger.make(count);
        self.ledger.drop(reason, count);
    }
}
