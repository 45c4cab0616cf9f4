//! One HTTP/1.1 client with TLS options, for everything that talks to a server: kubelets, backends.
//!
//! [`Client::request`] sends one request and gives the whole answer, or says in one line why not. Four things hold for every
//! request: it ends at its deadline, its answer is cut off at a size the caller names (after decompression, and without
//! room being made for more), files with certificates and keys are read again when they change, and the proxies of the
//! environment are used. Connections are kept alive; an answer that redirects is an answer.

mod bearer;
mod body;
mod client;
mod error;
mod files;
mod proxy;
mod stream;
mod tls;

pub use bearer::Bearer;
pub use body::gzip;
pub use client::{Client, Limits};
pub use error::ClientError;
pub use proxy::Proxies;
pub use tls::TlsOptions;
