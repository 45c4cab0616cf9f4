//! A batch, request by request.

use crate::client::{Client, Written};
use crate::database::Database;
use crate::encode::{Chunk, Cursor, Encoder};
use crate::reply::Meaning;
use bytes::Bytes;
use heapster_httpclient::Verdict;
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Tally, send_by, side_by_side};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Sends a batch once, `concurrency` requests side by side; no more bodies than that are in memory. After a failure that the
/// next request would share, nothing new is begun.
pub(crate) async fn batch(
    client: &Client,
    database: &mut Database,
    encoder: &mut Encoder,
    concurrency: usize,
    batch: &Batch,
    deadline: Instant,
) -> Outcome {
    let end = send_by(deadline);
    let mut tally = Tally::new(batch);
    if let Err(text) = database.prepare(client, end).await {
        tally.fail(text);
        return tally.finish(crate::NAME, batch);
    }
    let path = database.write_path(client);
    let spare = Mutex::new(Vec::new());
    let mut cursor = Cursor::default();
    encoder.begin(batch);
    let next = || {
        let mut body: Vec<u8> = spare
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default();
        let chunk = encoder.next(batch, &mut cursor, &mut body)?;
        Some((chunk, Bytes::from(body)))
    };
    let send = |(chunk, body): (Chunk, Bytes)| {
        let path = &path;
        async move {
            let written = match chunk.lines {
                0 => None,
                _ => Some(client.write(path, body.clone(), end).await),
            };
            (chunk, written, body)
        }
    };
    let done = |(chunk, written, body): (Chunk, Option<Written>, Bytes)| {
        // The connection lets go of a body when it has sent it, so that its room can be used again.
        if let Ok(body) = body.try_into_mut() {
            spare
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(body.into());
        }
        count(&mut tally, chunk, written, client, database)
    };
    side_by_side(concurrency, next, send, done).await;
    tally.finish(crate::NAME, batch)
}

/// Tells the tally how one request ended.
fn count(
    tally: &mut Tally,
    chunk: Chunk,
    written: Option<Written>,
    client: &Client,
    database: &mut Database,
) -> ControlFlow<()> {
    tally.reject(
        chunk.unfit.iter().copied(),
        Rejection::Unrepresentable,
        "no line can express them",
    );
    let Some(written) = written else {
        tally.accept(chunk.values);
        return ControlFlow::Continue(());
    };
    match (written.meaning, written.verdict) {
        (
            Meaning::Partial { dropped, reason },
            Verdict::Rejected { text, .. } | Verdict::Retry { text, .. },
        ) => {
            // The server does not say which ones.
            let fit = chunk
                .values
                .clone()
                .filter(|position| !chunk.unfit.contains(position));
            tally.reject(fit.take(dropped.min(chunk.lines)), reason, &text);
            tally.accept(chunk.values);
        }
        (meaning @ (Meaning::NoDatabase | Meaning::NoPolicy), verdict) => {
            let mut text = text(verdict);
            database.learn(client, &meaning, &mut text);
            tally.fail(text);
            return ControlFlow::Break(());
        }
        (Meaning::TypeClash, verdict) => tally.fail(text(verdict)),
        (_, verdict) => tally.judge(chunk.values, verdict),
    }
    if written.go_on {
        return ControlFlow::Continue(());
    }
    database.forget();
    ControlFlow::Break(())
}

fn text(verdict: Verdict) -> String {
    match verdict {
        Verdict::Retry { text, .. } | Verdict::Rejected { text, .. } => text,
        Verdict::Accepted => String::new(),
    }
}
