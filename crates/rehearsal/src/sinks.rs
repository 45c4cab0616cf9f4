//! Sinks as `--sink=TEXT` makes them.

use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::Registry;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::telemetry::Silent;
use heapster_plugin::uri::Uri;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The sink that `--sink=TEXT` makes, of those that are linked into the test.
///
/// # Errors
/// The line that the program would print.
pub fn build(text: &str) -> Result<Box<dyn MetricSink>, String> {
    let uri = Uri::parse(text, |_| None).map_err(|error| error.to_string())?;
    let registry = Registry::collect().map_err(|error| error.to_string())?;
    let plugin = registry.sink(&uri.key).ok_or("no such sink")?;
    let (options, _) = Options::parse("sink", plugin.options, &uri).map_err(|error| error.to_string())?;
    let context = SinkContext {
        telemetry: Arc::new(Silent),
    };
    let build = plugin.metrics.ok_or("no sink for metrics")?;
    build(&uri, &options, &context).map_err(|error| error.to_string())
}

/// The line with which `--sink=TEXT` is refused; empty when it is not.
#[must_use]
pub fn refusal(text: &str) -> String {
    build(text).err().unwrap_or_default()
}

/// Writes a batch with twenty seconds to do so.
pub async fn write(sink: &mut dyn MetricSink, batch: &Arc<Batch>) -> Outcome {
    sink.write(batch.clone(), Instant::now() + Duration::from_secs(20))
        .await
}
