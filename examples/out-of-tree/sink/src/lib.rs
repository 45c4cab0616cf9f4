//! A third party's sink: logs the size of each batch behind a greeting.

use heapster_plugin::model::Batch;
use heapster_plugin::options::{Opt, Options};
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
use std::sync::Arc;

inventory::submit! {
    SinkPlugin {
        name: "acme",
        keys: &["acme"],
        about: "Logs the size of each batch",
        options: &[Opt::text("greeting", "batch", "the word before the size")],
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(_: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let greeting = options.text("greeting").to_owned();
    Ok(Box::new(Acme { greeting }))
}

#[derive(Debug)]
struct Acme {
    greeting: String,
}

#[async_trait]
impl MetricSink for Acme {
    fn name(&self) -> &str {
        "Acme Sink"
    }

    async fn write(&mut self, batch: Arc<Batch>, _deadline: Instant) -> Outcome {
        tracing::info!("{}: {} sets at {}", self.greeting, batch.len(), batch.timestamp());
        Outcome::all(batch.value_count())
    }
}
