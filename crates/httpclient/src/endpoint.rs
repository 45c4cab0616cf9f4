//! One backend: its address with all that belongs to talking to it.

use crate::answer::{Answer, Failure, Verdict, one_line};
use crate::auth::Auth;
use crate::body;
use crate::client::{Client, Limits};
use crate::error::ClientError;
use crate::proxy::Proxies;
use crate::tls::TlsOptions;
use bytes::Bytes;
use heapster_plugin::uri::redact;
use http::header::{CONTENT_ENCODING, USER_AGENT};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

const AGENT: HeaderValue = HeaderValue::from_static(concat!("heapster/", env!("CARGO_PKG_VERSION")));

/// How to talk to a backend. `..Transport::default()` fills in what a sink does not care about.
#[derive(Clone, Debug)]
pub struct Transport {
    /// TLS, for `https` addresses.
    pub tls: TlsOptions,
    /// Who sends.
    pub auth: Auth,
    /// Proxies.
    pub proxies: Proxies,
    /// Whether request bodies are sent with `Content-Encoding: gzip`.
    pub gzip: bool,
    /// For one whole request; zero: only the deadline counts.
    pub timeout: Duration,
    /// For one attempt to connect.
    pub connect_timeout: Duration,
    /// How many requests are under way, and connections open, at one time; further ones wait. At least 1.
    pub connections: usize,
    /// The most an answer may hold, in bytes after decompression.
    pub max_answer: usize,
}

/// Nobody signs, the environment's proxies, no gzip, 30 s a request, 5 s to connect, 8 connections, answers up to 4 MiB.
impl Default for Transport {
    fn default() -> Self {
        Self {
            tls: TlsOptions::default(),
            auth: Auth::none(),
            proxies: Proxies::from_environment(),
            gzip: false,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            connections: 8,
            max_answer: 4 << 20,
        }
    }
}

/// A backend. Shared by reference: its requests run side by side.
#[derive(Debug)]
pub struct Endpoint {
    client: Client,
    scheme: Scheme,
    authority: Authority,
    /// Empty, or begins with a slash and does not end with one.
    path: String,
    auth: Auth,
    gzip: bool,
    timeout: Duration,
    max_answer: usize,
    free: Semaphore,
}

impl Endpoint {
    /// The backend at `base`: `http://HOST:PORT` or `https://…`, with a path if all its paths begin with one. Reads the
    /// files of the TLS options; contacts nothing.
    ///
    /// # Errors
    /// [`ClientError::Setup`] for an address that is none, and for files that cannot be read or used.
    pub fn new(base: &str, transport: Transport) -> Result<Self, ClientError> {
        let refuse = |why: &str| ClientError::Setup(format!("{:?} is no address: {why}", redact(base)));
        let parts = base
            .parse::<Uri>()
            .map_err(|error| refuse(&error.to_string()))?
            .into_parts();
        let scheme = parts.scheme.filter(|s| *s == Scheme::HTTP || *s == Scheme::HTTPS);
        let scheme = scheme.ok_or_else(|| refuse("it begins with neither http:// nor https://"))?;
        let authority = parts.authority.filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(|| refuse("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("user and password have options of their own"));
        }
        let connections = transport.connections.clamp(1, Semaphore::MAX_PERMITS);
        let limits = Limits {
            connect_timeout: transport.connect_timeout,
            idle_per_host: connections,
            proxies: transport.proxies,
            ..Limits::default()
        };
        let path = parts.path_and_query.as_ref().map_or("", |path| path.path());
        Ok(Self {
            client: Client::new(transport.tls, limits)?,
            scheme,
            authority,
            path: path.trim_end_matches('/').to_owned(),
            auth: transport.auth,
            gzip: transport.gzip,
            timeout: transport.timeout,
            max_answer: transport.max_answer,
            free: Semaphore::new(connections),
        })
    }

    /// The address without a path: `http://h:8086`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// A GET of `path`, which begins with a slash and may have a query: see [`query`](crate::query).
    pub fn get<'a>(&'a self, path: &'a str) -> Call<'a> {
        self.call(Method::GET, path)
    }

    /// A POST.
    pub fn post<'a>(&'a self, path: &'a str) -> Call<'a> {
        self.call(Method::POST, path)
    }

    /// A PUT.
    pub fn put<'a>(&'a self, path: &'a str) -> Call<'a> {
        self.call(Method::PUT, path)
    }

    /// A request with any method.
    pub fn call<'a>(&'a self, method: Method, path: &'a str) -> Call<'a> {
        Call {
            endpoint: self,
            method,
            path,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// What becomes of the data that a request carried: see [`Verdict`]. The reason shown is the answer's own text, made
    /// [fit](Self::line) for a log line.
    #[must_use]
    pub fn judge(&self, sent: &Result<Answer, Failure>) -> Verdict {
        match sent {
            Ok(answer) => answer.verdict(&self.line(&answer.body)),
            Err(failure) => Verdict::Retry {
                text: self.auth.hide(failure.to_string()),
                after: None,
            },
        }
    }

    /// The same for a sink that reads the backend's answers: `reason` is what it found there.
    #[must_use]
    pub fn judge_with(&self, answer: &Answer, reason: &str) -> Verdict {
        answer.verdict(&self.line(reason.as_bytes()))
    }

    /// Text from the backend for a log line: one line, at most 300 characters, without this endpoint's password or token.
    #[must_use]
    pub fn line(&self, text: &[u8]) -> String {
        // Nothing behind this many bytes can be shown. The secret goes before the text is cut, lest half of it stays.
        let text = String::from_utf8_lossy(text.get(..4096).unwrap_or(text)).into_owned();
        one_line(&self.auth.hide(text))
    }

    fn place(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap_or("");
        format!("{}{}{path}", self.address(), self.path)
    }

    fn uri(&self, path: &str) -> Result<Uri, ClientError> {
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(format!("{}{path}", self.path))
            .build()
            .map_err(|error| ClientError::Setup(format!("no request can ask for this path: {error}")))
    }
}

/// One request that is being put together.
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct Call<'a> {
    endpoint: &'a Endpoint,
    method: Method,
    path: &'a str,
    headers: HeaderMap,
    body: Bytes,
}

impl Call<'_> {
    /// Sets a header, in place of one that the endpoint would add.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets the body, as it is before compression.
    pub fn body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    /// Sends it once and reads the whole answer, whatever its status; over at the deadline or the endpoint's timeout,
    /// whichever is first, the wait for a free connection included.
    ///
    /// # Errors
    /// [`Failure`]: no whole answer. Whether the backend has the data is then not known.
    pub async fn send(self, deadline: Instant) -> Result<Answer, Failure> {
        let (method, place) = (self.method.clone(), self.endpoint.place(self.path));
        match self.exchange(deadline).await {
            Ok(response) => {
                let (head, body) = response.into_parts();
                Ok(Answer {
                    method,
                    place,
                    status: head.status,
                    headers: head.headers,
                    body,
                })
            }
            Err(cause) => Err(Failure { method, place, cause }),
        }
    }

    async fn exchange(self, deadline: Instant) -> Result<http::Response<Bytes>, ClientError> {
        let Endpoint {
            client,
            timeout,
            free,
            ..
        } = self.endpoint;
        let deadline = match Instant::now().checked_add(*timeout) {
            Some(end) if !timeout.is_zero() => end.min(deadline),
            Some(_) | None => deadline,
        };
        let turn = tokio::time::timeout_at(deadline, free.acquire());
        let _turn = turn.await.map_err(|_| ClientError::Timeout)?;
        let max_answer = self.endpoint.max_answer;
        let request = self.request().await?;
        client.request(request, deadline, max_answer).await
    }

    async fn request(mut self) -> Result<Request<Bytes>, ClientError> {
        if self.endpoint.gzip && !self.body.is_empty() && !self.headers.contains_key(CONTENT_ENCODING) {
            self.body = body::gzip_in_background(self.body).await;
            self.headers
                .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        self.headers.entry(USER_AGENT).or_insert(AGENT);
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.endpoint.uri(self.path)?;
        *request.headers_mut() = self.headers;
        self.endpoint.auth.apply(&mut request)?;
        Ok(request)
    }
}
