//! A small HTTP/1.1 client: one connection, one request at a time, bodies counted or kept.

use crate::Fallible;
use bytes::Bytes;
use http::Request;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls_pki_types::{CertificateDer, ServerName};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What trusts a cluster's own authority.
pub(crate) fn trusting(ca: &CertificateDer<'static>) -> Fallible<TlsConnector> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca.clone())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// No body.
struct Empty;

impl Body for Empty {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

/// An open connection.
pub(crate) struct Connection {
    sender: SendRequest<Empty>,
    host: String,
    token: Option<String>,
}

/// An answer whose body was read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) bytes: u64,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(
        address: SocketAddr,
        tls: Option<&TlsConnector>,
        token: Option<&str>,
    ) -> Fallible<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let sender = match tls {
            None => start(stream).await?,
            Some(tls) => start(tls.connect(ServerName::from(address.ip()), stream).await?).await?,
        };
        Ok(Self {
            sender,
            host: address.to_string(),
            token: token.map(|token| format!("Bearer {token}")),
        })
    }

    /// Asks for a path; each piece of the answer's body goes to `each`.
    pub(crate) async fn get(&mut self, path: &str, mut each: impl FnMut(&[u8])) -> Fallible<Answer> {
        let mut request = Request::get(path).header(http::header::HOST, &self.host);
        if let Some(token) = &self.token {
            request = request.header(http::header::AUTHORIZATION, token);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Empty)?).await?;
        let status = response.status().as_u16();
        let mut bytes = 0;
        let mut body: Pin<&mut Incoming> = pin!(response.into_body());
        while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
            if let Some(data) = frame?.data_ref() {
                bytes += u64::try_from(data.len()).unwrap_or(0);
                each(data);
            }
        }
        Ok(Answer { status, bytes })
    }

    /// Asks for a path and keeps the body, up to a megabyte of it.
    pub(crate) async fn text(&mut self, path: &str) -> Fallible<(u16, String)> {
        let mut kept = Vec::new();
        let answer = self
            .get(path, |piece| {
                if kept.len() < 1 << 20 {
                    kept.extend_from_slice(piece);
                }
            })
            .await?;
        Ok((answer.status, String::from_utf8_lossy(&kept).into_owned()))
    }
}

async fn start<S>(stream: S) -> Fallible<SendRequest<Empty>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        connection.await.ok();
    });
    Ok(sender)
}
