//! A batch, request by request.

use crate::client::{Client, Written};
use crate::config::Config;
use crate::database::Database;
use crate::encode::{Chunk, Cursor, Encoder};
use crate::reply::Meaning;
use bytes::Bytes;
use heapster_httpclient::Verdict;
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Tally, send_by, side_by_side};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Bodies that are kept from one batch to the next, so that their room need not be made again.
const SPARE: usize = 4;

/// Sends batches to one server.
#[derive(Debug)]
pub(crate) struct Sender {
    client: Client,
    database: Database,
    encoder: Encoder,
    concurrency: usize,
    spare: Spare,
}

impl Sender {
    pub(crate) fn new(client: Client, config: Config) -> Self {
        Self {
            client,
            database: Database::default(),
            encoder: Encoder::new(config.schema),
            concurrency: config.concurrency,
            spare: Spare::default(),
        }
    }

    /// Sends a batch once, `concurrency` requests side by side; no more bodies than that are in memory. After a failure that the
    /// next request would share, nothing new is begun.
    pub(crate) async fn send(&mut self, batch: &Batch, deadline: Instant) -> Outcome {
        let (client, database, encoder) = (&self.client, &mut self.database, &mut self.encoder);
        let end = send_by(deadline);
        let mut tally = Tally::new(batch);
        if let Err(text) = database.prepare(client, end).await {
            tally.fail(text);
            return tally.finish(crate::NAME, batch);
        }
        let path = database.write_path(client);
        let mut cursor = Cursor::default();
        encoder.begin(batch);
        let next = || {
            let mut body = self.spare.take();
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
                self.spare.give(body.into());
            }
            count(&mut tally, chunk, written, client, database)
        };
        side_by_side(self.concurrency, next, send, done).await;
        self.spare.trim();
        tally.finish(crate::NAME, batch)
    }
}

/// Bodies whose requests have ended.
#[derive(Default)]
struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    fn take(&self) -> Vec<u8> {
        self.bodies().pop().unwrap_or_default()
    }

    fn give(&self, body: Vec<u8>) {
        self.bodies().push(body);
    }

    fn trim(&self) {
        self.bodies().truncate(SPARE);
    }

    fn bodies(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Spare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bodies", self.bodies().len())
    }
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
