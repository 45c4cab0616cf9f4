//! The lines that users of the original look for.

use heapster_delivery::Delivery;
use heapster_plugin::async_trait;
use heapster_plugin::model::{Batch, Model, Timestamp};
use heapster_plugin::sink::{MetricSink, Outcome};
use heapster_plugin::telemetry::Silent;
use heapster_plugin::testkit::batch;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps the messages of all lines.
#[derive(Default, Clone)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Visit for Lines {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Debug)]
struct Stuck;

#[async_trait]
impl MetricSink for Stuck {
    fn name(&self) -> &str {
        "Stuck Sink"
    }
    async fn write(&mut self, _: Arc<Batch>, _: Instant) -> Outcome {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_said_once_a_minute_and_at_the_end() {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let delivery = Delivery::start(Box::new(Stuck), 1, Duration::from_secs(20), Arc::new(Silent));
    let empty = Arc::new(batch(&Model::default(), Timestamp::from_secs(1), &[]));
    for _ in 0..10 {
        delivery.offer(&empty);
    }
    delivery.stop(Instant::now() + Duration::from_secs(1)).await;
    let lines = lines.0.lock().unwrap().clone();
    assert_eq!(
        lines,
        [
            "Failed to push data to sink: Stuck Sink",
            "Failed to stop sink: Stuck Sink"
        ]
    );
}
