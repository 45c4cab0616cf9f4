//! Where a measured program sends what it reads: an HTTP server that counts lines and bytes and keeps nothing.
//!
//! It stands for the write page of a store with one value a line, such as InfluxDB's. A receiver that hangs reads requests and never
//! answers, so that it shows what waits in the program.

use crate::Fallible;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What came in so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Received {
    /// Ends of lines in bodies of requests that were answered.
    pub(super) lines: u64,
    /// Bytes of these bodies.
    pub(super) bytes: u64,
}

#[derive(Debug, Default)]
struct Account {
    lines: AtomicU64,
    bytes: AtomicU64,
}

/// A listening receiver; it ends with this.
#[derive(Debug)]
pub(super) struct Receiver {
    address: SocketAddr,
    account: Arc<Account>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Listens on a free port of the loopback address.
    pub(super) async fn start(hangs: bool) -> Fallible<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let account = Arc::new(Account::default());
        let task = tokio::spawn(accept(listener, account.clone(), hangs));
        Ok(Self {
            address,
            account,
            task,
        })
    }

    /// Its URL, without a path.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn received(&self) -> Received {
        Received {
            lines: self.account.lines.load(Ordering::Relaxed),
            bytes: self.account.bytes.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Received {
    /// What came in since `earlier`.
    pub(super) const fn since(self, earlier: Self) -> Self {
        Self {
            lines: self.lines.saturating_sub(earlier.lines),
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }
}

async fn accept(listener: TcpListener, account: Arc<Account>, hangs: bool) {
    loop {
        // An error here is one connection's, or no file descriptor for the moment.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, account.clone(), hangs));
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn serve(stream: TcpStream, account: Arc<Account>, hangs: bool) {
    let service = service_fn(move |request| answer(request, account.clone(), hangs));
    // A connection that its client breaks off is over, which is all there is to it.
    http1::Builder::new()
        .max_buf_size(256 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .await
        .ok();
}

async fn answer(
    request: Request<Incoming>,
    account: Arc<Account>,
    hangs: bool,
) -> Result<Response<String>, Infallible> {
    let asks = request.uri().path() == "/query";
    let body = read(request.into_body()).await;
    if hangs {
        std::future::pending::<()>().await;
    }
    account.lines.fetch_add(body.lines, Ordering::Relaxed);
    account.bytes.fetch_add(body.bytes, Ordering::Relaxed);
    let mut response = if asks {
        // As InfluxDB answers a statement that has no rows.
        Response::new(r#"{"results":[{"statement_id":0}]}"#.to_owned())
    } else {
        let mut empty = Response::new(String::new());
        *empty.status_mut() = StatusCode::NO_CONTENT;
        empty
    };
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// Counts a body, up to its end or to where it breaks off.
async fn read(mut body: Incoming) -> Received {
    let mut received = Received::default();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(chunk) = frame.data_ref() {
            received.lines += count(chunk.iter().filter(|byte| **byte == b'\n').count());
            received.bytes += count(chunk.len());
        }
    }
    received
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn post(receiver: &Receiver, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(receiver.address).await.unwrap();
        let length = body.len();
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn lines_and_bytes_of_all_requests_are_counted() {
        let receiver = Receiver::start(false).await.unwrap();
        assert!(
            post(&receiver, "/write?db=k8s", "a\nb\n")
                .await
                .starts_with("HTTP/1.1 204 ")
        );
        let first = receiver.received();
        assert_eq!(first, Received { lines: 2, bytes: 4 });
        post(&receiver, "/write?db=k8s", "c\n").await;
        assert_eq!(receiver.received().since(first), Received { lines: 1, bytes: 2 });
    }
}
