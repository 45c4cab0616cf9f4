//! Writes metrics to Hawkular Metrics, as Heapster 1.5 did, and the tags of their definitions.
//!
//! Of the original's faults these are mended: the path of the URI is used, nothing blocks the start, no secret is logged, definitions
//! that the server has are not written again after a restart, a changed node name is noticed, and what failed is sent again.

mod cache;
mod config;
mod definitions;
mod encode;
mod filter;
mod id;
mod kubeconfig;
mod send;
mod tags;

use cache::Cache;
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

const NAME: &str = "Hawkular-Metrics Sink";

inventory::submit! {
    SinkPlugin {
        name: "hawkular",
        keys: &["hawkular"],
        about: "Hawkular Metrics, the metrics of OpenShift 3",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let config = Config::new(uri, options)?;
    Ok(Box::new(Sink {
        endpoint: config::endpoint(uri, options, &config)?,
        cache: Cache::new(config.cache_size),
        asked: !config.ask_definitions,
        config,
    }))
}

#[derive(Debug)]
struct Sink {
    config: Config,
    endpoint: Endpoint,
    cache: Cache,
    /// Whether the server was asked for its definitions, or need not be.
    asked: bool,
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        let Self {
            config,
            endpoint,
            cache,
            asked,
        } = self;
        if !*asked {
            *asked = send::ask(endpoint, config, cache, deadline).await;
        }
        send::put(NAME, endpoint, config, cache, &batch, deadline).await
    }
}

/// Encodes `batch` as the sink would with the options of `text` (`hawkular:http://h?…`) when the server has all definitions, and
/// answers how many bytes that is. For the bench; `None` when the options are refused.
#[doc(hidden)]
#[must_use]
pub fn encoded_bytes(text: &str, batch: &Batch, known: &mut Known) -> Option<usize> {
    let uri = Uri::parse(text, |_| None).ok()?;
    let config = Config::new(&uri, &Options::parse("sink", config::OPTIONS, &uri).ok()?.0).ok()?;
    let cache = known.0.get_or_insert_with(|| Cache::new(config.cache_size));
    cache.begin(batch.timestamp());
    let mut encoder = encode::Encoder::new(&config, cache, heapster_tally::values(batch));
    let mut bytes = 0;
    while let Some(request) = encoder.next() {
        bytes += match request {
            encode::Request::Tags { body, .. } => body.len(),
            encode::Request::Values { body, .. } => body.len(),
        };
    }
    drop(encoder);
    cache.end(&[]);
    Some(bytes)
}

/// The definitions that [`encoded_bytes`] has met.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Known(Option<Cache>);
