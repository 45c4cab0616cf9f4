//! Writes metrics to Wavefront (VMware Aria Operations for Applications): lines to a proxy over TCP, or to a proxy or a cluster
//! over HTTP, with the API token of the cluster.
//!
//! Over TCP a batch counts as written when the proxy has read it to its end; see `heapster_socket`. Wavefront keeps one value of
//! a metric, source, tags and second, so a batch that is sent twice is there once.

mod config;
mod encode;
mod line;
mod send;

use config::{Config, Way};
use heapster_httpclient::Endpoint;
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
use heapster_socket::Stream;
use std::sync::Arc;

inventory::submit! {
    SinkPlugin {
        name: "wavefront",
        keys: &["wavefront"],
        about: "Wavefront: --sink=wavefront:PROXY:2878 or wavefront:https://CLUSTER.wavefront.com?token=…",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let (config, way) = Config::new(uri, options)?;
    let wire = match way {
        Way::Log => Wire::Log,
        Way::Tcp(address, ending) => Wire::Tcp(Stream::new(address, ending)),
        Way::Http(base, transport) => {
            let endpoint = Endpoint::new(&base, transport)
                .map_err(|error| BuildError::Other(format!("address of sink {:?}: {error}", uri.key)))?;
            Wire::Http(Box::new(endpoint))
        }
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
    Log,
    Tcp(Stream),
    Http(Box<Endpoint>),
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        "Wavefront Sink"
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        match &mut self.wire {
            Wire::Log => send::log(&batch, &self.config),
            Wire::Tcp(stream) => send::stream(stream, &batch, &self.config, deadline).await,
            Wire::Http(endpoint) => send::http(endpoint, &batch, &self.config, deadline).await,
        }
    }

    async fn stop(&mut self, _deadline: Instant) {
        if let Wire::Tcp(stream) = &mut self.wire {
            stream.close().await;
        }
    }
}
