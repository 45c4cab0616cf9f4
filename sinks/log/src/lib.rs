//! Writes each batch to the program's log, to a standard stream or to a file: as the text of Heapster 1.5, or as a line of
//! JSON a set.
//!
//! A batch is streamed: neither form ever exists as a whole in memory.

mod config;
mod encode;
mod send;

use config::Config;
use heapster_plugin::async_trait;
use heapster_plugin::inventory;
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use std::sync::Arc;
use tokio::time::Instant;

inventory::submit! {
    SinkPlugin {
        name: "log",
        keys: &["log"],
        about: "Writes batches to the log, a standard stream or a file",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(_: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    Ok(Box::new(Sink {
        config: Arc::new(Config::new(options)),
    }))
}

#[derive(Debug)]
struct Sink {
    config: Arc<Config>,
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        "Log Sink"
    }

    async fn write(&mut self, batch: Arc<Batch>, _deadline: Instant) -> Outcome {
        let count = batch.value_count();
        let config = self.config.clone();
        // A pipe that nobody reads blocks: that must not hold a thread of the runtime.
        let written = tokio::task::spawn_blocking(move || send::put(&batch, &config)).await;
        let text = match written {
            Ok(Ok(())) => return Outcome::all(count),
            Ok(Err(error)) => format!("writing to {}: {error}", self.config.target),
            Err(error) => format!("writing to {}: {error}", self.config.target),
        };
        Outcome::retry_count(count, text)
    }
}
