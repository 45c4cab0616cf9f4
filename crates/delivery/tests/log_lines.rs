//! The lines that users of the original look for.

use heapster_delivery::{Config, Delivery};
use heapster_plugin::async_trait;
use heapster_plugin::model::{Batch, Model, Timestamp};
use heapster_plugin::sink::{MetricSink, Outcome};
use heapster_plugin::telemetry::Silent;
use heapster_plugin::testkit::batch;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// Refuses until it is told not to.
#[derive(Debug)]
struct Fake(Arc<AtomicBool>);

#[async_trait]
impl MetricSink for Fake {
    fn name(&self) -> &str {
        "Fake Sink"
    }
    async fn write(&mut self, batch: Arc<Batch>, _: Instant) -> Outcome {
        match self.0.load(Ordering::Relaxed) {
            true => Outcome::all(batch.value_count()),
            false => Outcome::retry_all(&batch, "503"),
        }
    }
    async fn stop(&mut self, _: Instant) {
        std::future::pending().await
    }
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn trouble_is_said_once_a_minute_and_taken_back_when_it_is_over() {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let well = Arc::new(AtomicBool::new(false));
    let sink: Box<dyn MetricSink> = Box::new(Fake(well.clone()));
    let config = Config::new("Fake Sink", Arc::new(Model::default()));
    let delivery = Delivery::start(sink, config, Arc::new(Silent));
    let empty = Arc::new(batch(&Model::default(), Timestamp::from_secs(1), &[]));
    delivery.offer(&empty);
    pass(110).await;
    well.store(true, Ordering::Relaxed);
    pass(60).await;
    delivery.offer(&empty);
    delivery.stop(Instant::now() + Duration::from_secs(1)).await;
    let said = lines.0.lock().unwrap().clone();
    assert_eq!(said[..2], ["Failed to push data to sink: Fake Sink"; 2]);
    assert!(
        said[2].starts_with("Delivered again to sink: Fake Sink after 1"),
        "{said:?}"
    );
    assert_eq!(said[3..], ["Failed to stop sink: Fake Sink"]);
}
