//! Writes metrics to InfluxDB 1.x, and to 2.x and 3.x by `bucket`, over their HTTP line protocol. Measurements, tags and fields
//! are those of Heapster 1.5.
//!
//! `config` and `client` know the server, `line` its protocol, `database` what must be there before the first line: all
//! three are for every half of the plugin. `encode` makes lines of a batch of metrics as `schema` says, `send` sends them.

mod client;
mod config;
mod database;
mod encode;
mod line;
mod names;
mod reply;
mod schema;
mod send;

use client::Client;
use config::{Config, OPTIONS};
use encode::{Cursor, Encoder};
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
use send::Sender;
use std::sync::Arc;

const NAME: &str = "InfluxDB Sink";

inventory::submit! {
    SinkPlugin {
        name: "influxdb",
        keys: &["influxdb"],
        about: "InfluxDB 1, 2 and 3, and what takes their line protocol",
        options: OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let config = Config::new(uri, options)?;
    let client = Client::new(uri, options, &config)?;
    Ok(Box::new(Sink(Sender::new(client, config))))
}

/// What counts the bytes of all requests that the sink of `--sink=TEXT` makes of a batch, in one buffer; `None` for a text that
/// asks for no such sink. For the bench.
#[doc(hidden)]
#[must_use]
pub fn counting(text: &str) -> Option<impl FnMut(&Batch) -> usize + use<>> {
    let uri = Uri::parse(text, |_| None).ok()?;
    let config = Config::new(&uri, &Options::parse("sink", OPTIONS, &uri).ok()?.0).ok()?;
    let (mut encoder, mut out) = (Encoder::new(config.schema), Vec::new());
    Some(move |batch: &Batch| {
        let (mut cursor, mut bytes) = (Cursor::default(), 0);
        encoder.begin(batch);
        while encoder.next(batch, &mut cursor, &mut out).is_some() {
            bytes += out.len();
        }
        bytes
    })
}

/// One `--sink=influxdb:…`.
#[derive(Debug)]
struct Sink(Sender);

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        self.0.send(&batch, deadline).await
    }
}
