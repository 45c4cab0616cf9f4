//! Request targets of up to one MiB.
//!
//! The HTTP library refuses targets from 64 KiB on; a pod-list of some thousand names is longer, and the original took up to
//! one MiB. This stream reads the request lines before the library does, keeps a longer target aside and passes a short one
//! on, from which [`Aside::target`] finds back. Each long one needs a permit, for its memory; without one the line goes to the
//! library as it is, which answers 414 or 431. HTTP/1 only.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Longer request lines are shortened.
const LONG: usize = 65_000;
const SHORT: &str = "/long-target/";

/// The long targets of one connection that wait for their answers.
#[derive(Clone, Debug)]
pub(super) struct Aside {
    permits: Arc<Semaphore>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    /// How many were ever kept: the next one's number.
    count: u64,
    targets: HashMap<String, Long>,
}

/// A long target.
#[derive(Debug)]
pub(super) struct Long {
    text: String,
    _permit: OwnedSemaphorePermit,
}

impl Long {
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Aside {
    pub(super) fn new(permits: Arc<Semaphore>) -> Self {
        Self {
            permits,
            kept: Arc::default(),
        }
    }

    /// The target that `short` stands for, once.
    pub(super) fn target(&self, short: &str) -> Option<Long> {
        if !short.starts_with(SHORT) {
            return None;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.targets.remove(short)
    }

    /// The short target for this one.
    fn keep(&self, target: &str, permit: OwnedSemaphorePermit) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let short = format!("{SHORT}{}", kept.count);
        kept.count += 1;
        let long = Long {
            text: target.to_owned(),
            _permit: permit,
        };
        kept.targets.insert(short.clone(), long);
        short
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    /// In a request line, which is held back until it is complete.
    Line,
    /// In the head behind it.
    Head,
    /// In bytes that are not looked at: a request had a body, whose end only the library knows.
    Rest,
}

/// Passes bytes on, long targets shortened.
#[derive(Debug)]
pub(super) struct LongTarget<S> {
    inner: S,
    aside: Aside,
    at: At,
    /// The line in hand.
    line: Vec<u8>,
    /// Held for a line that is longer than [`LONG`].
    permit: Option<OwnedSemaphorePermit>,
    /// What is to be read next, from `taken` on.
    ready: Vec<u8>,
    taken: usize,
}

impl<S> LongTarget<S> {
    pub(super) fn new(inner: S, aside: Aside) -> Self {
        Self {
            inner,
            aside,
            at: At::Line,
            line: Vec::new(),
            permit: None,
            ready: Vec::new(),
            taken: 0,
        }
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        while self.at != At::Rest {
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let (piece, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            bytes = rest;
            self.line.extend_from_slice(piece);
            if self.line.len() > LONG && !self.may_be_long() {
                self.at = At::Rest;
                self.permit = None;
                self.ready.append(&mut self.line);
            } else if end.is_some() {
                self.line_complete();
            } else {
                return;
            }
        }
        self.ready.extend_from_slice(bytes);
    }

    /// Whether the line in hand may be longer than [`LONG`].
    fn may_be_long(&mut self) -> bool {
        if self.permit.is_none() && self.at == At::Line {
            self.permit = self.aside.permits.clone().try_acquire_owned().ok();
        }
        self.permit.is_some() && self.line.len() <= super::TARGET + (4 << 10)
    }

    fn line_complete(&mut self) {
        let blank = matches!(self.line.as_slice(), b"\r\n" | b"\n");
        match self.at {
            At::Line if !blank => {
                self.at = At::Head;
                if let Some(permit) = self.permit.take()
                    && let Some(short) = shortened(&self.line, &self.aside, permit)
                {
                    self.line = short;
                }
            }
            At::Head if blank => self.at = At::Line,
            At::Head if tells_of_a_body(&self.line) => self.at = At::Rest,
            At::Line | At::Head | At::Rest => {}
        }
        self.ready.append(&mut self.line);
    }
}

fn shortened(line: &[u8], aside: &Aside, permit: OwnedSemaphorePermit) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(line).ok()?;
    let mut words = text.splitn(3, ' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let short = aside.keep(target, permit);
    Some(format!("{method} {short} {version}").into_bytes())
}

fn tells_of_a_body(line: &[u8]) -> bool {
    [&b"content-length:"[..], b"transfer-encoding:", b"upgrade:"]
        .iter()
        .any(|name| {
            line.get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        })
}

impl<S: AsyncRead + Unpin> AsyncRead for LongTarget<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.taken >= this.ready.len() {
            this.ready.clear();
            this.taken = 0;
            if this.at == At::Rest {
                return Pin::new(&mut this.inner).poll_read(cx, buf);
            }
            let mut space = [0; 8 << 10];
            let mut piece = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                this.at = At::Rest;
                this.ready.append(&mut this.line);
                if this.ready.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            } else {
                this.feed(piece.filled());
            }
        }
        let waiting = this.ready.get(this.taken..).unwrap_or_default();
        let piece = waiting
            .get(..waiting.len().min(buf.remaining()))
            .unwrap_or_default();
        buf.put_slice(piece);
        this.taken += piece.len();
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LongTarget<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests;
