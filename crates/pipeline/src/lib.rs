//! The clock, the scrape and the processors: one immutable batch a cycle.
//!
//! ```text
//! Windows ──▶ Scraper ──▶ Processors ──▶ Arc<Batch> ──▶ every Consumer
//! (clock)     (fan-out)   (one owner)                   (store, deliveries)
//! ```
//!
//! * [`Windows`] says which window is due. Windows are aligned to the resolution and each is scraped once, five seconds
//!   after its end; the system's clock may jump and the machine may sleep meanwhile.
//! * The scraper asks every target of every source in a task of its own, spread over a few seconds. A failure is an answer:
//!   neither a dead nor a hanging nor a panicking target costs the others anything.
//! * [`Processors`] turns the answers into one [`Batch`](heapster_plugin::model::Batch): rates, enrichment from the
//!   cluster's API, sums. It has one owner and keeps between cycles only what is too dear to make anew: the order of the
//!   keys, the labels, which container belongs to which pod.
//! * [`Pipeline`] runs the three, strictly one cycle after the other, and hands the same `Arc` to every [`Consumer`].
//!
//! Two sources that report the same entity are merged: the set keeps the values of both; where both have a value, and for
//! times and labels, the source that was named first counts.

mod clock;
mod families;
mod label_copier;
mod pipeline;
mod processors;
mod progress;
mod scrape;
mod table;

pub use clock::{SCRAPE_OFFSET, Tick, Windows};
pub use families::declare;
pub use label_copier::LabelCopier;
pub use pipeline::{Config, Consumer, Pipeline};
pub use processors::Processors;
pub use progress::Progress;
