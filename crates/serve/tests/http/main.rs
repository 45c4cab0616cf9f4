//! Requests over loopback to a bound server, answered from a store with a small batch.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)] // test code; the linter sees only `#[test]` functions as such

mod client;
mod connections;
mod export;
mod fixture;
mod metrics_api;
mod model;
mod pages;
mod tls;
mod transport;
