//! Lines that would repeat.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Least time between two lines of one kind.
const PAUSE: Duration = Duration::from_secs(60);

/// Lets one line a minute pass and counts the others.
#[derive(Debug, Default)]
pub(crate) struct Warning(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    left_out: u64,
    /// Whether a line was written that is not taken back.
    said: bool,
}

impl Warning {
    /// When the line may be written: how many were left out since the last one.
    pub(crate) fn due(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state
            .last
            .is_some_and(|last| now.saturating_duration_since(last) < PAUSE)
        {
            state.left_out += 1;
            return None;
        }
        state.last = Some(now);
        state.said = true;
        Some(std::mem::take(&mut state.left_out))
    }

    /// Whether a line was written since this was last asked: then it is worth one to say that it holds no more.
    pub(crate) fn take_back(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_passes_and_the_others_are_counted() {
        let (warning, start) = (Warning::default(), Instant::now());
        assert_eq!(warning.due(start), Some(0));
        assert_eq!(warning.due(start + Duration::from_secs(1)), None);
        assert_eq!(warning.due(start + Duration::from_secs(59)), None);
        assert_eq!(warning.due(start + Duration::from_secs(60)), Some(2));
    }

    #[test]
    fn a_line_is_taken_back_once() {
        let (warning, start) = (Warning::default(), Instant::now());
        assert!(!warning.take_back());
        warning.due(start);
        warning.due(start);
        assert!(warning.take_back() && !warning.take_back());
    }
}
