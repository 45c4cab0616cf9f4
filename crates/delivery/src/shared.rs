//! What the tasks of one delivery share: the book under its lock, and who has to be woken.

use crate::book::{Book, Ended, Offered, Raw, Settled, Take};
use crate::config::Clock;
use crate::families::Families;
use crate::ledger::{Drop, Snapshot, SpoolSnapshot};
use crate::parcel::Parcel;
use crate::warning::Warning;
use heapster_plugin::telemetry::Telemetry;
use heapster_plugin::uri::redact;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// The state of one delivery.
#[derive(Debug)]
pub(crate) struct Shared<P> {
    pub(crate) name: Arc<str>,
    pub(crate) clock: Clock,
    pub(crate) families: &'static Families,
    pub(crate) telemetry: Arc<dyn Telemetry>,
    pub(crate) max_age: Duration,
    book: Mutex<Book<P>>,
    pub(crate) wake_worker: Notify,
    pub(crate) wake_keeper: Notify,
    pub(crate) wake_intake: Notify,
    /// When the worker must be done, once nothing is taken in any more.
    closing: watch::Sender<Option<Instant>>,
    failures: Warning,
    drops: Warning,
    pub(crate) disk_faults: Warning,
}

impl<P: Parcel> Shared<P> {
    pub(crate) fn new(config: &crate::config::Config<P>, telemetry: Arc<dyn Telemetry>) -> Self {
        let spool = config.spool.as_ref().map(|spool| SpoolSnapshot {
            folder: spool.folder.clone(),
            parcels: 0,
            bytes: 0,
            max_bytes: spool.max_bytes,
            error: None,
        });
        Self {
            name: config.name.as_str().into(),
            clock: config.clock.clone(),
            families: config.families,
            telemetry,
            max_age: config.max_age,
            book: Mutex::new(Book::new(config.queue, spool)),
            wake_worker: Notify::new(),
            wake_keeper: Notify::new(),
            wake_intake: Notify::new(),
            closing: watch::Sender::new(None),
            failures: Warning::default(),
            drops: Warning::default(),
            disk_faults: Warning::default(),
        }
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book<P>> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.book().snapshot(Instant::now())
    }

    /// Takes in a parcel, past the filter if there is one. Never waits.
    pub(crate) fn offer(&self, parcel: Arc<P>, filtered: bool) {
        let (offered, wake) = if filtered {
            (self.book().offer_raw(parcel), &self.wake_intake)
        } else {
            (self.book().offer(parcel, self.clock.now()), &self.wake_worker)
        };
        wake.notify_one();
        self.wake_keeper.notify_one();
        self.say_displaced(&offered);
    }

    /// The next parcel for the filter, waited for. `None` when there will be none.
    pub(crate) async fn next_raw(&self) -> Option<Arc<P>> {
        loop {
            let raw = self.book().next_raw();
            match raw {
                Raw::Parcel(parcel) => return Some(parcel),
                Raw::End => return None,
                Raw::Wait => self.wake_intake.notified().await,
            }
        }
    }

    /// Takes in what the filter let through; an error when it failed.
    pub(crate) fn filtered(&self, passed: Result<Option<Arc<P>>, ()>) {
        let offered = match passed {
            Ok(passed) => self.book().filtered(passed, self.clock.now()),
            Err(()) => {
                self.book().filter_failed();
                Offered::Taken
            }
        };
        self.wake_worker.notify_one();
        self.wake_keeper.notify_one();
        self.say_displaced(&offered);
    }

    /// Puts the next parcel into the hand, waited for. `false` when there will be none.
    pub(crate) async fn take(&self) -> bool {
        loop {
            let (take, too_old) = self.book().take(self.clock.now(), self.max_age);
            self.say_dropped(Drop::TooOld, too_old);
            if take == Take::Hand {
                return true;
            }
            self.wake_keeper.notify_one();
            match take {
                Take::End => return false,
                Take::Wait | Take::Hand => self.wake_worker.notified().await,
            }
        }
    }

    /// What is in hand, if it is not too old by now.
    pub(crate) fn in_hand(&self) -> Option<Arc<P>> {
        let in_hand = self.book().in_hand(self.clock.now(), self.max_age)?;
        if let Err(count) = in_hand {
            self.wake_keeper.notify_one();
            self.say_dropped(Drop::TooOld, count);
        }
        in_hand.ok()
    }

    /// Counts how a write ended, and says what there is to say.
    pub(crate) fn settle(&self, ended: Ended<P>) -> Option<Settled> {
        let settled = self
            .book()
            .settle(redacted(ended), self.clock.now(), Instant::now())?;
        self.wake_keeper.notify_one();
        if let Some((reason, count)) = settled.dropped {
            self.say_dropped(reason, count);
        }
        if let Some(text) = &settled.failure
            && let Some(left_out) = self.failures.due(Instant::now())
        {
            let waiting = self.book().snapshot(Instant::now()).ledger.waiting();
            tracing::warn!(
                cause = text,
                waiting,
                left_out,
                "Failed to push data to sink: {}",
                self.name
            );
        }
        if let Some(after) = settled.recovered.filter(|_| self.failures.take_back()) {
            tracing::info!("Delivered again to sink: {} after {after:.1?}", self.name);
        }
        Some(settled)
    }

    /// Says that items were given up, at most once a minute.
    pub(crate) fn say_dropped(&self, reason: Drop, count: u64) {
        if count == 0 {
            return;
        }
        if let Some(left_out) = self.drops.due(Instant::now()) {
            let reason = reason.as_str();
            tracing::warn!(
                reason,
                dropped = count,
                left_out,
                "Failed to push data to sink: {}",
                self.name
            );
        }
    }

    fn say_displaced(&self, offered: &Offered) {
        if let Offered::Displaced(count) = offered {
            self.say_dropped(Drop::QueueFull, *count);
        }
    }

    /// Takes nothing in any more; the worker must be done at `deadline`.
    pub(crate) fn close(&self, deadline: Instant) {
        self.book().close();
        self.closing.send_replace(Some(deadline));
        for wake in [&self.wake_worker, &self.wake_keeper, &self.wake_intake] {
            wake.notify_one();
        }
    }

    /// At the end: puts what is in hand back if it is on disk, where it waits for the next start. Whether it did.
    pub(crate) fn leave(&self) -> bool {
        let mut book = self.book();
        let safe = book.hand_is_safe();
        if safe {
            book.put_back();
        }
        safe
    }

    /// When the worker must be done, once that is known.
    pub(crate) fn closing(&self) -> Option<Instant> {
        *self.closing.borrow()
    }

    /// Waits until nothing is taken in any more.
    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        closing.wait_for(Option::is_some).await.ok(); // the sender is in `self`
    }
}

/// The same without secrets: the text goes to the log and to a page.
fn redacted<P>(ended: Ended<P>) -> Ended<P> {
    match ended {
        Ended::Said(mut outcome) => {
            if let Some(retry) = &mut outcome.retry {
                retry.text = redact(&retry.text);
            }
            Ended::Said(outcome)
        }
        Ended::Panicked(text) => Ended::Panicked(redact(&text)),
        Ended::Late(after) => Ended::Late(after),
    }
}
