//! `_bulk` requests: a batch in pieces, several of them under way at a time.

use crate::answer::{Fate, items, reason};
use crate::config::Config;
use crate::encode::{Encoder, Pending};
use crate::layout::{Dialect, Layout};
use crate::pool::{Ask, Pool};
use bytes::Bytes;
use heapster_httpclient::{Verdict, one_line};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Tally, side_by_side};
use http::Method;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::time::Instant;

/// Of the answer only this is wanted. Before Elasticsearch 7 the whole answer is taken, as by the original.
const FILTERED: &str = "/_bulk?filter_path=errors,items.*.status,items.*.error";

/// Requests are not made smaller than this many bytes because some were refused.
const LEAST: usize = 16 * 1024;

/// Sends a batch. The answer holds what became of each value, and how many documents failed with which status.
pub(crate) async fn deliver(
    pool: &Pool,
    config: &Config,
    layout: &Layout,
    limit: &AtomicUsize,
    batch: &Batch,
    deadline: Instant,
) -> (Outcome, BTreeMap<u16, u64>) {
    let wire = Wire {
        pool,
        limit,
        path: match layout.dialect {
            Dialect::Typed2 | Dialect::Typed5 | Dialect::Doc => "/_bulk",
            Dialect::Plain | Dialect::Template => FILTERED,
        },
        json: layout.dialect != Dialect::Typed2,
        deadline,
    };
    let mut encoder = Encoder::new(batch, layout, &config.cluster, config.pipeline.as_deref());
    let mut sets = batch.sets();
    let mut pending = Pending::default();
    let next = || {
        let bytes = config.bytes.min(limit.load(Ordering::Relaxed));
        while !pending.is_full(config.actions, bytes) {
            match sets.next() {
                Some(set) => encoder.set(&set, &mut pending),
                None => break,
            }
        }
        (!pending.docs.is_empty()).then(|| pending.take(config.actions, bytes))
    };
    let mut tally = Tally::new(batch);
    let mut failed = BTreeMap::new();
    side_by_side(
        config.workers,
        next,
        |chunk| wire.send(chunk),
        |sent: Sent| sent.tell(&mut tally, &mut failed),
    )
    .await;
    tally.reject(
        encoder.left_out,
        Rejection::Unrepresentable,
        "NaN and infinity are no numbers in JSON",
    );
    (tally.finish(crate::NAME, batch), failed)
}

/// What all requests of one batch have in common.
#[derive(Debug)]
struct Wire<'a> {
    pool: &'a Pool,
    limit: &'a AtomicUsize,
    path: &'static str,
    json: bool,
    deadline: Instant,
}

/// A piece of a batch, and how the requests with it ended: one, or several when it was too large.
#[derive(Debug)]
struct Sent {
    chunk: Pending,
    ends: Vec<(Range<usize>, End)>,
}

/// How one request ended.
#[derive(Debug)]
enum End {
    /// With an answer that tells of each document.
    Told(Bytes),
    /// With the same for all.
    Whole(Verdict),
}

impl Wire<'_> {
    /// Sends the documents; those of a request that is too large for the server in halves.
    async fn send(&self, mut chunk: Pending) -> Sent {
        let body = Bytes::from(std::mem::take(&mut chunk.body));
        let whole = 0..chunk.docs.len();
        let mut left = Vec::from([whole]);
        let mut ends = Vec::new();
        while let Some(docs) = left.pop() {
            let end_of = |count: usize| {
                let last = count.checked_sub(1).and_then(|last| chunk.docs.get(last));
                last.map_or(0, |doc| doc.end)
            };
            let part = body.slice(end_of(docs.start)..end_of(docs.end));
            let size = part.len();
            let ask = Ask {
                method: Method::POST,
                path: self.path,
                json: self.json,
                body: part,
            };
            let end = match self.pool.send(&ask, self.deadline).await {
                Err(text) => End::Whole(Verdict::Retry { text, after: None }),
                Ok(told) if told.answer.status == 413 && docs.len() > 1 => {
                    // Further requests begin smaller, so that not each has to be refused first.
                    self.limit.fetch_min((size / 2).max(LEAST), Ordering::Relaxed);
                    let middle = docs.start + docs.len() / 2;
                    left.extend([middle..docs.end, docs.start..middle]);
                    continue;
                }
                Ok(told) if told.answer.is_success() => End::Told(told.answer.body),
                Ok(told) => {
                    let reason = reason(&told.answer.body);
                    End::Whole(mended(
                        told.node.endpoint.judge_with(&told.answer, &reason),
                        &reason,
                    ))
                }
            };
            let stop = matches!(end, End::Whole(Verdict::Retry { .. }));
            ends.push((docs, end));
            if stop {
                break;
            }
        }
        Sent { chunk, ends }
    }
}

/// A server that does not know a parameter of every action is one of another version; its data are not at fault.
fn mended(verdict: Verdict, reason: &str) -> Verdict {
    let foreign = reason.contains("unknown parameter")
        || reason.contains("_type")
        || reason.contains("type is missing");
    match verdict {
        Verdict::Rejected { text, .. } if foreign => Verdict::Retry {
            text: text + "; an option ver that is not the server's does this",
            after: None,
        },
        Verdict::Accepted | Verdict::Retry { .. } | Verdict::Rejected { .. } => verdict,
    }
}

impl Sent {
    /// Tells the tally of each document. Nothing more is sent after a request of which nothing got through for now.
    fn tell(&self, tally: &mut Tally, failed: &mut BTreeMap<u16, u64>) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        for (docs, end) in &self.ends {
            let told = match end {
                End::Told(answer) => self.tell_each(docs, answer, tally, failed),
                End::Whole(verdict) => {
                    let values = docs.clone().flat_map(|doc| self.values(doc)).copied();
                    tally.judge(values, verdict.clone());
                    !matches!(verdict, Verdict::Retry { .. })
                }
            };
            if !told {
                flow = ControlFlow::Break(());
            }
        }
        flow
    }

    /// Whether something was taken or refused for good.
    fn tell_each(
        &self,
        docs: &Range<usize>,
        answer: &[u8],
        tally: &mut Tally,
        failed: &mut BTreeMap<u16, u64>,
    ) -> bool {
        let mut progress = false;
        let read = items(answer, docs.len(), |number, status, fate| {
            let values = self.values(docs.start + number).iter().copied();
            if !(200..300).contains(&status) {
                *failed.entry(status).or_default() += 1;
            }
            progress |= !matches!(fate, Fate::Retry(_));
            match fate {
                Fate::Accepted => tally.accept(values),
                Fate::Rejected(reason, text) => tally.reject(values, reason, &one_line(&text)),
                Fate::Retry(text) => tally.fail(format!("_bulk: {}", one_line(&text))),
            }
        });
        if let Err(text) = read {
            tally.fail(format!("_bulk: {text}"));
        }
        progress
    }

    /// Where the values of a document stand in the batch.
    fn values(&self, doc: usize) -> &[usize] {
        let end_of = |doc: Option<usize>| {
            doc.and_then(|doc| self.chunk.docs.get(doc))
                .map_or(0, |doc| doc.values)
        };
        let range = end_of(doc.checked_sub(1))..end_of(Some(doc));
        self.chunk.positions.get(range).unwrap_or(&[])
    }
}
