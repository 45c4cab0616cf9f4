//! The whole program and a real InfluxDB, both killed: what was made is in the database once, and the figures add up.

use heapster as _;

#[cfg(test)]
mod common;
#[cfg(test)]
#[cfg(all(feature = "source-host", feature = "sink-influxdb"))]
#[path = "common/running.rs"]
mod running;

#[cfg(test)]
#[cfg(all(feature = "source-host", feature = "sink-influxdb"))]
mod tests {
    use super::running::Running;
    use heapster_rehearsal::Live;
    use serde_json::Value;
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::path::Path;
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    /// Asks again and again until there is an answer, for two minutes at most.
    async fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(120);
        while Instant::now() < deadline {
            if let Some(answer) = ask() {
                return answer;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("{what} has not come about");
    }

    fn start(folder: &Path, server: &Live) -> Running {
        let sink = format!("--sink=influxdb:http://{}?concurrency=2", server.address());
        let spools = format!("--spool_dir={}", folder.display());
        Running::start(&["--source=host", "--metric_resolution=5s", &sink, &spools])
    }

    /// What the page says of the sink, when `ready` holds for it.
    fn sink(running: &Running, ready: impl Fn(&Value) -> bool) -> Option<Value> {
        let answer = running.get("/status");
        let page: Value = serde_json::from_str(answer.get(answer.find('{')?..)?).unwrap();
        Some(page["sinks"][0].clone()).filter(ready)
    }

    fn values(sink: &Value, kind: &str) -> u64 {
        let found = &sink["values"][kind];
        let parts = found
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, part)| part.as_u64().unwrap());
        found.as_u64().unwrap_or_else(|| parts.sum())
    }

    fn adds_up(sink: &Value) {
        let parts = ["accepted", "rejected", "dropped", "waiting"].map(|kind| values(sink, kind));
        assert_eq!(values(sink, "made"), parts.iter().sum::<u64>(), "{sink}");
        assert_eq!(parts[1] + parts[2], 0, "{sink}");
    }

    /// How many points the database holds, and at how many times.
    fn stored(server: &Live) -> (u64, usize) {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let query = "/query?db=k8s&epoch=ns&q=SELECT+value+FROM+%22default%22./.*/";
        write!(stream, "GET {query} HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let page: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let series = page["results"][0]["series"].as_array().into_iter().flatten();
        let rows: Vec<u64> = series
            .flat_map(|series| series["values"].as_array().unwrap())
            .map(|row| row[0].as_u64().unwrap())
            .collect();
        let times: std::collections::BTreeSet<u64> = rows.iter().copied().collect();
        (u64::try_from(rows.len()).unwrap(), times.len())
    }

    #[tokio::test]
    async fn every_value_is_there_once_after_both_were_killed() {
        let Some(mut server) = Live::start("influxdb").await else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let running = start(folder.path(), &server);
        until("a first batch", || {
            sink(&running, |sink| values(sink, "accepted") > 0)
        })
        .await;
        server.kill().await;
        let waits = |sink: &Value| sink["spool"]["batches"] == 2 && sink["consecutiveFailures"] != 0;
        let before = until("a spool", || sink(&running, waits)).await;
        adds_up(&before);
        let text = before["lastError"]["text"].as_str().unwrap();
        assert!(
            text.ends_with("connection refused") || text.contains("/write: "),
            "{text}"
        );
        drop(running); // killed

        server.run().await.unwrap();
        let mut running = start(folder.path(), &server);
        let through = |sink: &Value| {
            values(sink, "waiting") == 0 && values(sink, "accepted") > values(&before, "waiting")
        };
        // The figures and the database at one moment: between two looks at the figures that are alike.
        let rest = || {
            let first = sink(&running, through)?;
            let held = stored(&server);
            sink(&running, |then| then["values"] == first["values"]).map(|after| (after, held))
        };
        let (after, (points, times)) = until("all that waited and more", rest).await;
        adds_up(&after);
        assert_eq!(points, values(&before, "accepted") + values(&after, "accepted"));
        assert!(times >= 4, "{times}");
        running.wait_for("Found in the spool of sink: InfluxDB Sink");
        assert!(running.has_said("Starting with InfluxDB Sink"));
        running.signal("TERM");
        assert_eq!(running.end(), 0);
    }
}
