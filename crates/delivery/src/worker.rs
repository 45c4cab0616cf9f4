//! The task that hands batches to one sink, one after the other.

use crate::guard::{Ended, guarded};
use crate::ledger::{Drop, Ledger};
use crate::queue::Queue;
use crate::warning::Warning;
use heapster_plugin::model::{Batch, Timestamp};
use heapster_plugin::sink::MetricSink;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What a worker and its [`Delivery`](crate::Delivery) share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) name: Arc<str>,
    pub(crate) queue: Queue,
    pub(crate) ledger: Ledger,
    pub(crate) warning: Warning,
}

impl Shared {
    /// Counts values that the sink does not get and says so, at most once a minute.
    pub(crate) fn drop_points(&self, reason: Drop, points: usize, cause: &str) {
        self.ledger.dropped(reason, points);
        self.warn(reason, points, cause);
    }

    fn warn(&self, reason: Drop, points: usize, cause: &str) {
        if let Some(left_out) = self.warning.due(Instant::now()) {
            tracing::warn!(
                reason = reason.as_str(),
                points,
                cause,
                left_out,
                "Failed to push data to sink: {}",
                self.name
            );
        }
    }
}

/// Works until the queue is closed and empty, then stops the sink. Says whether the sink stopped in time.
pub(crate) async fn run(mut sink: Box<dyn MetricSink>, timeout: Duration, shared: Arc<Shared>) -> bool {
    while let Some(batch) = shared.queue.take().await {
        shared.ledger.waiting(shared.queue.waiting());
        let own = Instant::now() + timeout;
        let deadline = shared.queue.closed().map_or(own, |end| own.min(end));
        write(sink.as_mut(), &batch, deadline, &shared).await;
        shared.ledger.waiting(shared.queue.waiting());
    }
    let deadline = shared.queue.closed().unwrap_or_else(Instant::now);
    matches!(
        guarded(async { sink.stop(deadline).await }, deadline).await,
        Ended::Done(())
    )
}

/// Hands over one batch and counts what became of it.
async fn write(sink: &mut dyn MetricSink, batch: &Arc<Batch>, deadline: Instant, shared: &Shared) {
    let (began, points) = (Instant::now(), batch.value_count());
    shared.ledger.handed(Timestamp::now());
    let ended = guarded(async { sink.write(batch.clone(), deadline).await }, deadline).await;
    shared.ledger.took(began.elapsed());
    if !shared.queue.put_down() {
        return;
    }
    match ended {
        Ended::Done(outcome) => {
            shared.ledger.outcome(points, &outcome);
            if let Some(retry) = outcome.retry {
                shared.warn(Drop::Failed, retry.count, &retry.text);
            }
        }
        Ended::Late => {
            let cause = format!("no answer within {:?}", deadline.saturating_duration_since(began));
            shared.drop_points(Drop::Timeout, points, &cause);
        }
        Ended::Panicked(text) => shared.drop_points(Drop::Panic, points, &text),
    }
}
