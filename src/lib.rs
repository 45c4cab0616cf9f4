//! Heapster: one scrape of each kubelet feeds every consumer.
//!
//! The whole program as a library, so that a custom image adds a plugin with two lines:
//!
//! ```no_run
//! // use heapster_sink_acme as _; // links the plugin; it registers itself
//! fn main() -> std::process::ExitCode {
//!     heapster::main()
//! }
//! ```
//!
//! `flags` reads the command line, `settings`, `sources` and `sinks` check and build what it asks for in the original's order
//! and words, `parts` builds what was asked for, `deliveries` starts a delivery a sink, `run` runs it and stops it in order. `plugins` is the one list of linked crates.

mod deliveries;
mod flags;
mod health;
mod logging;
mod parts;
mod plugins;
mod program;
mod run;
mod settings;
mod signals;
mod sinks;
mod sources;
mod status;
mod validate;

pub use program::main;

use heapster_allocator as _;

/// Version as the program says it, with the `v` of its tags.
const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// Commit the program was built from, or `unknown`.
const COMMIT: &str = env!("HEAPSTER_COMMIT");
