//! HTTP on a connection: requests in, answers out as their recipes say.

use crate::answer::{Answer, End, Recipe};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response, Uri};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Who answers requests on a connection.
pub(crate) trait Respond: Send + Sync + 'static {
    /// The answer, after whatever delay there is.
    fn respond(&self, asked: Asked) -> impl Future<Output = (Answer, Account)> + Send;
}

/// What matters of a request.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) authorization: Option<HeaderValue>,
}

impl Asked {
    fn of(request: Request<Incoming>) -> Self {
        let (mut head, _) = request.into_parts();
        Self {
            authorization: head.headers.remove(AUTHORIZATION),
            method: head.method,
            uri: head.uri,
        }
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization
            .as_ref()
            .and_then(|header| header.to_str().ok())
    }
}

/// What is told about an answer's bytes.
pub(crate) type Account = Option<Box<dyn Tally>>;

/// Counts the bytes of one answer.
pub(crate) trait Tally: Send {
    /// A chunk goes out.
    fn sent(&mut self, bytes: usize);
    /// It was the last one.
    fn whole(&mut self);
}

/// Serves one connection until it ends.
pub(crate) async fn connection<R: Respond>(stream: TcpStream, tls: Option<TlsAcceptor>, responder: Arc<R>) {
    stream.set_nodelay(true).ok();
    match tls {
        None => one(stream, responder).await,
        Some(tls) => {
            let Ok(stream) = tls.accept(stream).await else {
                return;
            };
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                let service = service_fn(move |request| answer(responder.clone(), request));
                http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .ok();
            } else {
                one(stream, responder).await;
            }
        }
    }
}

async fn one<R, S>(stream: S, responder: Arc<R>)
where
    R: Respond,
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(responder.clone(), request));
    http1::Builder::new()
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .await
        .ok();
}

async fn answer<R: Respond>(responder: Arc<R>, request: Request<Incoming>) -> io::Result<Response<Playing>> {
    let (answer, account) = responder.respond(Asked::of(request)).await;
    let Some(status) = answer.status else {
        if answer.end == End::Hang {
            std::future::pending::<()>().await;
        }
        return Err(io::ErrorKind::ConnectionAborted.into());
    };
    let mut response = Response::new(Playing {
        recipe: answer.recipe,
        end: answer.end,
        flushed: false,
        account,
    });
    *response.status_mut() = status
        .try_into()
        .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    Ok(response)
}

/// The body of an answer.
pub(crate) struct Playing {
    recipe: Recipe,
    end: End,
    /// What came before an abrupt end had its time to go out.
    flushed: bool,
    account: Account,
}

impl Playing {
    fn chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match &mut self.recipe {
            Recipe::Whole(text) => Poll::Ready(Some(std::mem::take(text)).filter(|text| !text.is_empty())),
            Recipe::Pages(pages) => Poll::Ready(pages.next()),
            Recipe::Channel(chunks) => chunks.poll_recv(context),
        }
    }
}

impl Body for Playing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let chunk = match self.chunk(context) {
            Poll::Ready(chunk) => chunk,
            Poll::Pending => return Poll::Pending,
        };
        if let Some(chunk) = chunk {
            if let Some(account) = &mut self.account {
                account.sent(chunk.len());
            }
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.end {
            End::Whole => {
                if let Some(mut account) = self.account.take() {
                    account.whole();
                }
                Poll::Ready(None)
            }
            End::Abort if !self.flushed => {
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Abort => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
            End::Hang => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        // Asked for the end, the body also accounts for it: it never says so beforehand.
        false
    }

    fn size_hint(&self) -> SizeHint {
        match &self.recipe {
            Recipe::Whole(text) if self.end == End::Whole => {
                SizeHint::with_exact(u64::try_from(text.len()).unwrap_or(0))
            }
            Recipe::Whole(_) | Recipe::Pages(_) | Recipe::Channel(_) => SizeHint::default(),
        }
    }
}
