//! A server that answers as a test says, byte by byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What becomes of a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// These bytes; then the next request is read.
    Send(Vec<u8>),
    /// These bytes; then the connection ends.
    Close(Vec<u8>),
    /// These bytes; then nothing more.
    Hang(Vec<u8>),
}

/// The requests so far, each with its head and body.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Method and path of each request.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |request: &String| request.split(" HTTP/1.1").next().unwrap_or("").to_owned();
        self.all().iter().map(line).collect()
    }
}

/// An answer with `status` such as `404 Not Found`, lines of headers and a body.
pub(crate) fn reply(status: &str, headers: &str, body: &[u8]) -> Reply {
    let mut all = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    all.extend_from_slice(body);
    Reply::Send(all)
}

pub(crate) fn ok(body: &str) -> Reply {
    reply("200 OK", "", body.as_bytes())
}

/// Serves on a free port of 127.0.0.1; the script gets `GET /path` and answers.
pub(crate) async fn kubelet(
    tls: Option<TlsAcceptor>,
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> (u16, Seen) {
    let (address, seen) = kubelet_at("127.0.0.1:0", tls, script).await.unwrap();
    (address.port(), seen)
}

pub(crate) async fn kubelet_at(
    address: &str,
    tls: Option<TlsAcceptor>,
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> std::io::Result<(SocketAddr, Seen)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let seen = Seen::default();
    let (log, script) = (seen.clone(), Arc::new(script));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (script, log, tls) = (script.clone(), log.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => converse(tcp, &*script, &log).await,
                    Some(tls) => match tls.accept(tcp).await {
                        Ok(stream) => converse(stream, &*script, &log).await,
                        Err(_) => Some(()),
                    },
                }
            });
        }
    });
    Ok((address, seen))
}

/// Ends with `None` when the client hangs up.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: &(impl Fn(&str) -> Reply + ?Sized),
    log: &Seen,
) -> Option<()> {
    loop {
        let request = read(&mut stream).await?;
        let line = request.split(" HTTP/1.1").next().unwrap_or("").to_owned();
        log.0.lock().unwrap().push(request);
        let (bytes, more) = match script(&line) {
            Reply::Send(bytes) => (bytes, true),
            Reply::Close(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                return stream.shutdown().await.ok();
            }
            Reply::Hang(bytes) => (bytes, false),
        };
        stream.write_all(&bytes).await.ok()?;
        stream.flush().await.ok()?;
        if !more {
            std::future::pending::<()>().await;
        }
    }
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |text| text.parse().unwrap_or(0));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    request.extend_from_slice(&body);
    String::from_utf8(request).ok()
}
