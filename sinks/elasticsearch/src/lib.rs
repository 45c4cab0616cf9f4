//! Writes metrics to Elasticsearch 2 to 9 and OpenSearch, by `_bulk` requests.
//!
//! To Elasticsearch 2 and 5 what goes over the wire is what Heapster 1.5 sent: one index a day with a document type for each
//! family of metrics. Later servers know no types: there each family has an index a day, or a data stream, and the aliases
//! stay the same. Which of them it is the server says, or the option `ver`.
//!
//! A document's id is made from its content. So a batch that is sent again, after a lost answer or a restart, replaces what is
//! there already, and every value is there once.

mod answer;
mod bulk;
mod config;
mod encode;
mod family;
mod group;
mod id;
mod layout;
mod mapping;
mod pool;
mod setup;
mod sign;
mod tags;

use bytes::Bytes;
use config::Config;
use encode::{Encoder, Pending};
use family::{Families, Family};
use heapster_httpclient::options::refuse;
use heapster_plugin::async_trait;
use heapster_plugin::inventory;
use heapster_plugin::model::Batch;
use heapster_plugin::options::Options;
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::telemetry::Telemetry;
use heapster_plugin::uri::Uri;
use heapster_tally::send_by;
use http::Method;
use layout::{Dialect, Layout, day};
use pool::{Ask, Pool};
use setup::Setup;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use tokio::time::Instant;

/// The name in log lines and in the label `exporter`, as the original has it.
const NAME: &str = "ElasticSearch Sink";

/// Documents that the server did not take, by the status it gave them.
const ITEM_ERRORS: &str = "heapster_plugin_elasticsearch_item_errors_total";

inventory::submit! {
    SinkPlugin {
        name: "elasticsearch",
        keys: &["elasticsearch"],
        about: "Elasticsearch 2 to 9 and OpenSearch over HTTP",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, context: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    let config = Config::new(uri, options, |name| std::env::var(name).ok())?;
    Ok(Box::new(Sink {
        pool: Pool::new(&config).map_err(|error| refuse(uri, config::NODES, error.to_string()))?,
        config,
        dialect: None,
        setup: Setup::default(),
        limit: AtomicUsize::new(usize::MAX),
        telemetry: context.telemetry.clone(),
    }))
}

#[derive(Debug)]
struct Sink {
    config: Config,
    pool: Pool,
    /// What the server said it is.
    dialect: Option<Dialect>,
    setup: Setup,
    /// The most bytes in a request, after the server refused larger ones.
    limit: AtomicUsize,
    telemetry: Arc<dyn Telemetry>,
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(&mut self, batch: Arc<Batch>, deadline: Instant) -> Outcome {
        if batch.value_count() == 0 {
            return Outcome::all(0);
        }
        let deadline = send_by(deadline);
        let outcome = match self.prepare(&batch, deadline).await {
            Err(text) => Outcome::retry_all(&batch, text),
            Ok(layout) => self.deliver(&layout, &batch, deadline).await,
        };
        if outcome.retry.is_some() {
            // The server may come back as another one, or without what was set up.
            self.dialect = None;
            self.setup.forget();
        }
        outcome
    }
}

impl Sink {
    /// Everything that has to be before documents are sent.
    async fn prepare(&mut self, batch: &Batch, deadline: Instant) -> Result<Layout, String> {
        self.pool.ready(deadline).await?;
        let dialect = match self.config.dialect.or(self.dialect) {
            Some(dialect) => dialect,
            None => self.ask_version(deadline).await?,
        };
        self.dialect = Some(dialect);
        let layout = Layout {
            dialect,
            base: self.config.index.clone(),
            stream: self.config.stream,
        };
        let day = day(batch.timestamp());
        self.setup
            .ensure(&self.pool, &layout, &day, families(batch), deadline)
            .await?;
        Ok(layout)
    }

    /// Asks the server which one it is. One that does not say it is taken for version 5, as by the original.
    async fn ask_version(&self, deadline: Instant) -> Result<Dialect, String> {
        let ask = Ask {
            method: Method::GET,
            path: "/",
            json: true,
            body: Bytes::new(),
        };
        let told = self.pool.send(&ask, deadline).await?;
        match (told.answer.status.as_u16(), Dialect::of_server(&told.answer.body)) {
            (200..=299, Some((dialect, name))) => {
                tracing::info!(dialect = ?dialect, "elasticsearch: the server is {name}");
                Ok(dialect)
            }
            (401 | 408 | 429 | 500.., _) => Err(told.line()),
            (status, _) => {
                let text =
                    "elasticsearch: the server does not tell its version, 5 is assumed; ver names another";
                tracing::warn!(status, "{text}");
                Ok(Dialect::Typed5)
            }
        }
    }

    async fn deliver(&self, layout: &Layout, batch: &Batch, deadline: Instant) -> Outcome {
        let (outcome, failed) =
            bulk::deliver(&self.pool, &self.config, layout, &self.limit, batch, deadline).await;
        for (status, count) in failed {
            self.telemetry
                .count(ITEM_ERRORS, &[("status", &status.to_string())], count);
        }
        outcome
    }
}

/// The families that occur in a batch.
fn families(batch: &Batch) -> Families {
    let mut all = Families::default();
    for set in batch.sets() {
        let plain = set.points().map(|point| point.metric());
        let labeled = set.labeled().map(|one| one.point.metric());
        for metric in plain.chain(labeled) {
            all.insert(Family::of(metric));
        }
        if all.is_full() {
            break;
        }
    }
    all
}

/// Encodes a batch as the sink that `text` asks for would for Elasticsearch `ver`, and gives the number of bytes. For the
/// bench; `None` when `text` is no such sink.
#[doc(hidden)]
#[must_use]
pub fn encoded_bytes(text: &str, batch: &Batch) -> Option<usize> {
    let uri = Uri::parse(text, |_| None).ok()?;
    let (options, _) = Options::parse("sink", config::OPTIONS, &uri).ok()?;
    let config = Config::new(&uri, &options, |_| None).ok()?;
    let layout = Layout {
        dialect: config.dialect?,
        base: config.index,
        stream: config.stream,
    };
    let mut encoder = Encoder::new(batch, &layout, &config.cluster, config.pipeline.as_deref());
    let mut pending = Pending::default();
    let mut bytes = 0;
    for set in batch.sets() {
        encoder.set(&set, &mut pending);
        while pending.is_full(config.actions, config.bytes) {
            bytes += pending.take(config.actions, config.bytes).body.len();
        }
    }
    Some(bytes + pending.body.len())
}
