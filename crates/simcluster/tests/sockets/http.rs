//! One request a connection, by hand.

use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came until the connection ended.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 when nothing came.
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Whether a chunked body had its end.
    pub(crate) whole: bool,
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, &format!("GET {path} HTTP/1.1\r\n")).await
}

/// Sends a head without its end.
pub(crate) async fn request(address: SocketAddr, head: &str) -> Answer {
    let stream = TcpStream::connect(address).await.unwrap();
    converse(stream, head).await
}

pub(crate) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, head: &str) -> Answer {
    let head = format!("{head}host: test\r\nconnection: close\r\n\r\n");
    let mut all = Vec::new();
    if stream.write_all(head.as_bytes()).await.is_ok() {
        stream.read_to_end(&mut all).await.ok();
    }
    parse(&all)
}

fn parse(all: &[u8]) -> Answer {
    let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Answer {
            status: 0,
            body: Vec::new(),
            whole: false,
        };
    };
    let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
    let rest = &all[end + 4..];
    let (body, whole) = if head.contains("transfer-encoding: chunked") {
        unchunk(rest)
    } else {
        (rest.to_vec(), true)
    };
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        body,
        whole,
    }
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        rest = &rest[line + 2..];
        let there = size.min(rest.len());
        body.extend_from_slice(&rest[..there]);
        rest = rest.get(size + 2..).unwrap_or(&[]);
    }
    (body, false)
}
