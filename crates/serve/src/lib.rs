//! The HTTP API on port 8082: model, metric export, the legacy resource metrics, health, `/metrics`.
//!
//! One [`Server`] listens, with or without TLS; it answers every request from an [`Api`], which holds what the rest of the
//! program offers to be asked. `routes` is the one list of what exists; `dispatch` goes from a request to an answer:
//! access, cleaning of the path, route, negotiation, handler, compression, counting. Handlers are plain functions from a
//! `Call` to an `Answer`: they read memory only, so none of them waits.
//!
//! Nothing that a client does may cost more than its share. Connections are limited in number, in all and for one address
//! (`room`), and in age; heads and idle times are limited (`connection`); a long answer is made while it is sent (`made`),
//! and only so many of them are on their way at one time (`site`).
//!
//! ```no_run
//! # async fn run(api: heapster_serve::Api) -> Result<(), heapster_serve::ServeError> {
//! let server = heapster_serve::Server::bind("", 8082, None).await?;
//! server.run(api, tokio_util::sync::CancellationToken::new()).await;
//! # Ok(())
//! # }
//! ```
//!
//! The feature `profiling` lets `/debug/pprof/profile` and `/debug/pprof/heap` answer.

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
mod made;
mod metrics_api;
mod model;
mod moment;
mod negotiate;
mod path;
#[cfg(feature = "profiling")]
mod profiling;
#[cfg(not(feature = "profiling"))]
#[path = "no_profiling.rs"]
mod profiling;
mod quantity;
mod query;
mod room;
mod routes;
mod schema;
mod sent;
mod server;
mod site;
mod system;
mod tls;
mod turned_away;

pub use api::{Api, Health, Version};
pub use server::{ServeError, Server};
pub use tls::Tls;
