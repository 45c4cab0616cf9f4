//! What became of each value of a batch that goes out in several requests.
//!
//! A sink walks the [`values`] of a batch, puts them into requests, keeps some of those under way at a time
//! ([`side_by_side`]) and tells the [`Tally`] how each one ended. The tally makes the [`Outcome`]: whatever was neither
//! accepted nor rejected is worth another try, and is named exactly.
//!
//! [`Outcome`]: heapster_plugin::sink::Outcome

mod chunk;
mod pool;
mod tally;
mod walk;

pub use chunk::Chunk;
pub use pool::{go_on, send_by, side_by_side};
pub use tally::Tally;
pub use walk::{Spot, values};
