//! One batch to the API.

use crate::config::Config;
use crate::encode::Encoder;
use heapster_httpclient::{Answer, Endpoint, Failure};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Chunk, Tally, go_on, send_by, side_by_side, values};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, USER_AGENT};
use serde::Deserialize;
use serde_json::Value;
use std::ops::ControlFlow;
use tokio::time::Instant;

const PATH: &str = "/v1/measurements";
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AGENT: HeaderValue = HeaderValue::from_static("heapster");

/// An answer: how many measurements of the request were refused, if any, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    measurements: Measurements,
    errors: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Measurements {
    summary: Summary,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Summary {
    failed: usize,
}

/// Sends every measurement of the batch once, in requests of which some are under way at a time.
pub(crate) async fn put(
    name: &str,
    endpoint: &Endpoint,
    config: &Config,
    batch: &Batch,
    deadline: Instant,
) -> Outcome {
    let deadline = send_by(deadline);
    let mut tally = Tally::new(batch);
    let mut encoder = Encoder::new(config, values(batch));
    let next = || encoder.next(Vec::with_capacity(256 << 10));
    let send = |mut chunk: Chunk| async move {
        let body = std::mem::take(&mut chunk.body);
        if chunk.written == 0 {
            return (chunk, None);
        }
        let call = endpoint
            .post(PATH)
            .header(CONTENT_TYPE, JSON)
            .header(USER_AGENT, AGENT);
        (chunk, Some(call.body(body.into()).send(deadline).await))
    };
    let done = |(chunk, sent): (Chunk, Option<Result<Answer, Failure>>)| {
        let text = "neither NaN, nor an infinite value, nor one of 126 digits can be sent";
        tally.reject(chunk.unwritten.iter().copied(), Rejection::Unrepresentable, text);
        let Some(sent) = sent else {
            return ControlFlow::Continue(());
        };
        match &sent {
            Ok(answer) => judge(endpoint, chunk, answer, &mut tally),
            Err(_) => tally.judge(chunk.positions, endpoint.judge(&sent)),
        }
        go_on(&sent)
    };
    side_by_side(config.concurrency, next, send, done).await;
    tally.finish(name, batch)
}

/// Tells `tally` what became of the measurements of `chunk`. Librato counts what it refuses and says why, but not which.
fn judge(endpoint: &Endpoint, chunk: Chunk, answer: &Answer, tally: &mut Tally) {
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let reason = if said.errors.is_null() {
        endpoint.line(&answer.body)
    } else {
        endpoint.line(said.errors.to_string().as_bytes())
    };
    let failed = said.measurements.summary.failed.min(chunk.written);
    let partly = answer.status.as_u16() == 400 && failed > 0 && failed < chunk.written;
    if failed > 0 && (answer.is_success() || partly) {
        let text = format!(
            "Librato refused {failed} of {} measurements: {reason}",
            chunk.written
        );
        let too_old = reason.contains("too far in the past") || reason.contains("too old");
        let why = if too_old {
            Rejection::TooOld
        } else {
            Rejection::Invalid
        };
        tally.reject(chunk.positions.clone().rev().take(failed), why, &text);
        tally.accept(chunk.positions);
    } else {
        tally.judge(chunk.positions, endpoint.judge_with(answer, &reason));
    }
}
