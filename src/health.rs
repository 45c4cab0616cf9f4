//! Whether batches come: what `/healthz` and `/readyz` ask. It goes by the pipeline, so it works without the store too.

use heapster_pipeline::Progress;
use heapster_plugin::model::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The least age of the newest batch that is too old.
const STALE: Duration = Duration::from_secs(180);

/// The program's health.
#[derive(Debug)]
pub(crate) struct Health {
    progress: Arc<Progress>,
    stale: Duration,
}

impl Health {
    /// Health by the progress of a pipeline with this resolution: three missed batches are too many, and three minutes never
    /// too few.
    pub(crate) fn new(progress: Arc<Progress>, resolution: Duration) -> Self {
        Self {
            progress,
            stale: STALE.max(resolution * 3),
        }
    }
}

impl heapster_serve::Health for Health {
    fn check(&self) -> Result<(), String> {
        judge(self.progress.latest(), Timestamp::now(), self.stale)
    }
}

/// The original's three reasons, in its order and words.
fn judge(latest: Option<(Timestamp, usize)>, now: Timestamp, stale: Duration) -> Result<(), String> {
    match latest {
        None => Err("could not get the latest data batch".to_owned()),
        Some((time, _)) if now.since(time) > stale => {
            Err(format!("No current data batch available (latest: {time})."))
        }
        Some((time, 0)) => Err(format!(
            "Not enough metrics found in the latest data batch: 0 (expected min. 1) {time}"
        )),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_batch_an_old_batch_and_an_empty_batch_are_named() {
        let time = Timestamp::from_secs(1_000_000);
        let at = |secs| time.plus(Duration::from_secs(secs));
        let judge = |latest, now| judge(latest, now, STALE);
        assert_eq!(
            judge(None, time).unwrap_err(),
            "could not get the latest data batch"
        );
        assert_eq!(judge(Some((time, 1)), at(180)), Ok(()));
        assert_eq!(
            judge(Some((time, 1)), at(181)).unwrap_err(),
            "No current data batch available (latest: 1970-01-12T13:46:40Z)."
        );
        assert_eq!(
            judge(Some((time, 0)), at(1)).unwrap_err(),
            "Not enough metrics found in the latest data batch: 0 (expected min. 1) 1970-01-12T13:46:40Z"
        );
    }

    #[test]
    fn a_long_resolution_waits_for_three_batches() {
        let health = Health::new(Arc::default(), Duration::from_secs(300));
        assert_eq!(health.stale, Duration::from_secs(900));
    }
}
