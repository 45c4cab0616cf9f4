//! Lines to a proxy, a cluster, or the log.

use crate::config::Config;
use crate::encode::{Encoded, Encoder};
use heapster_httpclient::{Answer, Endpoint, Failure};
use heapster_plugin::Instant;
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_socket::Stream;
use heapster_tally::{Tally, go_on, send_by, side_by_side};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use std::ops::Range;

const NAME: &str = "Wavefront Sink";
/// About so many bytes are encoded before they are written.
const PIECE: usize = 128 * 1024;
const PATH: &str = "/report?f=wavefront";
const TYPE: HeaderValue = HeaderValue::from_static("application/octet-stream");
const NO_TEXT: &str = "a line holds neither NaN nor an infinite value";

/// Writes the lines to the log, a record each.
pub(crate) fn log(batch: &Batch, config: &Config) -> Outcome {
    let mut encoder = Encoder::new(batch, config);
    let (mut lines, mut lost) = (Vec::new(), 0);
    for set in batch.sets() {
        lines.clear();
        encoder.push(&set, &mut lines, |told| {
            lost += usize::from(told == Encoded::Unrepresentable)
        });
        for line in String::from_utf8_lossy(&lines).lines() {
            tracing::info!("{line}");
        }
    }
    arrived(batch, lost)
}

/// Writes a batch to a connection, piece by piece.
pub(crate) async fn stream(
    stream: &mut Stream,
    batch: &Batch,
    config: &Config,
    deadline: Instant,
) -> Outcome {
    let mut encoder = Encoder::new(batch, config);
    let (mut piece, mut lost) = (Vec::with_capacity(PIECE + PIECE / 8), 0);
    let sent = async {
        let mut sending = stream.open(deadline).await?;
        for set in batch.sets() {
            encoder.push(&set, &mut piece, |told| {
                lost += usize::from(told == Encoded::Unrepresentable)
            });
            if piece.len() >= PIECE {
                sending.write(&piece).await?;
                piece.clear();
            }
        }
        sending.write(&piece).await?;
        sending.finish().await
    };
    match sent.await {
        Ok(()) => arrived(batch, lost),
        Err(failure) => Outcome::retry_all(batch, failure.to_string()),
    }
}

fn arrived(batch: &Batch, lost: usize) -> Outcome {
    Outcome::all(batch.value_count().saturating_sub(lost)).and_rejected(Rejection::Unrepresentable, lost)
}

/// One request: its lines, and the positions of the values that it answers for.
#[derive(Debug)]
struct Chunk {
    body: Vec<u8>,
    values: Range<usize>,
    lost: Vec<usize>,
}

/// Sends a batch in requests of which some are under way at a time.
pub(crate) async fn http(endpoint: &Endpoint, batch: &Batch, config: &Config, deadline: Instant) -> Outcome {
    let deadline = send_by(deadline);
    let mut tally = Tally::new(batch);
    let mut encoder = Encoder::new(batch, config);
    let (mut sets, mut position) = (batch.sets(), 0);
    let next = || {
        let mut chunk = Chunk {
            body: Vec::new(),
            values: position..position,
            lost: Vec::new(),
        };
        let mut lines = 0;
        while lines < config.batch {
            let Some(set) = sets.next() else { break };
            encoder.push(&set, &mut chunk.body, |told| {
                lines += usize::from(told == Encoded::Line);
                if told == Encoded::Unrepresentable {
                    chunk.lost.push(position);
                }
                position += 1;
            });
        }
        chunk.values.end = position;
        (!chunk.values.is_empty()).then_some(chunk)
    };
    let send = |mut chunk: Chunk| async move {
        let body = std::mem::take(&mut chunk.body);
        if body.is_empty() {
            return (chunk, None);
        }
        let call = endpoint.post(PATH).header(CONTENT_TYPE, TYPE).body(body.into());
        (chunk, Some(call.send(deadline).await))
    };
    let done = |(chunk, sent): (Chunk, Option<Result<Answer, Failure>>)| {
        tally.reject(chunk.lost, Rejection::Unrepresentable, NO_TEXT);
        match sent {
            None => {
                tally.accept(chunk.values);
                std::ops::ControlFlow::Continue(())
            }
            Some(sent) => {
                tally.judge(chunk.values, endpoint.judge(&sent));
                go_on(&sent)
            }
        }
    };
    side_by_side(config.concurrency, next, send, done).await;
    tally.finish(NAME, batch)
}
