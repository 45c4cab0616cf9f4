//! The client.

use crate::body;
use crate::error::ClientError;
use crate::files::Stamp;
use crate::proxy::{Proxies, Route};
use crate::tls::TlsOptions;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, PROXY_AUTHORIZATION};
use http::uri::Scheme;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Bytes read at a time, and the most that a connection which nobody uses keeps. Left to itself the library lets the buffer of
/// each connection grow with the answers: 130 KB for each of a thousand kubelets. It takes no less than this.
const READ_BUFFER: usize = 8 * 1024;

type Inner = hyper_util::client::legacy::Client<HttpsConnector<Route>, Full<Bytes>>;

/// How connections are made and kept.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For one attempt to connect.
    pub connect_timeout: Duration,
    /// How long a connection that nobody uses is kept.
    pub idle: Duration,
    /// How many of those are kept for one host and port.
    pub idle_per_host: usize,
    /// Proxies.
    pub proxies: Proxies,
}

/// Ten seconds to connect; two unused connections a host, for ninety seconds; the environment's proxies.
impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            idle: Duration::from_secs(90),
            idle_per_host: 2,
            proxies: Proxies::from_environment(),
        }
    }
}

/// An HTTP client. Connections are shared by everyone who uses the same client.
pub struct Client {
    tls: TlsOptions,
    limits: Limits,
    current: Mutex<(Inner, [Stamp; 3])>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("tls", &self.tls)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client. Reads the files of `tls`; contacts nothing.
    ///
    /// # Errors
    /// [`ClientError::Setup`] with the file that cannot be read or used.
    pub fn new(tls: TlsOptions, limits: Limits) -> Result<Self, ClientError> {
        let stamps = tls.stamps();
        let inner = connect(&tls, &limits)?;
        Ok(Self {
            tls,
            limits,
            current: Mutex::new((inner, stamps)),
        })
    }

    /// Sends `request` and reads the whole answer, whatever its status. `Accept-Encoding: gzip` is added unless the request
    /// says otherwise, and undone. A GET or HEAD that meets a connection which the server has just closed is sent once more.
    ///
    /// Units: `max_body` is the most the answer may hold, in bytes after decompression.
    ///
    /// # Errors
    /// [`ClientError`]; one line each, without the address.
    pub async fn request(
        &self,
        mut request: Request<Bytes>,
        deadline: Instant,
        max_body: usize,
    ) -> Result<Response<Bytes>, ClientError> {
        request
            .headers_mut()
            .entry(ACCEPT_ENCODING)
            .or_insert(HeaderValue::from_static("gzip"));
        if request.uri().scheme() == Some(&Scheme::HTTP)
            && let Some(proxy) = self.limits.proxies.of(request.uri())
            && let Some(auth) = proxy.basic_auth()
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, auth.clone());
        }
        let whole = async {
            let (mut head, body) = self.exchange(request).await?.into_parts();
            let body = body::read(&mut head.headers, body, max_body).await?;
            Ok(Response::from_parts(head, body))
        };
        timeout_at(deadline, whole)
            .await
            .unwrap_or(Err(ClientError::Timeout))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Incoming>, ClientError> {
        let inner = self.inner(request.uri().scheme() == Some(&Scheme::HTTPS));
        let again = matches!(*request.method(), Method::GET | Method::HEAD).then(|| request.clone());
        let error = match inner.request(request.map(Full::new)).await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        match again {
            Some(request) if !error.is_connect() && closed_early(&error) => inner
                .request(request.map(Full::new))
                .await
                .map_err(|error| ClientError::from_exchange(&error)),
            Some(_) | None => Err(ClientError::from_exchange(&error)),
        }
    }

    /// The client with the TLS files as they are now. Files that cannot be used leave the settings that were known.
    fn inner(&self, tls: bool) -> Inner {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if tls {
            let stamps = self.tls.stamps();
            if current.1 != stamps {
                current.1 = stamps;
                match connect(&self.tls, &self.limits) {
                    Ok(inner) => current.0 = inner,
                    Err(error) => tracing::warn!("TLS files changed and the old ones stay in use: {error}"),
                }
            }
        }
        current.0.clone()
    }
}

fn connect(tls: &TlsOptions, limits: &Limits) -> Result<Inner, ClientError> {
    let mut direct = HttpConnector::new();
    direct.enforce_http(false);
    direct.set_nodelay(true);
    direct.set_connect_timeout(Some(limits.connect_timeout));
    let route = Route {
        direct,
        proxies: limits.proxies.clone(),
    };
    let connector: HttpsConnector<Route> = HttpsConnectorBuilder::new()
        .with_tls_config(tls.load()?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(route);
    Ok(hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(limits.idle)
        .pool_max_idle_per_host(limits.idle_per_host)
        .pool_timer(TokioTimer::new())
        .http1_read_buf_exact_size(READ_BUFFER)
        .build(connector))
}

/// Whether the server closed a connection before it answered: a kept one that it gave up at that moment.
fn closed_early(error: &hyper_util::client::legacy::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if current
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_incomplete_message)
            || current
                .downcast_ref::<std::io::Error>()
                .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionReset)
        {
            return true;
        }
        cause = current.source();
    }
    false
}
