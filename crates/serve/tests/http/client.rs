//! A client that shows every byte.

use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came, chunks joined.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) async fn get(address: SocketAddr, target: &str) -> Got {
    send(address, "GET", target, "").await
}

/// Sends one request; `headers` end in CRLF each.
pub(crate) async fn send(address: SocketAddr, method: &str, target: &str, headers: &str) -> Got {
    exchange(
        TcpStream::connect(address).await.unwrap(),
        method,
        target,
        headers,
    )
    .await
}

pub(crate) async fn exchange<S>(mut stream: S, method: &str, target: &str, headers: &str) -> Got
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request =
        format!("{method} {target} HTTP/1.1\r\nHost: heapster\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    read(stream).await
}

/// Reads one answer up to the end of the connection.
pub(crate) async fn read<S: AsyncRead + Unpin>(mut stream: S) -> Got {
    let mut bytes = Vec::new();
    // A TLS peer may end without a farewell: what came counts.
    stream.read_to_end(&mut bytes).await.ok();
    let at = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("an answer has a head");
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let mut got = Got {
        status: head[9..12].parse().unwrap(),
        head,
        body: bytes[at + 4..].to_vec(),
    };
    if got.header("transfer-encoding") == Some("chunked") {
        got.body = joined(&got.body);
    }
    got
}

fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&chunks[end + 2..end + 2 + size]);
        chunks = &chunks[end + 4 + size..];
    }
}
