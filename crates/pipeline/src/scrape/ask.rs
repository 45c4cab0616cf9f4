//! One target's turn in a cycle.

use heapster_plugin::model::{Scraped, Timestamp};
use heapster_plugin::source::{ScrapeError, ScrapeFailure, Target, Window};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError};
use tokio::time::{Instant, sleep_until, timeout};

/// The share of the spread that one target adds, and its bound.
const SPREAD_EACH: Duration = Duration::from_millis(8);
const SPREAD_MOST: Duration = Duration::from_secs(4);
/// How long a target keeps its place among those that are waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// What became of one scrape.
pub(super) struct Answer {
    pub(super) result: Result<Scraped, ScrapeError>,
    pub(super) began: Timestamp,
    pub(super) took: Duration,
}

impl Answer {
    /// The answer of a target that gave none.
    pub(super) fn none(took: Duration) -> Self {
        let text = "no answer".to_owned();
        Self {
            result: Err(ScrapeError {
                reason: ScrapeFailure::Timeout,
                text,
            }),
            began: Timestamp::now().minus(took),
            took,
        }
    }

    /// Whether the target itself saw the deadline pass.
    pub(super) fn timed_out(&self) -> bool {
        matches!(&self.result, Err(error) if error.reason == ScrapeFailure::Timeout)
    }
}

/// The time over which the beginnings of the scrapes of `targets` targets are spread.
pub(super) fn spread(targets: usize, timeout: Duration) -> Duration {
    let targets = u32::try_from(targets).unwrap_or(u32::MAX);
    SPREAD_EACH
        .saturating_mul(targets)
        .min(SPREAD_MOST)
        .min(timeout / 2)
}

/// The number of a finished task and what it gave, or why it gave nothing.
pub(super) fn settle(joined: Result<(Id, Answer), JoinError>) -> (Id, Result<Answer, JoinError>) {
    match joined {
        Ok((id, answer)) => (id, Ok(answer)),
        Err(fault) => (fault.id(), Err(fault)),
    }
}

/// Asks one target from `begin` on.
pub(super) async fn ask(
    target: Arc<dyn Target>,
    window: Window,
    begin: Instant,
    deadline: Instant,
    places: Option<Arc<Semaphore>>,
) -> Answer {
    sleep_until(begin).await;
    let place = match places {
        Some(places) => places.acquire_owned().await.ok(),
        None => None,
    };
    let (began, started) = (Timestamp::now(), Instant::now());
    let scrape = target.scrape(window, deadline);
    tokio::pin!(scrape);
    let result = match timeout(PATIENCE, &mut scrape).await {
        Ok(result) => result,
        Err(_) => {
            drop(place);
            scrape.await
        }
    };
    Answer {
        result,
        began,
        took: started.elapsed(),
    }
}
