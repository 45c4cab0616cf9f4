//! Sinks: where batches go.

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

    /// Encodes and sends one batch, and says what became of its values: each of
    /// [`value_count`](Batch::value_count) is accepted, to be tried again, or rejected. What is not mentioned is counted as
    /// dropped, and what is mentioned beyond the batch's values is not counted.
    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome;

    /// Flushes what is buffered and ends connections; called once, after the last `write`. At the deadline it is dropped.
    async fn stop(&mut self, _deadline: Instant) {}
}

/// What became of the values of a batch.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outcome {
    /// Values that the backend has now.
    pub accepted: usize,
    /// Values worth another try, with one line on why.
    pub retry: Option<Retry>,
    /// Values that will never be accepted, by reason.
    pub rejected: Vec<(Rejection, usize)>,
}

/// A failure that may pass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retry {
    /// Values concerned.
    pub count: usize,
    /// One line: what was tried, with what, what came back.
    pub text: String,
}

/// Why a backend will never take a value. A closed list: they are label values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The backend cannot express it (NaN, a kind of value).
    Unrepresentable,
    /// The backend answered that it is not valid.
    Invalid,
    /// The backend keeps nothing that old.
    TooOld,
    /// Too large for the backend.
    TooLarge,
}

impl Rejection {
    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unrepresentable => "unrepresentable",
            Self::Invalid => "invalid",
            Self::TooOld => "too_old",
            Self::TooLarge => "too_large",
        }
    }
}

impl Outcome {
    /// Everything was accepted.
    #[must_use]
    pub const fn all(accepted: usize) -> Self {
        Self {
            accepted,
            retry: None,
            rejected: Vec::new(),
        }
    }
}
