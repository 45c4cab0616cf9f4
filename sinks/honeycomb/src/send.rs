//! One batch to the API.

use crate::config::Config;
use crate::encode::{Chunk, encoder};
use heapster_httpclient::{Answer, Endpoint, Failure};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Tally, go_on, send_by, side_by_side};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use tokio::time::Instant;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What became of one event.
#[derive(Debug, Deserialize)]
struct EventStatus {
    status: u16,
    #[serde(default)]
    error: String,
}

/// An answer about the request as a whole.
#[derive(Debug, Deserialize)]
struct Refusal {
    error: String,
}

/// Sends every event of the batch once, in requests of which some are under way at a time.
pub(crate) async fn put(
    name: &str,
    endpoint: &Endpoint,
    config: &Config,
    batch: &Batch,
    deadline: Instant,
) -> Outcome {
    let deadline = send_by(deadline);
    let mut tally = Tally::new(batch);
    let mut encoder = encoder(config, batch);
    let next = || encoder.next(Vec::with_capacity(config.max_bytes.min(256 << 10)));
    let send = |mut chunk: Chunk| async move {
        let body = std::mem::take(&mut chunk.body);
        let call = endpoint
            .post(&config.path)
            .header(CONTENT_TYPE, JSON)
            .body(body.into());
        (chunk, call.send(deadline).await)
    };
    let done = |(chunk, sent): (Chunk, Result<Answer, Failure>)| {
        let text = "JSON holds neither NaN nor an infinite value";
        tally.reject(chunk.unwritten, Rejection::Unrepresentable, text);
        match &sent {
            Ok(answer) if answer.is_success() => judge_events(endpoint, &chunk.events, answer, &mut tally),
            Ok(answer) => {
                let reason = serde_json::from_slice(&answer.body)
                    .map_or_else(|_| endpoint.line(&answer.body), |refusal: Refusal| refusal.error);
                tally.judge(
                    chunk.events.into_iter().flatten(),
                    endpoint.judge_with(answer, &reason),
                );
            }
            Err(_) => tally.judge(chunk.events.into_iter().flatten(), endpoint.judge(&sent)),
        }
        go_on(&sent)
    };
    side_by_side(config.concurrency, next, send, done).await;
    tally.finish(name, batch)
}

/// Reads the statuses of the events. An answer without them, or with fewer, speaks well of the others.
fn judge_events(endpoint: &Endpoint, events: &[std::ops::Range<usize>], answer: &Answer, tally: &mut Tally) {
    let statuses: Vec<EventStatus> = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut statuses = statuses.iter();
    for positions in events.iter().cloned() {
        let Some(EventStatus { status, error }) = statuses.next() else {
            tally.accept(positions);
            continue;
        };
        let text = || {
            format!(
                "Honeycomb answered {status} for an event: {}",
                endpoint.line(error.as_bytes())
            )
        };
        match status {
            200..=299 => tally.accept(positions),
            413 => tally.reject(positions, Rejection::TooLarge, &text()),
            408 | 429 | 500.. => tally.fail(text()),
            _ => tally.reject(positions, Rejection::Invalid, &text()),
        }
    }
}
