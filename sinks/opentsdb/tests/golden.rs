//! The points of the recorded batch, and all that goes out with them.

use heapster_sink_opentsdb as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::sink::Outcome;
    use heapster_rehearsal::{Backend, Reply, build, recorded, write};
    use std::sync::Arc;

    /// The points of a body, one each, as text.
    fn points(body: &str) -> Vec<String> {
        let inner = body.strip_prefix('[').unwrap().strip_suffix(']').unwrap();
        let mut all: Vec<String> = inner.split("},{").map(str::to_owned).collect();
        let last = all.len() - 1;
        for (at, point) in all.iter_mut().enumerate() {
            if at > 0 {
                point.insert(0, '{');
            }
            if at < last {
                point.push('}');
            }
        }
        all.sort();
        all
    }

    #[tokio::test]
    async fn the_recorded_points_and_the_labeled_ones_go_out() {
        let answer =
            |_: usize, _: &_| Reply::Answer(200, r#"{"success":15,"failed":0,"errors":[]}"#.to_owned());
        let backend = Backend::start(answer).await.unwrap();
        let mut sink = build(&format!(
            "opentsdb:http://{}?cluster=c1&proxy=none",
            backend.address()
        ))
        .unwrap();
        assert_eq!(sink.name(), "OpenTSDB Sink");
        let batch = Arc::new(recorded().unwrap());
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
        let seen = backend.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!(
            (seen[0].method.as_str(), seen[0].path.as_str()),
            ("POST", "/api/put?summary&details")
        );
        assert_eq!(seen[0].header("content-type"), "application/json; charset=UTF-8");
        let (labeled, plain): (Vec<_>, Vec<_>) = points(&seen[0].text())
            .into_iter()
            .partition(|point| point.contains("resource_id"));
        let mut golden: Vec<_> = include_str!("golden/points.txt").lines().collect();
        golden.sort_unstable();
        assert_eq!(plain, golden);
        assert_eq!(labeled.len(), 3);
        let disk = r#"{"metric":"disk_io_read_bytes_gauge","timestamp":1519905600,"value":4096,"tags":{"cluster":"c1","host_id":"1234567890","hostname":"node-1.example.com","labels":"beta.kubernetes.io/os_linux_kubernetes.io/hostname_node-1.example.com","nodename":"node-1.example.com","resource_id":"8_0","type":"node"}}"#;
        assert_eq!(labeled[0], disk);
    }
}
