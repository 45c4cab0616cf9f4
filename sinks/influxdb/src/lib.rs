//! Writes metrics to InfluxDB 1.x, and to 2.x and 3.x by `bucket`, over their HTTP line protocol. Measurements, tags and fields
//! are those of Heapster 1.5.
//!
//! [`config`] and [`client`] know the server, [`line`] its protocol, [`database`] what must be there before the first line: all
//! three are for every half of the plugin. [`encode`] makes lines of a batch of metrics as [`schema`] says, [`send`] sends them.

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
use database::Database;
use encode::{Cursor, Encoder};
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
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
    Ok(Box::new(Sink {
        client,
        database: Database::default(),
        encoder: Encoder::new(config.schema),
        concurrency: config.concurrency,
    }))
}

/// The bytes of all requests that the sink of `--sink=TEXT` makes of `batch`; 0 for a text that asks for no such sink. For the
/// bench.
#[doc(hidden)]
#[must_use]
pub fn encoded_bytes(text: &str, batch: &Batch) -> usize {
    let config = Uri::parse(text, |_| None).ok().and_then(|uri| {
        let (options, _) = Options::parse("sink", OPTIONS, &uri).ok()?;
        Config::new(&uri, &options).ok()
    });
    let Some(config) = config else { return 0 };
    let (mut encoder, mut cursor, mut out) = (Encoder::new(config.schema), Cursor::default(), Vec::new());
    let mut bytes = 0;
    encoder.begin(batch);
    while encoder.next(batch, &mut cursor, &mut out).is_some() {
        bytes += out.len();
    }
    bytes
}

/// One `--sink=influxdb:…`.
#[derive(Debug)]
struct Sink {
    client: Client,
    database: Database,
    encoder: Encoder,
    concurrency: usize,
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        let (client, database, encoder) = (&self.client, &mut self.database, &mut self.encoder);
        send::batch(client, database, encoder, self.concurrency, &batch, deadline).await
    }
}
