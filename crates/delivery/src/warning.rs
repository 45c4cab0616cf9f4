//! Lines that would repeat.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Least time between two lines of one kind.
const PAUSE: Duration = Duration::from_secs(60);

/// Lets one line a minute pass and counts the others.
#[derive(Debug, Default)]
pub(crate) struct Warning(Mutex<(Option<Instant>, u64)>);

impl Warning {
    /// When the line may be written: how many were left out since the last one.
    pub(crate) fn due(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, left_out) = &mut *state;
        if last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            *left_out += 1;
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(left_out))
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
}
