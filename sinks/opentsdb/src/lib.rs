//! Writes metrics to OpenTSDB over `/api/put`, or as `put` lines. Names and tags are those of Heapster 1.5.
//!
//! Of the original's faults these are mended: labeled values (filesystems, disks, accelerators) are sent, a batch goes on after
//! a request that failed, an empty put is never sent, what the server refuses is named, and every request has a time limit.

mod answer;
mod config;
mod encode;
mod send;
mod tags;
mod telnet;

use config::{Config, Mode};
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

const NAME: &str = "OpenTSDB Sink";

inventory::submit! {
    SinkPlugin {
        name: "opentsdb",
        keys: &["opentsdb"],
        about: "OpenTSDB 2.x over HTTP or telnet, and what takes its puts",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let config = Config::new(uri, options)?;
    let endpoint = config.endpoint(uri, options)?;
    Ok(Box::new(Sink { config, endpoint }))
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
        match self.config.mode {
            Mode::Http => send::put(NAME, &self.endpoint, &self.config, &batch, deadline).await,
            Mode::Telnet => telnet::put(NAME, &self.config, &batch, deadline).await,
        }
    }
}

/// Encodes `batch` as the sink would with the options of `text` (`opentsdb:?…`), and answers how many bytes that is. For the
/// bench; `None` when the options are refused.
#[doc(hidden)]
#[must_use]
pub fn encoded_bytes(text: &str, batch: &Batch) -> Option<usize> {
    let uri = Uri::parse(text, |_| None).ok()?;
    let config = Config::new(&uri, &Options::parse("sink", config::OPTIONS, &uri).ok()?.0).ok()?;
    let mut encoder = encode::Encoder::new(&config, heapster_tally::values(batch));
    let (mut bytes, mut body) = (0, Vec::new());
    while let Some(chunk) = encoder.next(body) {
        bytes += chunk.body.len();
        body = chunk.body;
    }
    Some(bytes)
}
