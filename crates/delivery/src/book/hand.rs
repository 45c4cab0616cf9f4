//! The parcel that the sink works on.

use super::{Book, Entry, Hand, wide};
use crate::ledger::Drop;
use crate::parcel::Parcel;
use heapster_plugin::model::Timestamp;
use heapster_plugin::sink::Outcome;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How a write ended.
#[derive(Debug)]
pub(crate) enum Ended<P> {
    /// The sink said what became of the items.
    Said(Outcome<P>),
    /// It did not end in time.
    Late(Duration),
    /// It panicked with this text.
    Panicked(String),
}

/// What follows from how a write ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Whether something is left in hand, to be tried again.
    pub(crate) again: bool,
    /// Whether the backend took anything.
    pub(crate) progress: bool,
    /// How long the backend asked to be left alone.
    pub(crate) after: Option<Duration>,
    /// What failed.
    pub(crate) failure: Option<String>,
    /// How long nothing was delivered, when that is over now.
    pub(crate) recovered: Option<Duration>,
    /// Items that were given up, and why.
    pub(crate) dropped: Option<(Drop, u64)>,
}

impl<P: Parcel> Book<P> {
    /// What is in hand, unless it waited longer than `max_age`: then it is given up, and its items are the error. `None` when the
    /// hand is empty.
    pub(crate) fn in_hand(&mut self, now: Timestamp, max_age: Duration) -> Option<Result<Arc<P>, u64>> {
        let hand = self.hand.as_ref()?;
        self.trouble.next_try = None;
        if now.since(hand.queued) <= max_age {
            return Some(Ok(hand.parcel.clone()));
        }
        let count = hand.count;
        self.ledger.drop(Drop::TooOld, count);
        self.finish();
        Some(Err(count))
    }

    /// Counts how a write ended. `None` when the hand is empty: someone else has counted it.
    pub(crate) fn settle(&mut self, ended: Ended<P>, at: Timestamp, now: Instant) -> Option<Settled> {
        self.hand.as_ref()?;
        let settled = match ended {
            Ended::Said(outcome) => self.said(outcome, at, now),
            Ended::Late(after) => {
                let text = format!("no answer within {after:?}");
                self.trouble.failed(&text, at, now);
                Settled {
                    again: true,
                    progress: false,
                    after: None,
                    failure: Some(text),
                    recovered: None,
                    dropped: None,
                }
            }
            Ended::Panicked(text) => {
                let text = format!("the sink panicked: {text}");
                self.trouble.failed(&text, at, now);
                let count = self.hand.as_ref().map_or(0, |hand| hand.count);
                self.ledger.drop(Drop::Panic, count);
                self.finish();
                let dropped = Some((Drop::Panic, count));
                Settled {
                    again: false,
                    progress: false,
                    after: None,
                    failure: Some(text),
                    recovered: None,
                    dropped,
                }
            }
        };
        Some(settled)
    }

    /// What a sink does not mention is given up; what it mentions beyond the items in hand is not counted.
    fn said(&mut self, outcome: Outcome<P>, at: Timestamp, now: Instant) -> Settled {
        let Outcome {
            accepted,
            retry,
            rejected,
        } = outcome;
        let mut left = self.hand.as_ref().map_or(0, |hand| hand.count);
        let all = left;
        let mut take = |count: usize| {
            let taken = wide(count).min(left);
            left -= taken;
            taken
        };
        let accepted = take(accepted);
        self.ledger.accept(accepted);
        for (reason, count) in rejected {
            self.ledger.reject(reason, take(count));
        }
        let retry = retry.map(|retry| {
            let named = retry.rest.as_ref().map_or(retry.count, |rest| rest.count());
            (take(named), retry)
        });
        let unreported = left;
        self.ledger.drop(Drop::Unreported, unreported);
        let dropped = (unreported > 0).then_some((Drop::Unreported, unreported));
        let empty = all == 0 && retry.is_none();
        if accepted > 0 || empty {
            self.trouble.last_accepted = Some(at);
        }
        match retry {
            Some((count, retry)) if count > 0 || all == 0 => {
                let progress = accepted > 0;
                if progress {
                    self.trouble.over(now);
                }
                self.trouble.failed(&retry.text, at, now);
                self.keep(count, retry.rest);
                let failure = Some(retry.text);
                Settled {
                    again: true,
                    progress,
                    after: retry.after,
                    failure,
                    recovered: None,
                    dropped,
                }
            }
            Some(_) | None => {
                let recovered = self.trouble.over(now);
                self.finish();
                Settled {
                    again: false,
                    progress: true,
                    after: None,
                    failure: None,
                    recovered,
                    dropped,
                }
            }
        }
    }

    /// Keeps so many items of the parcel in hand.
    fn keep(&mut self, count: u64, rest: Option<Arc<P>>) {
        let Some(hand) = &mut self.hand else { return };
        hand.count = count;
        if let Some(rest) = rest {
            hand.parcel = rest;
            hand.reduced = true;
            self.save_rest();
        }
    }

    /// The hand is empty from now on; all its items were counted.
    fn finish(&mut self) {
        if let Some(hand) = self.hand.take() {
            self.disk.done_below = self.disk.done_below.max(hand.seq + 1);
            self.disk.rest.take_if(|rest| rest.seq == hand.seq);
        }
    }

    /// When the next try will be, to be shown.
    pub(crate) fn next_try(&mut self, at: Instant) {
        self.trouble.next_try = Some(at);
    }

    /// Whether what is in hand is on disk, so that it can wait there for the next start.
    pub(crate) fn hand_is_safe(&self) -> bool {
        self.hand.as_ref().is_some_and(|hand| hand.on_disk)
    }

    /// Puts what is in hand back to the head of the queue.
    pub(crate) fn put_back(&mut self) {
        if let Some(Hand {
            seq,
            count,
            queued,
            parcel,
            on_disk,
            ..
        }) = self.hand.take()
        {
            self.in_memory += 1;
            self.queue.push_front(Entry {
                seq,
                count,
                queued,
                parcel: Some(parcel),
                on_disk,
            });
        }
    }
}
