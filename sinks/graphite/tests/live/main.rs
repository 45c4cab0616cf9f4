//! Carbon on this machine: what was written is in its files. `ci/setup` installs it; without it a test says SKIPPED, and fails
//! when HEAPSTER_REQUIRE_ALL is set.

use heapster_sink_graphite as _;

#[cfg(test)]
mod whisper;

#[cfg(test)]
mod tests {
    use crate::whisper::{Found, values};
    use heapster_plugin::model::{Batch, Timestamp, Value};
    use heapster_plugin::sink::{MetricSink, Outcome};
    use heapster_rehearsal::{Live, at, build, pods, recorded, write};
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;

    fn sink(server: &Live, options: &str) -> Box<dyn MetricSink> {
        build(&format!("graphite:{options}").replace("ADDRESS", &server.address())).unwrap()
    }

    fn now(batch: &Batch) -> Arc<Batch> {
        Arc::new(at(batch, Timestamp::now()))
    }

    /// Waits until carbon has written as many series as the batch has values, and reads those of the batch's time.
    async fn stored(server: &Live, batch: &Batch) -> Found {
        let (folder, time) = (server.data().join("whisper"), batch.timestamp().secs());
        let waiting = async {
            loop {
                let found = values(&folder, time);
                if found.len() >= batch.value_count() {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(120), waiting)
            .await
            .unwrap()
    }

    /// Metric and value of each value of a batch, as often as they occur.
    fn of_batch(batch: &Batch) -> BTreeMap<(String, u64), usize> {
        let mut all = BTreeMap::new();
        for set in batch.sets() {
            let labeled = set.labeled().map(|one| one.point);
            for point in set.points().chain(labeled) {
                let last = batch
                    .metric_name(point.metric())
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .to_owned();
                let value = match point.value() {
                    Value::Int(value) => Value::Int(value).as_f64(),
                    Value::Float(value) => format!("{value:.6}").parse().unwrap(),
                };
                *all.entry((last, value.to_bits())).or_default() += 1;
            }
        }
        all
    }

    /// The same of what is stored: a path ends with the last word of the metric.
    fn of_found(found: &Found) -> BTreeMap<(String, u64), usize> {
        let mut all = BTreeMap::new();
        for (path, value) in found {
            let last = path
                .split(';')
                .next()
                .unwrap()
                .rsplit('.')
                .next()
                .unwrap()
                .to_owned();
            *all.entry((last, value.to_bits())).or_default() += 1;
        }
        all
    }

    #[tokio::test]
    async fn every_value_is_there_over_tcp_and_udp_with_paths_and_with_tags() {
        let Some(server) = Live::start("carbon").await else {
            return;
        };
        for options in [
            "tcp://ADDRESS?prefix=a",
            "tcp://ADDRESS?prefix=b&confirm=false",
            "udp://ADDRESS?prefix=c",
            "tcp://ADDRESS?prefix=d&tagged=true",
        ] {
            let batch = now(&recorded().unwrap());
            let mut sink = sink(&server, options);
            assert_eq!(write(&mut *sink, &batch).await, Outcome::all(15), "{options}");
            sink.stop(heapster_plugin::Instant::now() + Duration::from_secs(5))
                .await;
            let prefix = options
                .split("prefix=")
                .nth(1)
                .unwrap()
                .split('&')
                .next()
                .unwrap();
            let wanted = of_batch(&batch);
            let waiting = async {
                loop {
                    let mut found = values(&server.data().join("whisper"), batch.timestamp().secs());
                    found.retain(|path, _| path.starts_with(&format!("{prefix}.")));
                    if found.len() >= 15 {
                        return found;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let found = tokio::time::timeout(Duration::from_secs(60), waiting)
                .await
                .unwrap();
            assert_eq!(of_found(&found), wanted, "{options}");
        }
    }

    #[tokio::test]
    async fn paths_and_values_are_those_of_the_lines() {
        let Some(server) = Live::start("carbon").await else {
            return;
        };
        let batch = now(&recorded().unwrap());
        assert_eq!(
            write(&mut *sink(&server, "tcp://ADDRESS"), &batch).await,
            Outcome::all(15)
        );
        let found = stored(&server, &batch).await;
        for (path, value) in [
            ("kubernetes.cluster.cpu.limit", 4000.0),
            (
                "kubernetes.nodes.node-1_example_com.filesystem.dev_sda1.usage",
                21_474_836_480.0,
            ),
            (
                "kubernetes.nodes.node-1_example_com.disk.8_0.io_read_bytes",
                4096.0,
            ),
            ("kubernetes.nodes.node-1_example_com.cpu.node_utilization", 0.125),
        ] {
            assert_eq!(found.get(path), Some(&value), "{path} in {found:#?}");
        }
    }

    #[tokio::test]
    async fn a_carbon_that_dies_with_a_batch_unread_has_it_in_the_end() {
        let Some(mut server) = Live::start("carbon").await else {
            return;
        };
        let batch = now(&pods(100));
        server.freeze().await;
        let mut first = sink(&server, "tcp://ADDRESS");
        let writing = tokio::spawn({
            let batch = batch.clone();
            async move { write(&mut *first, &batch).await }
        });
        // The kernel takes connection and lines for the frozen server; both are gone with it.
        tokio::task::yield_now().await;
        server.kill().await;
        let lost = writing.await.unwrap();
        assert_eq!(
            (lost.accepted, lost.retry.unwrap().count),
            (0, batch.value_count())
        );
        server.run().await.unwrap();
        // The program was restarted too.
        let mut second = sink(&server, "tcp://ADDRESS");
        assert_eq!(
            write(&mut *second, &batch).await,
            Outcome::all(batch.value_count())
        );
        assert_eq!(of_found(&stored(&server, &batch).await), of_batch(&batch));
    }

    #[tokio::test]
    async fn a_connection_that_was_kept_over_a_restart_is_made_anew() {
        let Some(mut server) = Live::start("carbon").await else {
            return;
        };
        let mut sink = sink(&server, "tcp://ADDRESS?confirm=false");
        assert_eq!(
            write(&mut *sink, &now(&recorded().unwrap())).await,
            Outcome::all(15)
        );
        server.kill().await;
        server.run().await.unwrap();
        let batch = now(&pods(20));
        let mut outcome = write(&mut *sink, &batch).await;
        if outcome.retry.is_some() {
            outcome = write(&mut *sink, &batch).await;
        }
        assert_eq!(outcome, Outcome::all(batch.value_count()));
        assert_eq!(of_found(&stored(&server, &batch).await), of_batch(&batch));
    }
}
