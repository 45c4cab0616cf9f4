//! Connections that find no room: they are told so, which costs little and is bounded itself.

use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What an HTTP client reads; 503, so that a probe fails at once and says why.
const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 37\r\nRetry-After: 1\r\nConnection: close\r\n\r\ntoo many connections are open: retry\n";
/// How many are told at one time; others are just closed.
const AT_ONCE: usize = 64;
/// How long one may take to listen.
const LISTEN: Duration = Duration::from_secs(1);

/// Tells clients that there is no room.
#[derive(Debug)]
pub(crate) struct TurnedAway {
    /// A TLS client would not understand.
    silent: bool,
    turns: Arc<Semaphore>,
}

impl TurnedAway {
    pub(crate) fn new(silent: bool) -> Self {
        Self {
            silent,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Closes the connection, behind an answer when there is time for it.
    pub(crate) fn tell(&self, stream: TcpStream) {
        if self.silent {
            return;
        }
        if let Ok(turn) = self.turns.clone().try_acquire_owned() {
            tokio::spawn(async move {
                let _turn = turn;
                timeout(LISTEN, answer(stream)).await.ok();
            });
        }
    }
}

/// Answers and reads what the client was saying meanwhile: closed before that, the answer would be lost.
async fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(ANSWER).await?;
    stream.shutdown().await?;
    let mut space = [0; 4 << 10];
    while stream.read(&mut space).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_as_long_as_it_says() {
        let text = std::str::from_utf8(ANSWER).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
    }
}
