//! What tests and benches of sinks need: a [`Backend`] that answers by a script, the [`recorded`] batch whose bytes on the
//! wire are known for every sink of the original, and [many pods](pods). Not part of the program.

mod backend;
mod batches;
mod sinks;

pub use backend::{Backend, Reply, Seen};
pub use batches::{pods, recorded};
pub use sinks::{build, refusal, write};
