//! One batch to the server.

use crate::cache::Cache;
use crate::config::Config;
use crate::definitions;
use crate::encode::{Encoder, Request};
use heapster_httpclient::{Answer, Call, Endpoint, Failure, Verdict};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_tally::{Tally, go_on, send_by, side_by_side, values};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::time::Instant;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TENANT: HeaderName = HeaderName::from_static("hawkular-tenant");
const ADMIN: HeaderName = HeaderName::from_static("hawkular-admin-token");

/// The longest that the question for definitions may hold up the first batch.
const ASKING: Duration = Duration::from_secs(10);

/// An answer that is an error.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refusal {
    error_msg: String,
}

/// What is sent, and what must be known when it ended.
enum Sent {
    Tags(u64),
    Values(Vec<usize>),
}

/// Asks which definitions the server has; `false` when there was no answer, so that it is asked again with the next batch.
/// Without them their tags are written once more.
pub(crate) async fn ask(endpoint: &Endpoint, config: &Config, cache: &mut Cache, deadline: Instant) -> bool {
    let deadline = deadline.min(Instant::now() + ASKING);
    let call =
        with_tenant(endpoint.get("/openshift"), &config.tenant).header(ADMIN, HeaderValue::from_static(""));
    match call.send(deadline).await {
        Ok(answer) if answer.is_success() && !answer.body.is_empty() => {
            match definitions::learn(&answer.body, &config.tenant, cache) {
                Ok(count) => tracing::info!(count, "Hawkular told which definitions it has"),
                Err(error) => tracing::warn!("Hawkular's list of definitions cannot be read: {error}"),
            }
            true
        }
        Ok(_) => true,
        Err(failure) => {
            tracing::debug!("Hawkular did not tell which definitions it has: {failure}");
            false
        }
    }
}

/// Sends every value of the batch once, and the tags of definitions that are news.
pub(crate) async fn put(
    name: &str,
    endpoint: &Endpoint,
    config: &Config,
    cache: &mut Cache,
    batch: &Batch,
    deadline: Instant,
) -> Outcome {
    let deadline = send_by(deadline);
    let mut tally = Tally::new(batch);
    let mut failed = Tags::default();
    cache.begin(batch.timestamp());
    let mut encoder = Encoder::new(config, cache, values(batch));
    // A server that takes no tags now is not asked again within the batch; its values go on.
    let no_tags = &AtomicBool::new(false);
    let send = |request: Request| async move {
        match request {
            Request::Tags { key, .. } if no_tags.load(Relaxed) => (Sent::Tags(key), None),
            Request::Tags {
                key,
                tenant,
                path,
                body,
            } => {
                let call = with_tenant(endpoint.put(&path), &tenant).body(body.into());
                (Sent::Tags(key), Some(call.send(deadline).await))
            }
            Request::Values {
                of_type,
                tenant,
                body,
                positions,
            } => {
                let path = format!("/{}/raw", of_type.path());
                let call = with_tenant(endpoint.post(&path), &tenant).body(body.into());
                (Sent::Values(positions), Some(call.send(deadline).await))
            }
        }
    };
    let done = |(what, sent): (Sent, Option<Result<Answer, Failure>>)| match (what, sent) {
        (Sent::Tags(key), None) => {
            failed.keys.push(key);
            ControlFlow::Continue(())
        }
        (Sent::Tags(key), Some(sent)) => {
            failed.note(key, judge(endpoint, &sent));
            no_tags.fetch_or(go_on(&sent).is_break(), Relaxed);
            ControlFlow::Continue(())
        }
        (Sent::Values(positions), Some(sent)) => {
            tally.judge(positions, judge(endpoint, &sent));
            go_on(&sent)
        }
        (Sent::Values(_), None) => ControlFlow::Continue(()),
    };
    side_by_side(config.concurrency, || encoder.next(), send, done).await;
    let text = "JSON holds neither NaN nor an infinite value";
    let (unwritten, left_out) = encoder.finish();
    tally.reject(unwritten, Rejection::Unrepresentable, text);
    tally.accept(left_out);
    cache.end(&failed.keys);
    failed.tell(cache.left_out);
    tally.finish(name, batch)
}

fn with_tenant<'a>(call: Call<'a>, tenant: &str) -> Call<'a> {
    // A tenant that no header can carry is sent without one, and the server says that it is missing.
    let call = call.header(CONTENT_TYPE, JSON);
    match HeaderValue::from_str(tenant) {
        Ok(tenant) => call.header(TENANT, tenant),
        Err(_) => call,
    }
}

fn judge(endpoint: &Endpoint, sent: &Result<Answer, Failure>) -> Verdict {
    match sent {
        Ok(answer) => {
            let reason = serde_json::from_slice(&answer.body).map_or_else(
                |_| endpoint.line(&answer.body),
                |refusal: Refusal| refusal.error_msg,
            );
            endpoint.judge_with(answer, &reason)
        }
        Err(_) => endpoint.judge(sent),
    }
}

/// Tags that did not arrive. They are no values: the log tells of them, and they are written with the next batch.
#[derive(Default)]
struct Tags {
    keys: Vec<u64>,
    first: String,
}

impl Tags {
    fn note(&mut self, key: u64, verdict: Verdict) {
        match verdict {
            Verdict::Accepted => {}
            Verdict::Retry { text, .. } | Verdict::Rejected { text, .. } => {
                if self.keys.is_empty() {
                    self.first = text;
                }
                self.keys.push(key);
            }
        }
    }

    fn tell(&self, left_out: usize) {
        if !self.keys.is_empty() {
            tracing::warn!(definitions = self.keys.len(), "tags not written: {}", self.first);
        } else if left_out > 0 {
            tracing::warn!(
                definitions = left_out,
                "tags not written: more definitions than cacheSize"
            );
        }
    }
}
