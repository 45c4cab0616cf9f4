//! Requests over loopback to a bound server, answered from a store with a small batch.

mod client;
mod connections;
mod export;
mod fixture;
mod metrics_api;
mod model;
mod pages;
mod tls;
mod transport;
