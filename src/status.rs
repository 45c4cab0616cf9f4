//! The JSON of `/status`: what runs, what could not be built, and when the last batch was.

use crate::{COMMIT, VERSION};
use heapster_delivery::{Delivery, Snapshot};
use heapster_pipeline::Progress;
use heapster_plugin::model::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::Instant;

/// A sink on the page.
#[derive(Debug)]
pub(crate) struct SinkStatus {
    /// The key of its URI.
    pub(crate) key: String,
    /// The URI without secrets.
    pub(crate) uri: String,
    /// The sink that runs, or why there is none.
    pub(crate) state: Result<Running, String>,
}

/// A sink that runs.
#[derive(Debug)]
pub(crate) struct Running {
    /// Its name, as in the label `exporter`.
    pub(crate) name: String,
    /// How it gets its batches; the store in memory needs none.
    pub(crate) delivery: Option<Arc<Delivery>>,
}

/// What the page is made from.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) started: Instant,
    /// The URIs of the sources, without secrets.
    pub(crate) sources: Vec<String>,
    pub(crate) sinks: Vec<SinkStatus>,
    pub(crate) progress: Arc<Progress>,
}

impl Status {
    /// The page as it is now.
    pub(crate) fn json(&self) -> String {
        let batch = self.progress.latest().map_or(
            Value::Null,
            |(time, sets)| json!({"time": time.to_string(), "sets": sets}),
        );
        let (answered, all) = self.progress.targets();
        let page = json!({
            "program": "heapster",
            "version": VERSION,
            "commit": COMMIT,
            "uptimeSeconds": self.started.elapsed().as_secs(),
            "sources": self.sources,
            "sinks": self.sinks.iter().map(sink).collect::<Vec<_>>(),
            "targets": {"answered": answered, "all": all},
            "latestBatch": batch,
        });
        format!("{page:#}\n")
    }
}

fn sink(sink: &SinkStatus) -> Value {
    let SinkStatus { key, uri, state } = sink;
    match state {
        Err(reason) => json!({"key": key, "uri": uri, "state": "failed", "reason": reason}),
        Ok(Running { name, delivery: None }) => {
            json!({"key": key, "uri": uri, "name": name, "state": "running"})
        }
        Ok(Running {
            name,
            delivery: Some(delivery),
        }) => {
            let snapshot = delivery.snapshot();
            let state = if snapshot.consecutive_failures > 0 {
                "retrying"
            } else {
                "running"
            };
            let mut all = json!({"key": key, "uri": uri, "name": name, "state": state});
            if let (Value::Object(all), Value::Object(more)) =
                (&mut all, delivered(&snapshot, Timestamp::now()))
            {
                all.extend(more);
            }
            all
        }
    }
}

/// What became of the values for one sink, and how it is; all of one moment.
fn delivered(snapshot: &Snapshot, now: Timestamp) -> Value {
    let ledger = &snapshot.ledger;
    let rejected = ledger.rejected.iter();
    let rejected = object(rejected.map(|(reason, count)| (reason.as_str(), *count)));
    let dropped = ledger.dropped.iter();
    let dropped = object(dropped.map(|(reason, count)| (reason.as_str(), *count)));
    let spool = snapshot.spool.as_ref().map(|spool| {
        json!({
            "folder": spool.folder.display().to_string(),
            "batches": spool.parcels,
            "bytes": spool.bytes,
            "maxBytes": spool.max_bytes,
            "error": spool.error,
        })
    });
    json!({
        "values": {
            "made": ledger.made,
            "accepted": ledger.accepted,
            "rejected": rejected,
            "dropped": dropped,
            "waiting": ledger.waiting(),
        },
        "queue": {
            "batches": snapshot.waiting_parcels,
            "inMemory": snapshot.in_memory,
            "capacity": snapshot.capacity,
            "inHand": snapshot.in_hand,
        },
        "spool": spool,
        "failures": snapshot.failures,
        "consecutiveFailures": snapshot.consecutive_failures,
        "lastError": snapshot.last_error.as_ref().map(|(at, text)| json!({"time": at.to_string(), "text": text})),
        "lastAccepted": snapshot.last_accepted.map(|at| at.to_string()),
        "nextTry": snapshot.next_try.map(|after| now.plus(after).to_string()),
    })
}

fn object<'a>(reasons: impl Iterator<Item = (&'a str, u64)>) -> Value {
    let pairs = reasons.map(|(reason, count)| (reason.to_owned(), count.into()));
    Value::Object(pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_delivery::{Drop, Ledger, SpoolSnapshot};
    use heapster_plugin::sink::Rejection;
    use std::time::Duration;

    #[test]
    fn what_became_of_the_values_is_shown_with_the_last_error() {
        let at = Timestamp::from_secs(1_800_000_000);
        let snapshot = Snapshot {
            ledger: Ledger {
                made: 20,
                accepted: 7,
                rejected: vec![(Rejection::TooOld, 2)],
                dropped: vec![(Drop::QueueFull, 1)],
            },
            waiting_parcels: 2,
            in_memory: 1,
            capacity: 3,
            in_hand: true,
            failures: 5,
            consecutive_failures: 4,
            last_error: Some((at, "503".to_owned())),
            last_accepted: None,
            next_try: Some(Duration::from_secs(7)),
            spool: Some(SpoolSnapshot {
                folder: "/spool/acme-1".into(),
                parcels: 3,
                bytes: 99,
                max_bytes: 100,
                error: None,
            }),
        };
        let expected = json!({
            "values": {
                "made": 20,
                "accepted": 7,
                "rejected": {"too_old": 2},
                "dropped": {"queue_full": 1},
                "waiting": 10,
            },
            "queue": {"batches": 2, "inMemory": 1, "capacity": 3, "inHand": true},
            "spool": {"folder": "/spool/acme-1", "batches": 3, "bytes": 99, "maxBytes": 100, "error": null},
            "failures": 5,
            "consecutiveFailures": 4,
            "lastError": {"time": "2027-01-15T08:00:00Z", "text": "503"},
            "lastAccepted": null,
            "nextTry": "2027-01-15T08:00:07Z",
        });
        assert_eq!(delivered(&snapshot, at), expected);
    }

    #[test]
    fn a_failed_sink_is_shown_with_its_reason() {
        let status = Status {
            started: Instant::now(),
            sources: vec!["host:".to_owned()],
            sinks: vec![SinkStatus {
                key: "nothing".to_owned(),
                uri: "nothing:x".to_owned(),
                state: Err("Sink not recognized: nothing".to_owned()),
            }],
            progress: Arc::default(),
        };
        let page: Value = serde_json::from_str(&status.json()).unwrap();
        assert_eq!(page["sinks"][0]["state"], "failed");
        assert_eq!(page["sinks"][0]["reason"], "Sink not recognized: nothing");
        assert_eq!(page["latestBatch"], Value::Null);
    }
}
