//! The bounded queue between the pipeline and one worker.

use heapster_plugin::model::Batch;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Waiting batches and the one in the worker's hand.
#[derive(Debug)]
pub(crate) struct Queue {
    capacity: usize,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Arc<Batch>>,
    in_hand: Option<Arc<Batch>>,
    /// Set once no more batches are taken in: when all work must be over.
    closed: Option<Instant>,
}

/// What became of an offered batch.
#[derive(Debug)]
pub(crate) enum Offered {
    /// It waits.
    Taken,
    /// It waits, and this one had to go for it.
    Displaced(Arc<Batch>),
    /// The queue is closed.
    Closed,
}

impl Queue {
    /// A queue for `capacity` batches, at least one, beside the one in hand.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            state: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// Puts a batch in; a full queue gives up its oldest. Never waits.
    pub(crate) fn offer(&self, batch: Arc<Batch>) -> Offered {
        let mut state = self.lock();
        if state.closed.is_some() {
            return Offered::Closed;
        }
        let displaced = if state.waiting.len() >= self.capacity {
            state.waiting.pop_front()
        } else {
            None
        };
        state.waiting.push_back(batch);
        drop(state);
        self.wake.notify_one();
        displaced.map_or(Offered::Taken, Offered::Displaced)
    }

    /// The oldest batch, which is in hand from now on; waits for one. `None` once the queue is closed and empty.
    pub(crate) async fn take(&self) -> Option<Arc<Batch>> {
        loop {
            {
                let mut state = self.lock();
                if let Some(batch) = state.waiting.pop_front() {
                    state.in_hand = Some(batch.clone());
                    return Some(batch);
                }
                if state.closed.is_some() {
                    return None;
                }
            }
            self.wake.notified().await;
        }
    }

    /// Ends the work on the batch in hand. `false` when someone else has already counted it.
    pub(crate) fn put_down(&self) -> bool {
        self.lock().in_hand.take().is_some()
    }

    /// Takes no more batches in. What is left must be done by `deadline`.
    pub(crate) fn close(&self, deadline: Instant) {
        self.lock().closed.get_or_insert(deadline);
        self.wake.notify_one();
    }

    /// Takes no more batches in and gives back all that are left, with the one in hand.
    pub(crate) fn abandon(&self, now: Instant) -> Vec<Arc<Batch>> {
        let mut state = self.lock();
        state.closed.get_or_insert(now);
        let in_hand = state.in_hand.take();
        in_hand.into_iter().chain(state.waiting.drain(..)).collect()
    }

    /// When all work must be over, once the queue is closed.
    pub(crate) fn closed(&self) -> Option<Instant> {
        self.lock().closed
    }

    /// How many batches wait, and how many values they and the one in hand have.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let state = self.lock();
        let all = state.waiting.iter().chain(&state.in_hand);
        (state.waiting.len(), all.map(|batch| batch.value_count()).sum())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
