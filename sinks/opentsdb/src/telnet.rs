//! One batch as `put` lines over TCP.
//!
//! The protocol answers only what it refuses, and does not say which line that was. A last line asks for the version: the
//! answer to it comes after all others. A server that does not know the question, as VictoriaMetrics, sees the end of what is
//! sent, and closes.

use crate::config::Config;
use crate::encode::Encoder;
use heapster_httpclient::one_line;
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Tally, send_by, values};
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Instant, timeout_at};

/// The most that is read of what a server says, in bytes.
const MAX_ANSWER: u64 = 16 << 20;

/// What a server said about the lines of a batch.
#[derive(Debug, Default)]
struct Complaints {
    refused: usize,
    first_refusal: String,
    /// The first complaint about the store, which is no fault of the point.
    failure: Option<String>,
}

/// Puts every value of the batch once, over a connection of its own.
pub(crate) async fn put(name: &str, config: &Config, batch: &Batch, deadline: Instant) -> Outcome {
    let mut tally = Tally::new(batch);
    let place = format!("put lines to {}", config.host);
    match timeout_at(send_by(deadline), exchange(config, batch, &mut tally)).await {
        Ok(Ok(Complaints {
            failure: Some(failure),
            ..
        })) => tally.fail(format!("{place}: {failure}")),
        Ok(Ok(said)) => {
            let refusal = format!("{place}: {}", said.first_refusal);
            // Which ones is not known; the counts are right.
            tally.reject_some(said.refused, Rejection::Invalid, &refusal);
            tally.accept(0..batch.value_count());
        }
        Ok(Err(error)) => tally.fail(format!("{place}: {error}")),
        Err(_) => tally.fail(format!("{place}: not over in time")),
    }
    tally.finish(name, batch)
}

async fn exchange(config: &Config, batch: &Batch, tally: &mut Tally) -> io::Result<Complaints> {
    let (read, write) = TcpStream::connect(&config.host).await?.into_split();
    let over = AtomicBool::new(false);
    let ((), said) = tokio::try_join!(
        write_all(write, config, batch, tally, &over),
        complaints(read, &over)
    )?;
    Ok(said)
}

/// Writes everything and ends the stream; then `over` is set.
async fn write_all(
    mut to: OwnedWriteHalf,
    config: &Config,
    batch: &Batch,
    tally: &mut Tally,
    over: &AtomicBool,
) -> io::Result<()> {
    let mut encoder = Encoder::new(config, values(batch));
    let mut body = Vec::with_capacity(config.max_bytes.min(1 << 20));
    while let Some(chunk) = encoder.next(body) {
        to.write_all(&chunk.body).await?;
        tally.reject(
            chunk.unwritten,
            Rejection::Unrepresentable,
            "a line holds neither NaN nor an infinite value",
        );
        body = chunk.body;
    }
    to.write_all(b"version\n").await?;
    to.shutdown().await?;
    over.store(true, Relaxed);
    Ok(())
}

/// Reads what the server says until it told its version or closed. One that closes before all was sent has not read it.
async fn complaints(from: OwnedReadHalf, over: &AtomicBool) -> io::Result<Complaints> {
    let mut said = Complaints::default();
    let mut lines = BufReader::new(from.take(MAX_ANSWER)).split(b'\n');
    while let Some(line) = lines.next_segment().await? {
        let text = one_line(&String::from_utf8_lossy(&line));
        if text.starts_with("net.opentsdb") {
            return Ok(said);
        }
        if text.contains("HBase error") || text.contains("throttle") {
            said.failure.get_or_insert(text);
        } else if text.starts_with("put: ") {
            if said.refused == 0 {
                said.first_refusal.clone_from(&text);
            }
            said.refused += 1;
        }
    }
    if over.load(Relaxed) {
        Ok(said)
    } else {
        Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "closed before all was sent",
        ))
    }
}
