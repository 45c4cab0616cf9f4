//! One HTTP/1.1 client with TLS options, for everything that talks to a server: kubelets, backends.
//!
//! [`Client::request`] sends one request and gives the whole answer, or says in one line why not. Four things hold for every
//! request: it ends at its deadline, its answer is cut off at a size the caller names (after decompression, and without
//! room being made for more), files with certificates and keys are read again when they change, and the proxies of the
//! environment are used. Connections are kept alive; an answer that redirects is an answer.
//!
//! For sinks there is an [`Endpoint`] on top: a base address with authentication, gzip, timeouts and a bound on connections. A
//! sink sends each request once; [`Endpoint::judge`] says what becomes of the data, in texts without address credentials:
//!
//! ```
//! use heapster_httpclient::{Auth, Endpoint, Transport, Verdict, options, query};
//! use heapster_plugin::Instant;
//! use heapster_plugin::options::{Opt, OptionError, Options};
//! use heapster_plugin::uri::Uri;
//! use http::{HeaderValue, header::CONTENT_TYPE};
//!
//! // src/config.rs: the sink's own options and those it shares with others.
//! const OPTIONS: &[Opt] = &[
//!     Opt::text("db", "k8s", "database"),
//!     options::USER,
//!     options::PASSWORD,
//!     options::CA_CERT,
//!     options::TIMEOUT,
//! ];
//!
//! fn endpoint(uri: &Uri, given: &Options) -> Result<Endpoint, OptionError> {
//!     let transport = Transport {
//!         auth: Auth::from_options(uri, given)?,
//!         connections: 4,
//!         ..Transport::from_options(uri, given)?
//!     };
//!     Endpoint::new(&format!("http://{}", uri.host), transport)
//!         .map_err(|error| options::refuse(uri, Opt::text("host", "", ""), error.to_string()))
//! }
//!
//! // src/send.rs: one request, and what became of its data.
//! async fn send(endpoint: &Endpoint, body: Vec<u8>, deadline: Instant) -> Verdict {
//!     let path = format!("/write?{}", query([("db", "k8s")]));
//!     let call = endpoint
//!         .post(&path)
//!         .header(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
//!         .body(body.into());
//!     endpoint.judge(&call.send(deadline).await)
//! }
//!
//! let uri = Uri::parse("acme:http://127.0.0.1:1?user=a&pw=secret", |_| None)?;
//! let endpoint = endpoint(&uri, &Options::parse("sink", OPTIONS, &uri)?.0)?;
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let soon = Instant::now() + std::time::Duration::from_secs(5);
//! let Verdict::Retry { text, .. } = send(&endpoint, b"x".to_vec(), soon).await else { unreachable!() };
//! assert_eq!(text, "POST http://127.0.0.1:1/write: connection refused");
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Beyond that: [`Auth::bearer`], [`Auth::scheme`] (`Token …`), [`Auth::header`] and [`Auth::signed`]; secrets may stand in
//! files ([`options::secret`]); a sink that reads its backend's answers takes [`Endpoint::judge_with`] or [`Endpoint::line`].

mod answer;
mod auth;
mod bearer;
mod body;
mod client;
mod endpoint;
mod error;
mod files;
pub mod options;
mod proxy;
mod query;
mod stream;
mod tls;

pub use answer::{Answer, Failure, Verdict, one_line};
pub use auth::{Auth, Sign};
pub use bearer::Bearer;
pub use body::gzip;
pub use client::{Client, Limits};
pub use endpoint::{Call, Endpoint, Transport};
pub use error::ClientError;
pub use proxy::Proxies;
pub use query::{path_segment, query};
pub use tls::TlsOptions;
