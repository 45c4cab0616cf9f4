//! Heapster's own metrics in the Prometheus text format 0.0.4.
//!
//! Apart from everything that counts, so that plugins see the trait [`Telemetry`] only. The invariants: what one series
//! costs is bounded ([`SUMMARY_BYTES`]), how many series a family has is bounded ([`MAX_SERIES`]), and what is refused is
//! counted and shown.
//!
//! ```
//! use heapster_plugin::telemetry::Telemetry;
//! use heapster_telemetry::{Kind, Registry};
//!
//! let registry = Registry::new();
//! registry.declare("heapster_cups_total", Kind::Counter, "Cups of tea, by sort");
//! registry.count("heapster_cups_total", &[("sort", "green")], 2);
//! assert!(registry.render().contains("heapster_cups_total{sort=\"green\"} 2\n"));
//! ```

mod family;
mod heapster;
mod histogram;
mod process;
mod registry;
mod summary;
mod text;

pub use family::Kind;
pub use heapster::declare_heapster;
pub use registry::{MAX_SERIES, Put, Reader, Registry};
pub use summary::SUMMARY_BYTES;

#[cfg(doc)]
use heapster_plugin::telemetry::Telemetry;
