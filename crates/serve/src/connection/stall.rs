//! A stream that fails when its far end takes nothing for too long, or says nothing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Passes bytes on. A write that waits for longer than its limit fails, and so does a read if it has a limit.
#[derive(Debug)]
pub(super) struct Stall<S> {
    inner: S,
    write: Limit,
    read: Option<Limit>,
}

/// How long something may wait.
#[derive(Debug)]
struct Limit {
    limit: Duration,
    /// Runs while it waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Limit {
    const fn new(limit: Duration) -> Self {
        Self { limit, waiting: None }
    }

    fn hold<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let limit = self.limit;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(limit)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S> Stall<S> {
    pub(super) fn new(inner: S, write: Duration, read: Option<Duration>) -> Self {
        Self {
            inner,
            write: Limit::new(write),
            read: read.map(Limit::new),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stall<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_read(cx, buf);
        match &mut self.read {
            Some(limit) => limit.hold(cx, outcome),
            None => outcome,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stall<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.write.hold(cx, outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_flush(cx);
        self.write.hold(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.write.hold(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.write.hold(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_given_up_and_a_slow_one_is_not() {
        let limit = Duration::from_secs(60);
        let (ours, mut theirs) = tokio::io::duplex(16);
        let mut stream = Stall::new(ours, limit, None);
        let slow = tokio::spawn(async move {
            let mut taken = [0; 16];
            for _ in 0..4 {
                sleep(limit / 2).await;
                theirs.read_exact(&mut taken).await.unwrap();
            }
            theirs
        });
        stream.write_all(&[0; 80]).await.unwrap();
        let _theirs = slow.await.unwrap();
        let begun = tokio::time::Instant::now();
        assert_eq!(
            stream.write_all(&[0; 80]).await.unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
        assert_eq!(begun.elapsed(), limit);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_given_up_when_reads_have_a_limit() {
        let limit = Duration::from_secs(60);
        let (ours, mut theirs) = tokio::io::duplex(16);
        let mut stream = Stall::new(ours, limit, Some(limit));
        theirs.write_all(&[0; 2]).await.unwrap();
        stream.read_exact(&mut [0; 2]).await.unwrap();
        let begun = tokio::time::Instant::now();
        let error = stream.read_u8().await.unwrap_err();
        assert_eq!((error.kind(), begun.elapsed()), (io::ErrorKind::TimedOut, limit));
    }
}
