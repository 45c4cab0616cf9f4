//! What tests and benches need: a [`Backend`] that answers by a script, the [`recorded`] batch whose bytes on the
//! wire are known for every sink of the original, [many pods](pods), a [`Live`] server where one is installed, certificates. Not part of the
//! program.

mod backend;
mod batches;
mod live;
mod reader;
mod sinks;
pub mod tls;
mod usage;

pub use backend::{Backend, Reply, Seen};
pub use batches::{at, pods, recorded};
pub use live::Live;
pub use reader::reader;
pub use sinks::{build, refusal, write};
pub use usage::processor_time;
