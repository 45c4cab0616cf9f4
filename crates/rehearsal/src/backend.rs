//! A server on this machine that answers by a script.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The most that a request may hold, in bytes.
const MAX_BODY: usize = 64 << 20;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, compressed if it came so.
    pub body: Bytes,
}

impl Seen {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answers with this status and body.
    Answer(u16, String),
    /// The same with one header, name and value.
    With(u16, &'static str, &'static str, String),
    /// Answers nothing, ever.
    Hang,
}

type Script = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

/// A server. It ends when it is dropped.
pub struct Backend {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backend({})", self.address)
    }
}

impl Backend {
    /// Serves on a free port of this machine; `script` gets the number of the request, from 0, and the request.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn start(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, Arc::new(script), seen.clone()));
        Ok(Self { address, seen, task })
    }

    /// `127.0.0.1:PORT`
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// What came so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bodies that came so far.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        self.seen().iter().map(Seen::text).collect()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, script: Arc<Script>, seen: Arc<Mutex<Vec<Seen>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (script, seen) = (script.clone(), seen.clone());
        let answer = move |request| answer(request, script.clone(), seen.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
    }
}

async fn answer(
    request: Request<Incoming>,
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    #[allow(clippy::disallowed_methods)] // Limited is the cap
    let whole = Limited::new(body, MAX_BODY).collect().await;
    let body = whole.map(|body| body.to_bytes()).unwrap_or_default();
    let one = Seen {
        method: head.method,
        path: head
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        headers: head.headers,
        body,
    };
    let number = {
        let mut all = seen.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(one.clone());
        all.len() - 1
    };
    let (status, header, body) = match script(number, &one) {
        Reply::Answer(status, body) => (status, None, body),
        Reply::With(status, name, value, body) => (status, Some((name, value)), body),
        Reply::Hang => std::future::pending().await,
    };
    let mut response = Response::builder().status(status);
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(body.into())).unwrap_or_default())
}
