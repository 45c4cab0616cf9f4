//! Sinks: where batches go.

mod outcome;

pub use outcome::{Outcome, Rejection, Retry};

use crate::model::Batch;
use crate::telemetry::Telemetry;
use async_trait::async_trait;
use std::fmt::Debug;
use std::sync::Arc;
use tokio::time::Instant;

/// What the core gives a sink when it is built.
#[derive(Clone, Debug)]
pub struct SinkContext {
    /// Counters.
    pub telemetry: Arc<dyn Telemetry>,
}

/// A configured metric sink. The core owns queue, retry and shutdown; a sink sends a batch once.
///
/// Each sink has a task of its own, which calls it for one batch after the other, in the order of the cycles. What it may rely
/// on, and what is relied on:
/// * The batch is shared with every other consumer; labels that only this sink wants are added while encoding.
/// * It must not block its thread, which belongs to the whole program: what blocks goes to `tokio::task::spawn_blocking`.
/// * A `write` that is not over at its deadline is dropped where it waits, so nothing half-done may be held across an
///   `await` that the next `write` could not cope with. A panic costs that batch; the sink is used again.
#[async_trait]
pub trait MetricSink: Send + Debug {
    /// The name in the label `exporter` and in log lines: `Log Sink`.
    fn name(&self) -> &str;

    /// Encodes and sends one batch, once, and says what became of its values: each of
    /// [`value_count`](Batch::value_count) is accepted, to be tried again, or rejected. What is not mentioned is counted as
    /// dropped, and what is mentioned beyond the batch's values is not counted.
    ///
    /// What is to be tried again comes back later, after a pause: the same batch, or the [rest](Retry::rest) that was named.
    /// Worth another try: no connection, no answer in time, HTTP 5xx, 429 and 408, and what the operator can mend (401, 403, a
    /// database that is not there), with a text that says how. Rejected: what the backend will not take however often it is sent.
    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome;

    /// Flushes what is buffered and ends connections; called once, after the last `write`. At the deadline it is dropped.
    async fn stop(&mut self, _deadline: Instant) {}
}
