//! StatsD on this machine: what was sent is among its gauges. `ci/setup` installs it; without it a test says SKIPPED, and fails
//! when HEAPSTER_REQUIRE_ALL is set.

use heapster_sink_statsd as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{Batch, Model, Point, Timestamp, id};
    use heapster_plugin::sink::Outcome;
    use heapster_plugin::testkit;
    use heapster_rehearsal::{Live, build, pods, recorded, write};
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    /// All gauges, as the console tells them.
    async fn gauges(server: &Live) -> BTreeMap<String, f64> {
        let mut console = TcpStream::connect(server.address()).await.unwrap();
        console.write_all(b"gauges\n").await.unwrap();
        let mut text = Vec::new();
        while !text.ends_with(b"END\n\n") {
            assert!(console.read_buf(&mut text).await.unwrap() > 0);
        }
        let text = String::from_utf8(text).unwrap();
        let pair = |line: &str| {
            let (name, value) = line.trim().trim_end_matches(',').rsplit_once(": ")?;
            let name = name.trim_start_matches(['{', ' ']).trim_matches('\'');
            Some((name.to_owned(), value.trim_end_matches(['}', ' ']).parse().ok()?))
        };
        text.lines()
            .flat_map(|line| line.split(", "))
            .filter_map(pair)
            .collect()
    }

    /// Waits until the server has so many gauges: datagrams are taken in their time.
    async fn taken(server: &Live, count: usize) -> BTreeMap<String, f64> {
        let waiting = async {
            loop {
                let mut found = gauges(server).await;
                found.retain(|name, _| !name.starts_with("statsd."));
                if found.len() >= count {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting)
            .await
            .unwrap()
    }

    fn values(batch: &Batch) -> Vec<f64> {
        let points = batch
            .sets()
            .flat_map(|set| set.points().chain(set.labeled().map(|one| one.point)));
        let mut all: Vec<f64> = points.map(|point| point.value().as_f64()).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    async fn sent(server: &Live, options: &str, batch: Batch) -> Arc<Batch> {
        let mut sink = build(&format!("statsd:udp://{}?{options}", server.address())).unwrap();
        let batch = Arc::new(batch);
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
        batch
    }

    async fn has(server: &Live, batch: &Batch) -> BTreeMap<String, f64> {
        let found = taken(server, batch.value_count()).await;
        let mut stored: Vec<f64> = found.values().copied().collect();
        stored.sort_by(f64::total_cmp);
        assert_eq!(stored, values(batch));
        found
    }

    #[tokio::test]
    async fn every_value_is_a_gauge_under_its_name() {
        let Some(server) = Live::start("statsd").await else {
            return;
        };
        let batch = sent(&server, "prefix=k8s", recorded().unwrap()).await;
        let found = has(&server, &batch).await;
        // StatsD writes `-` for `/` and `_` for blanks.
        for (name, value) in [
            ("k8s.cluster.cpu-limit", 4000.0),
            (
                "k8s.node.node-1_example_com.beta_kubernetes_io-os.linux.kubernetes_io-hostname.node-1_example_com\
                 .disk-io_read_bytes.8_0",
                4096.0,
            ),
            (
                "k8s.node.node-1_example_com.namespace.kube-system.pod.dns-7d_x.k8s-app.dns.tier.back_end.network-rx_rate",
                12.5,
            ),
        ] {
            assert_eq!(found.get(name), Some(&value), "{name} in {found:#?}");
        }
    }

    #[tokio::test]
    async fn every_value_is_a_gauge_with_its_tags_in_the_name() {
        let Some(server) = Live::start("statsd").await else {
            return;
        };
        for options in ["protocolType=influxstatsd", "protocolType=dogstatsd"] {
            let batch = sent(&server, options, recorded().unwrap()).await;
            taken(&server, batch.value_count()).await;
        }
    }

    #[tokio::test]
    async fn a_negative_value_is_set_however_often_it_is_sent() {
        let Some(server) = Live::start("statsd").await else {
            return;
        };
        let model = Model::default();
        let points = [Point::gauge(id::UPTIME, -7)];
        for _ in 0..2 {
            let node = [(model.entities.cluster(), &[][..], &points[..])];
            sent(
                &server,
                "",
                testkit::batch(&model, Timestamp::from_secs(60), &node),
            )
            .await;
        }
        let batch = sent(&server, "", recorded().unwrap()).await;
        assert_eq!(
            taken(&server, batch.value_count() + 1)
                .await
                .get("cluster.uptime"),
            Some(&-7.0)
        );
    }

    #[tokio::test]
    async fn a_server_that_was_away_has_every_value_in_the_end() {
        let Some(mut server) = Live::start("statsd").await else {
            return;
        };
        sent(&server, "", recorded().unwrap()).await;
        server.kill().await;
        let batch = Arc::new(pods(20));
        let mut sink = build(&format!("statsd:udp://{}", server.address())).unwrap();
        let away = write(&mut *sink, &batch).await;
        assert_eq!(
            (away.accepted, away.retry.unwrap().count),
            (0, batch.value_count())
        );
        server.run().await.unwrap();
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
        has(&server, &batch).await;
    }
}
