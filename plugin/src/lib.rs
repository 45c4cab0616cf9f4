//! The contract between Heapster and its sources and sinks. A third party's plugin needs this crate and nothing else of ours.
//!
//! * [`model`]: entities, metrics, labels and the immutable [`Batch`](model::Batch) of one cycle.
//! * [`source`]: a [`Source`](source::Source) names what can be scraped now; a [`Target`](source::Target) is scraped.
//! * [`sink`]: a [`MetricSink`](sink::MetricSink) turns a batch into bytes, sends it once and says what became of it.
//! * [`options`]: the options of a URI, declared as data.
//! * [`registry`]: `inventory::submit!` a [`SourcePlugin`](registry::SourcePlugin) or
//!   [`SinkPlugin`](registry::SinkPlugin); name the crate once in the program (`use heapster_sink_acme as _;`) to link it.
//! * [`cluster`]: what the Kubernetes API server knows, for sources that need it.
//! * `testkit`, with the feature of that name: helpers for tests, and a conformance kit that runs a sink through everything that
//!   backends do, in one line: `heapster_plugin::conform!(heapster_sink_acme, Kit::http("acme:http://{address}"));`.
//!
//! The core owns the clock, batching, queues, retries and counters. A whole sink:
//!
//! ```
//! use heapster_plugin::model::Batch;
//! use heapster_plugin::options::{Opt, Options};
//! use heapster_plugin::registry::{Registry, SinkPlugin};
//! use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
//! use heapster_plugin::{Instant, async_trait, inventory, source::BuildError, uri::Uri};
//! use std::sync::Arc;
//!
//! inventory::submit! {
//!     SinkPlugin {
//!         name: "acme",                                           // of the folder, the crate, the feature
//!         keys: &["acme"],                                        // --sink=acme:?greeting=hello
//!         about: "Prints the usage of each node",
//!         options: &[Opt::text("greeting", "node", "the word before each line")],
//!         package: env!("CARGO_PKG_NAME"),
//!         metrics: Some(build),
//!     }
//! }
//!
//! fn build(_: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
//!     Ok(Box::new(Acme { greeting: options.text("greeting").to_owned() }))
//! }
//!
//! #[derive(Debug)]
//! struct Acme {
//!     greeting: String,
//! }
//!
//! #[async_trait]
//! impl MetricSink for Acme {
//!     fn name(&self) -> &str {
//!         "Acme Sink"
//!     }
//!
//!     async fn write(&mut self, batch: Arc<Batch>, _deadline: Instant) -> Outcome {
//!         for set in batch.with_prefix("node:") {
//!             for point in set.points() {
//!                 println!("{} {}: {:?}", self.greeting, batch.metric_name(point.metric()), point.value());
//!             }
//!         }
//!         Outcome::all(batch.value_count())
//!     }
//! }
//!
//! assert_eq!(Registry::collect()?.sink("acme").map(|plugin| plugin.name), Some("acme"));
//! # Ok::<(), heapster_plugin::registry::Duplicate>(())
//! ```
//!
//! A source is the same with [`SourcePlugin`](registry::SourcePlugin): its targets answer with
//! [`Scraped`](model::Scraped) sets of the entities that [`SourceContext::model`](source::SourceContext::model) gives out.

pub mod cluster;
pub mod model;
pub mod options;
pub mod registry;
pub mod sink;
pub mod source;
pub mod telemetry;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod uri;

pub use async_trait::async_trait;
pub use inventory;
/// The clock of deadlines, which tests can hold.
pub use tokio::time::Instant;
