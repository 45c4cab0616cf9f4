//! One-way text to a server, for protocols without answers: over a TCP [`Stream`], or in UDP [`Datagrams`].
//!
//! Such a server says nothing, so a sink that only writes learns nothing: bytes that the kernel took are lost when the server
//! dies. A [`Stream`] therefore asks for the one sign there is. It ends each batch with its half of the connection and waits for
//! the server's end, which comes when the server has read everything. [`Ending::Keep`] leaves the connection open instead.
//!
//! Names are looked up anew for each connection. Every wait ends at the caller's deadline. What is dropped half-way takes its
//! connection along.

mod address;
mod datagrams;
mod skipped;
mod stream;

pub use address::Address;
pub use datagrams::{Datagrams, Socket};
pub use skipped::Skipped;
pub use stream::{Ending, Sending, Stream};

use std::io;

/// Why the server does not have the text, in one line: what was tried, with whom, what came of it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    fn new(what: &str, address: &Address, why: impl std::fmt::Display) -> Self {
        Self(format!("{what} {address}: {why}"))
    }
}

/// An error in few words: `connection refused`, not `Connection refused (os error 111)`.
fn plain(error: &io::Error) -> String {
    let kind = error.kind();
    let known = [
        (io::ErrorKind::ConnectionRefused, "connection refused"),
        (io::ErrorKind::ConnectionReset, "connection reset"),
        (io::ErrorKind::BrokenPipe, "the server ended the connection"),
    ];
    let found = known.iter().find(|(known, _)| *known == kind);
    found.map_or_else(|| error.to_string(), |(_, text)| (*text).to_owned())
}
