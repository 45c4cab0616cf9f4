//! How long to wait after failures.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;
use tokio::time::Instant;

/// Longest wait.
const MAX: Duration = Duration::from_secs(30);
/// After this long without a failure the next one counts as the first.
const CALM: Duration = Duration::from_secs(60);

/// Doubles from failure to failure, with jitter: many programs that lose one server do not come back together.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    next: Duration,
    last: Option<Instant>,
}

impl Backoff {
    pub(crate) const fn new(first: Duration) -> Self {
        Self {
            first,
            next: first,
            last: None,
        }
    }

    /// How long to wait after this failure: between half and the whole of what doubling gives.
    pub(crate) fn after_failure(&mut self) -> Duration {
        let now = Instant::now();
        if self.last.is_some_and(|last| now.duration_since(last) > CALM) {
            self.next = self.first;
        }
        let whole = self.next;
        self.next = (whole * 2).min(MAX);
        let wait = whole / 2 + between(whole / 2);
        self.last = Some(now + wait);
        wait
    }
}

/// A random time below `limit`.
pub(crate) fn between(limit: Duration) -> Duration {
    let random = u32::try_from(RandomState::new().hash_one(0_u8) >> 32).unwrap_or(0);
    limit.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_half_a_minute_and_start_again_after_a_calm_minute() {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::new(second);
        for whole in [1, 2, 4, 8, 16, 30, 30] {
            let wait = backoff.after_failure();
            assert!(
                wait >= second * whole / 2 && wait <= second * whole,
                "{whole}: {wait:?}"
            );
        }
        tokio::time::advance(CALM + MAX + second).await;
        assert!(backoff.after_failure() <= second);
    }
}
