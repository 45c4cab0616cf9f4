//! Writes metrics to StatsD servers in UDP datagrams: a gauge a value.
//!
//! Three forms: `etsystatsd`, where labels are parts of the name; `influxstatsd`, where they are tags in the name, as Telegraf
//! reads them; `dogstatsd`, where they are tags behind the value. Nothing is confirmed; only that nobody listens is noticed.

mod config;
mod encode;
mod etsy;
mod keys;
mod send;
mod tags;

use config::Config;
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
use heapster_socket::Datagrams;
use keys::Keys;
use std::sync::Arc;

inventory::submit! {
    SinkPlugin {
        name: "statsd",
        keys: &["statsd"],
        about: "StatsD servers over UDP: --sink=statsd:udp://HOST:8125",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let config = Config::new(uri, options)?;
    let keys = Keys::new(config.form, config.style, config.rename.clone());
    let datagrams = Datagrams::new(config.address.clone());
    Ok(Box::new(Sink {
        config,
        keys,
        datagrams,
    }))
}

#[derive(Debug)]
struct Sink {
    config: Config,
    keys: Keys,
    datagrams: Datagrams,
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        "StatsD Sink"
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        match send::put(&self.datagrams, &batch, &self.config, &mut self.keys, deadline).await {
            Ok(skipped) => skipped.outcome(&batch),
            Err(failure) => Outcome::retry_all(&batch, failure.to_string()),
        }
    }
}
