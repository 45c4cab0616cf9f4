//! Numbers, durations, times, JSON and query text as Go programs read and write them.
//!
//! Every flag, URI option, answer and line of the original went through Go's standard library, so its users' command lines,
//! clients and stores hold that library's text forms: `1m30s`, `0x1F`, `T`, `1e+21`. This crate is those forms and nothing
//! else. What writes appends to a buffer, a `String` or a `Vec<u8>`, and allocates nothing beside it.
//!
//! ```
//! let mut line = b"cpu.usage ".to_vec();
//! heapster_gotext::push_fixed6(&mut line, 0.125);
//! assert_eq!(line, b"cpu.usage 0.125000");
//! ```

mod duration;
mod float;
mod json;
mod number;
mod out;
mod time;
mod url;

pub use duration::{format_duration, parse_duration};
pub use float::{push_decimal, push_fixed6, push_general, push_json_float};
pub use json::{push_json_string, push_json_string_plain};
pub use number::{parse_bool, parse_int, parse_uint, push_int, push_uint, quote};
pub use out::Out;
pub use time::{push_rfc3339, push_rfc3339_nano};
pub use url::push_query_escape;
