//! Bodies on their way to the client.

use crate::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::OwnedSemaphorePermit;

/// A body with the permit that a large one needs, held until the client has it or breaks off.
#[derive(Debug)]
pub(crate) struct Sent {
    body: Body,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Sent {
    pub(crate) const fn new(body: Body, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            body,
            _permit: permit,
        }
    }
}

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match &mut self.get_mut().body {
            Body::Whole(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Body::Pieces(pieces) => pieces.next(),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.len() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .len()
            .map_or_else(SizeHint::default, |len| SizeHint::with_exact(len as u64))
    }
}

/// Pieces that report how many bytes were taken of them, once they are done with.
pub(crate) struct Tallied<I, F: FnMut(usize)> {
    pieces: I,
    bytes: usize,
    report: F,
}

impl<I, F: FnMut(usize)> Tallied<I, F> {
    pub(crate) const fn new(pieces: I, report: F) -> Self {
        Self {
            pieces,
            bytes: 0,
            report,
        }
    }
}

impl<I: Iterator<Item = Bytes>, F: FnMut(usize)> Iterator for Tallied<I, F> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let piece = self.pieces.next()?;
        self.bytes += piece.len();
        Some(piece)
    }
}

impl<I, F: FnMut(usize)> Drop for Tallied<I, F> {
    fn drop(&mut self) {
        (self.report)(self.bytes);
    }
}
