//! The cluster's clock in whole seconds: the system's, moved, or held by a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const RUNNING: i64 = i64::MIN;

/// A clock that all of the cluster reads; clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    held: AtomicI64,
    offset: AtomicI64,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Hands {
            held: AtomicI64::new(RUNNING),
            offset: AtomicI64::new(0),
        }))
    }

    /// A clock that stands at this second of the Unix epoch until it is moved.
    #[must_use]
    pub fn held(second: i64) -> Self {
        let clock = Self::system();
        clock.hold(second);
        clock
    }

    /// Stops the clock at this second.
    pub fn hold(&self, second: i64) {
        self.0.held.store(second, Ordering::Relaxed);
    }

    /// Lets the clock run by the system's again, `seconds` ahead of it.
    pub fn run(&self, seconds: i64) {
        self.0.offset.store(seconds, Ordering::Relaxed);
        self.0.held.store(RUNNING, Ordering::Relaxed);
    }

    /// Moves the clock, held or running.
    pub fn advance(&self, seconds: i64) {
        if self.0.held.load(Ordering::Relaxed) == RUNNING {
            self.0.offset.fetch_add(seconds, Ordering::Relaxed);
        } else {
            self.0.held.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    /// Now, in seconds of the Unix epoch.
    #[must_use]
    pub fn second(&self) -> i64 {
        let held = self.0.held.load(Ordering::Relaxed);
        if held != RUNNING {
            return held;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        now.saturating_add(self.0.offset.load(Ordering::Relaxed))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_clock_moves_only_when_told() {
        let clock = Clock::held(100);
        let same = clock.clone();
        clock.advance(5);
        assert_eq!(same.second(), 105);
        same.run(0);
        assert!(clock.second() > 1_000_000_000);
    }
}
