//! A server that answers byte by byte as a test says.

use bytes::Bytes;
use heapster_httpclient::{Client, Limits, Proxies, TlsOptions};
use http::Request;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// What the server saw: a head for each request, and how many connections there were.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    pub(crate) heads: Vec<String>,
    pub(crate) connections: usize,
}

/// One answer: bytes to send, then what happens to the connection.
#[derive(Clone)]
pub(crate) enum Then {
    /// The next request is read.
    Keep(Vec<u8>),
    /// The connection ends.
    Close(Vec<u8>),
    /// The same bytes are sent again and again.
    Repeat(Vec<u8>, Vec<u8>),
    /// Nothing more happens.
    Hang(Vec<u8>),
}

pub(crate) type Script = Arc<dyn Fn(usize) -> Then + Send + Sync>;

pub(crate) fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    all.extend_from_slice(body);
    all
}

/// Serves on a free port; the script gets the number of the request, from 0.
pub(crate) async fn serve(
    tls: Option<TlsAcceptor>,
    script: impl Fn(usize) -> Then + Send + Sync + 'static,
) -> (SocketAddr, Arc<Mutex<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (script, log): (Script, _) = (Arc::new(script), seen.clone());
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            log.lock().unwrap().connections += 1;
            let (script, log, tls) = (script.clone(), log.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => converse(tcp, &script, &log).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(tcp).await {
                            converse(stream, &script, &log).await;
                        }
                    }
                }
            });
        }
    });
    (address, seen)
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, script: &Script, log: &Mutex<Seen>) {
    while let Some(head) = read_head(&mut stream).await {
        let number = {
            let mut seen = log.lock().unwrap();
            seen.heads.push(head);
            seen.heads.len() - 1
        };
        match script(number) {
            Then::Keep(bytes) => stream.write_all(&bytes).await.unwrap(),
            Then::Close(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                stream.shutdown().await.ok();
                return;
            }
            Then::Repeat(first, again) => {
                stream.write_all(&first).await.unwrap();
                while stream.write_all(&again).await.is_ok() {}
                return;
            }
            Then::Hang(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                std::future::pending::<()>().await;
            }
        }
        stream.flush().await.ok();
    }
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

pub(crate) fn limits() -> Limits {
    Limits {
        proxies: Proxies::none(),
        ..Limits::default()
    }
}

pub(crate) fn client() -> Client {
    Client::new(TlsOptions::default(), limits()).unwrap()
}

pub(crate) fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).unwrap()
}

pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}
