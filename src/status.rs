//! The JSON of `/status`: what runs, what could not be built, and when the last batch was.

use crate::{COMMIT, VERSION};
use heapster_pipeline::Progress;
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
    /// The sink's name, or why there is none.
    pub(crate) state: Result<String, String>,
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
        let sink = |sink: &SinkStatus| match &sink.state {
            Ok(name) => json!({"key": sink.key, "uri": sink.uri, "name": name, "state": "running"}),
            Err(reason) => json!({"key": sink.key, "uri": sink.uri, "state": "failed", "reason": reason}),
        };
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

#[cfg(test)]
mod tests {
    use super::*;

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
