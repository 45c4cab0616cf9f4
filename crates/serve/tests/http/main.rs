//! Requests over loopback to a bound server, answered from a store with a small batch.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)] // test code; the linter sees only `#[test]` functions as such

mod certificates;
mod client;
mod connections;
mod export;
mod fixture;
mod hostile;
mod metrics_api;
mod model;
mod pages;
#[cfg(feature = "profiling")]
mod profiling;
mod tls;
mod transport;
