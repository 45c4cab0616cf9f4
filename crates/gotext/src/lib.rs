//! Numbers, durations and JSON text as Go programs read and write them.
//!
//! Every flag, URI option and answer of the original went through Go's standard library, so its users' command lines and
//! clients hold that library's text forms: `1m30s`, `0x1F`, `T`, `1e+21`. This crate is those forms and nothing else.

mod duration;
mod json;
mod number;

pub use duration::{format_duration, parse_duration};
pub use json::{push_json_float, push_json_string};
pub use number::{parse_bool, parse_int, parse_uint, quote};
