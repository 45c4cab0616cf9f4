//! Keeps a fact that holds on from filling the log.

use std::time::Duration;
use tokio::time::Instant;

/// The least time between two lines.
const QUIET: Duration = Duration::from_secs(600);

/// One kind of line.
#[derive(Default, Debug)]
pub(crate) struct Seldom(Option<Instant>);

impl Seldom {
    /// Whether the line may be written now; the answer "yes" counts as written.
    pub(crate) fn may_say(&mut self) -> bool {
        let quiet = self.0.is_some_and(|said| said.elapsed() < QUIET);
        if !quiet {
            self.0 = Some(Instant::now());
        }
        !quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_line_is_written_at_once_and_again_after_ten_minutes() {
        let mut seldom = Seldom::default();
        assert!(seldom.may_say());
        tokio::time::advance(Duration::from_secs(599)).await;
        assert!(!seldom.may_say());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(seldom.may_say());
    }
}
