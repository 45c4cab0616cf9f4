//! One batch to the server.

use crate::answer;
use crate::config::Config;
use crate::encode::Encoder;
use heapster_httpclient::{Answer, Endpoint, Failure};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Chunk, Tally, go_on, send_by, side_by_side, values};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use std::ops::ControlFlow;
use tokio::time::Instant;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");

/// Puts every value of the batch once, in requests of which some are under way at a time.
pub(crate) async fn put(
    name: &str,
    endpoint: &Endpoint,
    config: &Config,
    batch: &Batch,
    deadline: Instant,
) -> Outcome {
    let deadline = send_by(deadline);
    let path = &config.path(deadline.saturating_duration_since(Instant::now()));
    let mut tally = Tally::new(batch);
    let mut encoder = Encoder::new(config, values(batch));
    let next = || encoder.next(Vec::with_capacity(config.max_bytes.min(1 << 20)));
    let send = |mut chunk: Chunk| async move {
        let body = std::mem::take(&mut chunk.body);
        if chunk.written == 0 {
            return (chunk, None);
        }
        let call = endpoint.post(path).header(CONTENT_TYPE, JSON).body(body.into());
        (chunk, Some(call.send(deadline).await))
    };
    let done = |(chunk, sent): (Chunk, Option<Result<Answer, Failure>>)| {
        let text = "JSON holds neither NaN nor an infinite value";
        tally.reject(chunk.unwritten.iter().copied(), Rejection::Unrepresentable, text);
        let Some(sent) = sent else {
            return ControlFlow::Continue(());
        };
        let more = go_on(&sent);
        match sent {
            Ok(answer) => answer::judge(endpoint, config, batch, &chunk, &answer, &mut tally),
            Err(failure) => tally.fail(answer::no_answer(endpoint, failure)),
        }
        more
    };
    side_by_side(config.concurrency, next, send, done).await;
    tally.finish(name, batch)
}
