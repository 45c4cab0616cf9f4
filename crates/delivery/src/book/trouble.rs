//! How the sink has been doing.

use heapster_plugin::model::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// Failures, and the last success.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    pub(super) failures: u64,
    pub(super) consecutive: u64,
    pub(super) last: Option<(Timestamp, String)>,
    pub(super) last_accepted: Option<Timestamp>,
    pub(super) next_try: Option<Instant>,
    since: Option<Instant>,
}

impl Trouble {
    pub(super) fn failed(&mut self, text: &str, at: Timestamp, now: Instant) {
        self.failures += 1;
        self.consecutive += 1;
        self.last = Some((at, text.to_owned()));
        self.since.get_or_insert(now);
    }

    /// Ends the trouble: how long it lasted, if there was any.
    pub(super) fn over(&mut self, now: Instant) -> Option<Duration> {
        self.consecutive = 0;
        self.since
            .take()
            .map(|since| now.saturating_duration_since(since))
    }
}
