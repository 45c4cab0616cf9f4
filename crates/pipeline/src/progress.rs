//! How far the pipeline is, for health checks and the status page.

use heapster_plugin::model::Timestamp;
use std::sync::{Mutex, PoisonError};

#[derive(Clone, Copy, Default, Debug)]
struct State {
    latest: Option<(Timestamp, usize)>,
    answers: (usize, usize),
}

/// How far the pipeline is. Cheap to ask from any thread.
#[derive(Default, Debug)]
pub struct Progress(Mutex<State>);

impl Progress {
    /// Timestamp and number of sets of the newest batch that every consumer was offered; `None` before the first.
    #[must_use]
    pub fn latest(&self) -> Option<(Timestamp, usize)> {
        self.state().latest
    }

    /// Of the newest cycle: how many targets gave sets, and how many there are.
    #[must_use]
    pub fn targets(&self) -> (usize, usize) {
        self.state().answers
    }

    pub(crate) fn scraped(&self, succeeded: usize, asked: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).answers = (succeeded, asked);
    }

    pub(crate) fn delivered(&self, timestamp: Timestamp, sets: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).latest = Some((timestamp, sets));
    }

    fn state(&self) -> State {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
