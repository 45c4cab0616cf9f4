//! What tests and benches of sinks need: a [`Backend`] that answers by a script, the [`recorded`] batch whose bytes on the
//! wire are known for every sink of the original, [many pods](pods), and a [`Live`] server where one is installed. Not part of the
//! program.

mod backend;
mod batches;
mod live;
mod sinks;

pub use backend::{Backend, Reply, Seen};
pub use batches::{at, pods, recorded};
pub use live::Live;
pub use sinks::{build, refusal, write};
