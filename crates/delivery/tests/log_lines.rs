//! The lines that users of the original look for.

use heapster_delivery::{Config, Delivery};
use heapster_plugin::async_trait;
use heapster_plugin::model::{Batch, Model, Timestamp};
use heapster_plugin::sink::{MetricSink, Outcome};
use heapster_plugin::telemetry::Silent;
use heapster_plugin::testkit::{Lines, batch};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

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
    let said = lines.take_messages();
    assert_eq!(said[..2], ["Failed to push data to sink: Fake Sink"; 2]);
    assert!(
        said[2].starts_with("Delivered again to sink: Fake Sink after 1"),
        "{said:?}"
    );
    assert_eq!(said[3..], ["Failed to stop sink: Fake Sink"]);
}
