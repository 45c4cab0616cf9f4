//! Writes metrics to Librato as tagged measurements, as Heapster 1.5 did.
//!
//! Of the original's faults these are mended: a value of 0 is sent, what the API answers is heard, nothing is posted for an
//! empty remainder, connections are kept and used again, and names hold nothing that the API refuses.

mod config;
mod encode;
mod send;
mod text;

use config::Config;
use heapster_httpclient::Endpoint;
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

const NAME: &str = "Librato Sink";

inventory::submit! {
    SinkPlugin {
        name: "librato",
        keys: &["librato"],
        about: "Librato, accounts with tagged measurements",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    Ok(Box::new(Sink {
        config: Config::new(uri, options),
        endpoint: config::endpoint(uri, options)?,
    }))
}

#[derive(Debug)]
struct Sink {
    config: Config,
    endpoint: Endpoint,
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        send::put(NAME, &self.endpoint, &self.config, &batch, deadline).await
    }
}

/// Encodes `batch` as the sink would with the options of `text` (`librato:?…`), and answers how many bytes that is. For the
/// bench; `None` when the options are refused.
#[doc(hidden)]
#[must_use]
pub fn encoded_bytes(text: &str, batch: &Batch) -> Option<usize> {
    let uri = Uri::parse(text, |_| None).ok()?;
    let config = Config::new(&uri, &Options::parse("sink", config::OPTIONS, &uri).ok()?.0);
    let mut encoder = encode::Encoder::new(&config, heapster_tally::values(batch));
    let (mut bytes, mut body) = (0, Vec::new());
    while let Some(chunk) = encoder.next(body) {
        bytes += chunk.body.len();
        body = chunk.body;
    }
    Some(bytes)
}
