//! What the server answered to a put.

use crate::config::{Config, Mode};
use crate::encode::Encoder;
use heapster_httpclient::{Answer, ClientError, Endpoint, Failure, Verdict};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::Rejection;
use heapster_tally::{Chunk, Tally, values};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// In the page that a server answers whose settings refuse bodies beyond 8 KiB.
const CHUNKED: &[u8] = b"Chunked request not supported";

/// The answer with `details`; without failures the servers of other makers leave most of it out.
#[derive(Debug, Default, Deserialize)]
struct Details {
    failed: usize,
    #[serde(default)]
    timeouts: usize,
    #[serde(default)]
    errors: Vec<PointError>,
}

#[derive(Debug, Deserialize)]
struct PointError {
    error: String,
    datapoint: Option<Point>,
}

/// What tells a point from the others of its request.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
struct Point {
    metric: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// An answer about the request as a whole.
#[derive(Debug, Deserialize)]
struct Refusal {
    error: RefusalText,
}

#[derive(Debug, Deserialize)]
struct RefusalText {
    message: String,
}

/// Tells `tally` what became of the points of `chunk`.
pub(crate) fn judge(
    endpoint: &Endpoint,
    config: &Config,
    batch: &Batch,
    chunk: &Chunk,
    answer: &Answer,
    tally: &mut Tally,
) {
    let positions = chunk.positions.clone();
    let details: Option<Details> = serde_json::from_slice(&answer.body).ok();
    match details {
        Some(details) if answer.is_success() || answer.status.as_u16() == 400 => {
            judge_points(endpoint, config, batch, chunk, &details, tally);
        }
        None if answer.is_success() && answer.body.trim_ascii().is_empty() => tally.accept(positions),
        None if answer.is_success() => tally.fail(format!(
            "{} {} answered {}, but not as OpenTSDB does: {}; check that the address is that of OpenTSDB",
            answer.method,
            answer.place,
            answer.status,
            endpoint.line(&answer.body),
        )),
        Some(_) | None => tally.judge(positions, refusal(endpoint, answer)),
    }
}

/// The verdict on a request that was refused as a whole.
fn refusal(endpoint: &Endpoint, answer: &Answer) -> Verdict {
    if answer.body.windows(CHUNKED.len()).any(|part| part == CHUNKED) {
        return Verdict::Retry {
            text: format!(
                "{} {} answered {}: Chunked request not supported; set tsd.http.request.enable_chunked = true and \
                 tsd.http.request.max_chunk to more than the sink's maxbytes, or lower maxbytes",
                answer.method, answer.place, answer.status,
            ),
            after: None,
        };
    }
    let text = serde_json::from_slice(&answer.body).map_or_else(
        |_| endpoint.line(&answer.body),
        |refusal: Refusal| refusal.error.message,
    );
    endpoint.judge_with(answer, &text)
}

/// What became of a request without an answer. OpenTSDB closes the connection on a body beyond its bound.
pub(crate) fn no_answer(endpoint: &Endpoint, failure: Failure) -> String {
    let broken = matches!(failure.cause, ClientError::Broken(_));
    let hint = "; if that stays so, lower maxbytes or raise the server's tsd.http.request.max_chunk";
    match endpoint.judge(&Err(failure)) {
        Verdict::Retry { text, .. } | Verdict::Rejected { text, .. } if broken => text + hint,
        Verdict::Retry { text, .. } | Verdict::Rejected { text, .. } => text,
        Verdict::Accepted => String::new(),
    }
}

fn judge_points(
    endpoint: &Endpoint,
    config: &Config,
    batch: &Batch,
    chunk: &Chunk,
    details: &Details,
    tally: &mut Tally,
) {
    if details.failed + details.timeouts == 0 {
        return tally.accept(chunk.positions.clone());
    }
    let named = Named::of(config, batch, chunk);
    let mut again: HashSet<usize> = HashSet::new();
    let (mut unnamed, mut told) = (0, 0);
    for error in &details.errors {
        told += 1;
        let text = endpoint.line(error.error.as_bytes());
        let may_pass = may_pass(&error.error);
        let found = error.datapoint.as_ref().and_then(|point| named.0.get(point));
        match found {
            Some(positions) if may_pass => again.extend(positions),
            Some(positions) => {
                let line = format!("OpenTSDB: {text}{}", advice(&error.error));
                tally.reject(positions.iter().copied(), Rejection::Invalid, &line);
            }
            None => unnamed += 1,
        }
        if may_pass {
            tally.fail(format!(
                "OpenTSDB at {} could not store a point: {text}",
                endpoint.address()
            ));
        }
    }
    // Which ones failed is not known; to write a point twice changes nothing.
    if unnamed > 0 || details.failed + details.timeouts > told {
        return tally.fail(format!(
            "OpenTSDB at {} refused {} of {} points and does not say which",
            endpoint.address(),
            details.failed + details.timeouts,
            chunk.written,
        ));
    }
    tally.accept(
        chunk
            .positions
            .clone()
            .filter(|position| !again.contains(position)),
    );
}

/// Whether the store, not the point, is at fault.
fn may_pass(error: &str) -> bool {
    let error = error.to_ascii_lowercase();
    ["storage exception", "timeout", "timed out", "throttle", "hbase"]
        .iter()
        .any(|word| error.contains(word))
}

/// What the operator can do about it.
fn advice(error: &str) -> &'static str {
    if error.contains("Unknown metric") || error.contains("No such name") {
        "; set tsd.core.auto_create_metrics = true, or create the metric"
    } else if error.contains("Too many tags") {
        "; raise tsd.storage.max_tags, or give the sink max_tags"
    } else {
        ""
    }
}

/// The points of a request by what the server calls them, for the rare case that it names some.
struct Named(HashMap<Point, Vec<usize>>);

impl Named {
    fn of(config: &Config, batch: &Batch, chunk: &Chunk) -> Self {
        let one_each = Config {
            batch: 1,
            mode: Mode::Http,
            ..config.clone()
        };
        let within = values(batch)
            .skip(chunk.positions.start)
            .take(chunk.positions.len());
        let mut encoder = Encoder::new(&one_each, within);
        let mut all: HashMap<Point, Vec<usize>> = HashMap::new();
        while let Some(one) = encoder.next(Vec::new()) {
            if let Ok(point) = serde_json::from_slice(&one.body) {
                // A value that could not be written stands before its neighbour, in one chunk with it.
                all.entry(point).or_default().extend(one.positions.last());
            }
        }
        Self(all)
    }
}
