//! One connection: HTTP/1.1 or HTTP/2 on it, with limits in time and size.

mod long_target;
mod stall;

use crate::access::Peer;
use crate::api::Api;
use crate::dispatch::{self, Target};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use long_target::{Aside, LongTarget};
use stall::Stall;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// The largest head of a request, and the largest target.
pub(crate) const HEAD: usize = 1 << 20;
/// For how long the head of a request may be awaited, idle time before it included: longer than the 60 s at which most
/// scrapers come back on the same connection.
const HEAD_TIME: Duration = Duration::from_secs(75);
/// For how long a client may take none of an answer.
const STALL: Duration = Duration::from_secs(60);

/// A connection's bytes.
pub(crate) enum Io {
    Plain(TcpStream),
    /// The session, and whether it speaks HTTP/2.
    Tls(Box<TlsStream<TcpStream>>, bool),
}

/// Answers requests on one connection until either side ends it.
pub(crate) async fn serve(io: Io, peer: Peer, api: Arc<Api>, watcher: Watcher) {
    match io {
        Io::Plain(stream) => http1(stream, peer, api, watcher).await,
        Io::Tls(session, false) => http1(*session, peer, api, watcher).await,
        Io::Tls(session, true) => http2(*session, peer, api, watcher).await,
    }
}

async fn http1<S>(stream: S, peer: Peer, api: Arc<Api>, watcher: Watcher)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let aside = Aside::default();
    let stream = LongTarget::new(Stall::new(stream, STALL), aside.clone());
    let service = service_fn(|request| {
        let long = aside.target(request.uri().path());
        let target = long
            .as_deref()
            .map_or_else(|| Target::of(&request), Target::parse);
        let response = dispatch::respond(&api, &peer, &request, target);
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD + (64 << 10))
        .max_header_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    ended(watcher.watch(connection).await);
}

async fn http2<S>(stream: S, peer: Peer, api: Arc<Api>, watcher: Watcher)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let response = dispatch::respond(&api, &peer, &request, Target::of(&request));
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(1 << 20)
        .max_concurrent_streams(100)
        .keep_alive_interval(STALL)
        .keep_alive_timeout(STALL)
        .serve_connection(TokioIo::new(Stall::new(stream, STALL)), service);
    ended(watcher.watch(connection).await);
}

/// Clients break off as they like: nothing to warn about.
fn ended(outcome: hyper::Result<()>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection broke off");
    }
}
