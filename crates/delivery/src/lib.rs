//! The way of batches to each sink: queue, filter, retry, spool on disk, ledger.
//!
//! Apart from the pipeline, so that a slow, failing or panicking sink holds up neither the cycle nor another sink: the pipeline
//! only puts a batch into each queue. One [`Delivery`] a sink has up to three tasks: the intake filters, the keeper writes to and
//! reads from disk, the worker hands over one batch after the other and tries again what failed, after pauses.
//!
//! The invariant is the [`Ledger`]: every item that was meant for the sink is accepted, rejected, dropped with a reason, or still
//! waiting. With a spool an item is on disk while the sink works on it, so that the end of the program, of whatever kind, costs
//! none.
//!
//! What is delivered is a [`Parcel`]: a batch of metrics here; a batch of events is another.

mod backoff;
mod book;
mod condition;
mod config;
mod delivery;
mod direct;
mod families;
mod guard;
mod intake;
#[cfg(test)]
mod items;
mod keeper;
mod ledger;
mod metrics;
mod options;
mod parcel;
mod shared;
mod warning;
mod worker;

pub use condition::{Conditions, Field};
pub use config::{Clock, Config};
pub use delivery::Delivery;
pub use direct::Direct;
pub use families::{Families, HEAPSTER};
pub use heapster_spool::{Config as SpoolConfig, Stranger, folder_name, strangers};
pub use ledger::{Drop, Ledger, Snapshot, SpoolSnapshot};
pub use metrics::Filter;
pub use options::{Common, OPTIONS, SpoolChoice};
pub use parcel::{Parcel, Receiver};
