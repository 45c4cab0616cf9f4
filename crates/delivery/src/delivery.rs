//! The pipeline's side of a sink.

use crate::ledger::{Drop as Reason, Ledger};
use crate::queue::{Offered, Queue};
use crate::warning::Warning;
use crate::worker::{self, Shared};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::MetricSink;
use heapster_plugin::telemetry::Telemetry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// The way of batches to one sink: a bounded queue and a task that empties it.
///
/// Caveats: a `write` that is not over by its deadline is dropped where it waits, so a sink must hold nothing half-done
/// across an `await` that its next `write` could not cope with. After a panic the sink is used again.
#[derive(Debug)]
pub struct Delivery {
    shared: Arc<Shared>,
    worker: Mutex<Option<JoinHandle<bool>>>,
}

impl Delivery {
    /// Starts the worker of `sink` on the current runtime. `queue` batches wait at most, at least one, beside the one in
    /// the worker's hand; the sink has `timeout` for each.
    #[must_use]
    pub fn start(
        sink: Box<dyn MetricSink>,
        queue: usize,
        timeout: Duration,
        telemetry: Arc<dyn Telemetry>,
    ) -> Self {
        let name: Arc<str> = sink.name().into();
        let shared = Arc::new(Shared {
            name: name.clone(),
            queue: Queue::new(queue),
            ledger: Ledger::new(name, telemetry),
            warning: Warning::default(),
        });
        shared.ledger.waiting((0, 0));
        let worker = tokio::spawn(worker::run(sink, timeout, shared.clone()));
        Self {
            shared,
            worker: Mutex::new(Some(worker)),
        }
    }

    /// The sink's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Queues a batch. Never waits: a full queue drops its oldest batch, which is counted and logged.
    pub fn offer(&self, batch: &Arc<Batch>) {
        let shared = &self.shared;
        shared.ledger.offered(batch.value_count());
        match shared.queue.offer(batch.clone()) {
            Offered::Taken => {}
            Offered::Displaced(oldest) => {
                let cause = "the sink is slower than batches come";
                shared.drop_points(Reason::QueueFull, oldest.value_count(), cause);
            }
            Offered::Closed => shared.ledger.dropped(Reason::Stopped, batch.value_count()),
        }
        shared.ledger.waiting(shared.queue.waiting());
    }

    /// Takes no more batches, lets the one in hand and the waiting ones finish, then stops the sink. What is not over by
    /// `deadline` is cut off, counted, and logged as `Failed to stop sink: NAME`.
    pub async fn stop(&self, deadline: Instant) {
        let Some(mut worker) = self.take_worker() else {
            return;
        };
        self.shared.queue.close(deadline);
        let stopped = timeout_at(deadline, &mut worker)
            .await
            .is_ok_and(|ended| ended.unwrap_or(false));
        worker.abort();
        let left = self.abandon();
        if !stopped {
            tracing::warn!(points = left, "Failed to stop sink: {}", self.shared.name);
        }
    }

    /// Counts what no worker will see any more: how many values.
    fn abandon(&self) -> usize {
        let left = self.shared.queue.abandon(Instant::now());
        let points = left.iter().map(|batch| batch.value_count()).sum();
        self.shared.ledger.dropped(Reason::Stopped, points);
        self.shared.ledger.waiting((0, 0));
        points
    }

    fn take_worker(&self) -> Option<JoinHandle<bool>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if let Some(worker) = self.take_worker() {
            worker.abort();
            self.abandon();
        }
    }
}

#[cfg(test)]
mod tests;
