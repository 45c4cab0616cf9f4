//! The HTTP API on port 8082: model, metric export, the legacy resource metrics, health, `/metrics`.
//!
//! One [`Server`] listens, with or without TLS; it answers every request from an [`Api`], which holds what the rest of the
//! program offers to be asked. `routes` is the one list of what exists; `dispatch` goes from a request to an answer:
//! access, cleaning of the path, route, negotiation, handler, compression, counting. Handlers are plain functions from a
//! `Call` to an `Answer`: they read memory only, so none of them waits.
//!
//! ```no_run
//! # async fn run(api: heapster_serve::Api) -> Result<(), heapster_serve::ServeError> {
//! let server = heapster_serve::Server::bind("", 8082, None).await?;
//! server.run(api, tokio_util::sync::CancellationToken::new()).await;
//! # Ok(())
//! # }
//! ```

mod access;
mod answer;
mod api;
mod body;
mod connection;
mod count;
mod dispatch;
mod export;
mod health;
mod json;
mod metrics_api;
mod model;
mod negotiate;
mod path;
mod quantity;
mod query;
mod routes;
mod schema;
mod server;
mod system;
mod tls;

pub use api::{Api, Health, Version};
pub use server::{ServeError, Server};
pub use tls::Tls;
