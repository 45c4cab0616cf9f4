//! One connection: HTTP/1.1 or HTTP/2 on it, with limits in time and size.

mod long_target;
mod stall;

use crate::access::Peer;
use crate::dispatch::{self, Target};
use crate::site::Site;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use long_target::{Aside, LongTarget};
use stall::Stall;
use std::convert::Infallible;
use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// The largest target of a request.
pub(crate) const TARGET: usize = 1 << 20;
/// The largest head of a request, its target aside when that is long. Nobody has headers of this size; it is what one
/// connection can make us keep.
const HEAD: usize = 128 << 10;
/// For how long the head of a request may be awaited, idle time before it included: longer than the 60 s at which most
/// scrapers come back on the same connection.
const HEAD_TIME: Duration = Duration::from_secs(75);
/// For how long a client may take none of an answer.
const STALL: Duration = Duration::from_secs(60);
/// At which intervals an HTTP/2 client has to show that it is there.
const PING: Duration = Duration::from_secs(30);
/// How old a connection becomes. It then ends after the requests in flight.
const AGE: Duration = Duration::from_secs(600);
/// How much longer requests in flight may take then; who has not taken his answer by now does not want it.
const OVERTIME: Duration = Duration::from_secs(120);

/// A connection's bytes.
pub(crate) enum Io {
    Plain(TcpStream),
    /// The session, and whether it speaks HTTP/2.
    Tls(Box<TlsStream<TcpStream>>, bool),
}

/// Answers requests on one connection until either side ends it, it is too old, or `stop`.
pub(crate) async fn serve(io: Io, peer: Peer, site: &Arc<Site>, stop: &CancellationToken) {
    match io {
        Io::Plain(stream) => http1(stream, peer, site, stop).await,
        Io::Tls(session, false) => http1(*session, peer, site, stop).await,
        Io::Tls(session, true) => http2(*session, peer, site.clone(), stop).await,
    }
}

async fn http1<S>(stream: S, peer: Peer, site: &Site, stop: &CancellationToken)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let aside = Aside::new(site.long.clone());
    let stream = LongTarget::new(Stall::new(stream, STALL, None), aside.clone());
    let service = service_fn(|request| {
        let long = aside.target(request.uri().path());
        let target = long
            .as_ref()
            .map_or_else(|| Target::of(&request), |long| Target::parse(long.text()));
        let prepared = dispatch::prepare(site, &peer, &request, target);
        async { Ok::<_, Infallible>(dispatch::finish(site, prepared).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD + (64 << 10))
        .max_header_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    to_the_end(connection, stop).await;
}

async fn http2<S>(stream: S, peer: Peer, site: Arc<Site>, stop: &CancellationToken)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let prepared = dispatch::prepare(&site, &peer, &request, Target::of(&request));
        let site = site.clone();
        async move { Ok::<_, Infallible>(dispatch::finish(&site, prepared).await) }
    });
    let mute = Some(PING + STALL);
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(128 << 10)
        .max_concurrent_streams(100)
        .max_send_buf_size(64 << 10)
        .keep_alive_interval(PING)
        .keep_alive_timeout(STALL)
        .serve_connection(TokioIo::new(Stall::new(stream, STALL, mute)), service);
    to_the_end(connection, stop).await;
}

async fn to_the_end<C>(connection: C, stop: &CancellationToken)
where
    C: GracefulConnection,
    C::Error: Display,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop.cancelled() => None,
        () = sleep(AGE) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            match timeout(OVERTIME, connection).await {
                Ok(ended) => ended,
                Err(_) => return tracing::debug!("an answer was not taken for too long"),
            }
        }
    };
    // Clients break off as they like: nothing to warn about.
    if let Err(error) = ended {
        tracing::debug!(%error, "connection broke off");
    }
}
