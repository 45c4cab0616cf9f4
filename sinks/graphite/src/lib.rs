//! Writes metrics to Graphite: carbon's line protocol over TCP or UDP.
//!
//! A path names the node, the pod and the container; with `tagged=true` the labels are Graphite tags instead. Over TCP a batch
//! counts as written when carbon has read it to its end; see `heapster_socket`. Graphite keeps one value of a path and time, so
//! a batch that is sent twice is there once.

mod config;
mod encode;
mod path;
mod send;

use config::{Config, Way};
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
use heapster_socket::{Datagrams, Stream};
use std::sync::Arc;

inventory::submit! {
    SinkPlugin {
        name: "graphite",
        keys: &["graphite"],
        about: "Graphite's carbon over TCP or UDP: --sink=graphite:tcp://HOST:2003",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let config = Config::new(uri, options)?;
    let wire = match config.way.clone() {
        Way::Tcp(address, ending) => Wire::Tcp(Stream::new(address, ending)),
        Way::Udp(address) => Wire::Udp(Datagrams::new(address)),
    };
    Ok(Box::new(Sink { config, wire }))
}

#[derive(Debug)]
struct Sink {
    config: Config,
    wire: Wire,
}

#[derive(Debug)]
enum Wire {
    Tcp(Stream),
    Udp(Datagrams),
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        "Graphite Sink"
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        let sent = match &mut self.wire {
            Wire::Tcp(stream) => send::stream(stream, &batch, &self.config, deadline).await,
            Wire::Udp(datagrams) => send::datagrams(datagrams, &batch, &self.config, deadline).await,
        };
        match sent {
            Ok(skipped) => skipped.outcome(&batch),
            Err(failure) => Outcome::retry_all(&batch, failure.to_string()),
        }
    }

    async fn stop(&mut self, _deadline: Instant) {
        if let Wire::Tcp(stream) = &mut self.wire {
            stream.close().await;
        }
    }
}
