//! The way of batches to a sink, in the whole program: what could not be sent waits on disk, whatever ends the program.

use heapster as _;

#[cfg(test)]
mod common;
#[cfg(test)]
#[cfg(all(feature = "source-host", feature = "sink-log"))]
#[path = "common/running.rs"]
mod running;

#[cfg(all(feature = "source-host", feature = "sink-log"))]
#[cfg(test)]
mod tests {
    use super::running::Running;
    use serde_json::Value;
    use std::path::Path;

    /// The answer of `/status` once `ready` holds for its first sink.
    fn sink(running: &Running, ready: impl Fn(&Value) -> bool) -> Value {
        loop {
            let answer = running.get("/status");
            let body = answer
                .find('{')
                .and_then(|at| answer.get(at..))
                .unwrap_or_default();
            let page: Value = serde_json::from_str(body).unwrap();
            if ready(&page["sinks"][0]) {
                return page["sinks"][0].clone();
            }
            std::thread::yield_now();
        }
    }

    fn start(folder: &Path) -> Running {
        let file = folder.join("later/batches");
        let sink = format!("--sink=log:?format=json&only=type=node&target={}", file.display());
        let spools = format!("--spool_dir={}", folder.join("spools").display());
        Running::start(&["--source=host", "--metric_resolution=5s", &sink, &spools])
    }

    fn number(value: &Value) -> u64 {
        value.as_u64().unwrap()
    }

    #[test]
    fn what_could_not_be_sent_is_sent_after_a_kill_and_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let running = start(folder.path());
        let shown = sink(&running, |sink| {
            sink["spool"]["batches"] == 1 && sink["consecutiveFailures"] != 0
        });
        assert_eq!(
            (&shown["name"], &shown["state"]),
            (&"Log Sink".into(), &"retrying".into())
        );
        let text = shown["lastError"]["text"].as_str().unwrap();
        assert!(text.contains("later/batches: No such file"), "{text}");
        let made = number(&shown["values"]["made"]);
        assert_eq!(shown["values"]["waiting"], made);
        drop(running); // killed

        std::fs::create_dir(folder.path().join("later")).unwrap();
        let mut running = start(folder.path());
        let shown = sink(&running, |sink| sink["lastAccepted"].is_string());
        assert_eq!(number(&shown["values"]["accepted"]), made);
        running.wait_for("Found in the spool of sink: Log Sink");
        assert!(running.has_said("Starting with Log Sink"));
        running.signal("TERM");
        assert_eq!(running.end(), 0);
        let text = std::fs::read_to_string(folder.path().join("later/batches")).unwrap();
        assert!(text.contains("node:") && !text.contains("/container:"), "{text}");
    }
}
