//! One queue and one worker a sink.
//!
//! Apart from the pipeline, so that a slow, failing or panicking sink holds up neither the cycle nor another sink: the
//! pipeline only puts a batch into each queue. The invariant is the ledger: every value that was offered is accepted,
//! rejected, dropped with a reason, or still waiting.
//!
//! Nothing is tried twice yet: what a sink asks to retry is dropped and counted under the reason `failed`.

mod delivery;
mod direct;
mod guard;
mod ledger;
mod queue;
mod warning;
mod worker;

pub use delivery::Delivery;
pub use direct::Direct;
pub use ledger::declare;
