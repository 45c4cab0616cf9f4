//! The contract between Heapster and its sources and sinks. A third party's plugin needs this crate and nothing else of ours.
//!
//! * [`model`]: entities, metrics, labels and the immutable [`Batch`](model::Batch) of one cycle.
//! * [`source`]: a [`Source`](source::Source) names what can be scraped now; a [`Target`](source::Target) is scraped.
//! * [`sink`]: a [`MetricSink`](sink::MetricSink) turns a batch into bytes, sends it once and says what became of it.
//! * [`options`]: the options of a URI, declared as data.
//! * [`registry`]: `inventory::submit!` a [`SourcePlugin`](registry::SourcePlugin) or
//!   [`SinkPlugin`](registry::SinkPlugin); name the crate once in the program (`use heapster_sink_acme as _;`) to link it.
//! * [`cluster`]: what the Kubernetes API server knows, for sources that need it.
//!
//! The core owns the clock, batching, queues, retries and counters.

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
