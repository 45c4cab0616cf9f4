//! Against real servers: what is written is read back and compared. `ci/elasticsearch` runs these; by itself each says SKIPPED.

use heapster_sink_elasticsearch as _;

#[cfg(test)]
mod points;
#[cfg(test)]
mod server;

#[cfg(test)]
mod tests {
    use crate::points::{at, difference, of_batch, of_server};
    use crate::server::{ELASTICSEARCH, Kind, OPENSEARCH, Server};
    use heapster_plugin::model::Batch;
    use heapster_plugin::sink::{MetricSink, Outcome};
    use heapster_rehearsal::{build, pods, recorded, write};
    use http::Method;
    use serde_json::json;
    use std::sync::Arc;

    fn sink(server: &Server, query: &str) -> Box<dyn MetricSink> {
        build(&format!("elasticsearch:{}?{query}", server.address())).unwrap()
    }

    async fn assert_holds(server: &Server, base: &str, batches: &[Arc<Batch>]) {
        let mut wanted = crate::points::Points::new();
        for batch in batches {
            wanted.extend(of_batch(batch, "default"));
        }
        let found = of_server(server, base).await;
        let wrong = difference(&wanted, &found);
        assert!(
            wrong.is_empty(),
            "{} of {} differ: {:#?}",
            wrong.len(),
            wanted.len(),
            &wrong[..wrong.len().min(5)]
        );
        println!("{base}: {} points read back, each there once", wanted.len());
    }

    /// Every kind of set and value, sniffing and version found by itself, twice: what is written again replaces itself.
    async fn written_is_read_back(server: &Server) {
        let batch = Arc::new(recorded().unwrap());
        for _ in 0..2 {
            let outcome = write(&mut *sink(server, ""), &batch).await;
            assert_eq!(outcome, Outcome::all(batch.value_count()));
        }
        assert_holds(server, "heapster", &[batch]).await;
        // Tags are found by their exact value, and by their words with `raw` for the whole.
        for (field, value) in [
            ("namespace_id", "11111111-aaaa-bbbb-cccc-000000000001"),
            ("labels.raw", "k8s-app:dns,tier:back end"),
        ] {
            let query = json!({"query": {"term": {format!("MetricsTags.{field}"): value}}});
            let found = server
                .ask(Method::POST, "/heapster-cpu/_count", Some(query))
                .await;
            assert_eq!(found["count"], 1, "{field}");
        }
    }

    async fn a_pipeline_is_used_and_a_missing_one_costs_nothing(server: &Server) {
        let batch = Arc::new(at(&pods(3), 1_800_000_000));
        let mut sink = sink(server, "index=piped&pipeline=pl");
        let outcome = write(&mut *sink, &batch).await;
        let text = outcome.retry.unwrap().text;
        assert!(text.contains("pipeline with id [pl] does not exist"), "{text}");
        server
            .ask(
                Method::PUT,
                "/_ingest/pipeline/pl",
                Some(json!({"processors": []})),
            )
            .await;
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
        assert_holds(server, "piped", &[batch]).await;
    }

    /// What a delivery does: the rest is written again until nothing is left. The server is started anew when it is down.
    async fn deliver(sink: &mut dyn MetricSink, server: &mut Server, batch: &Arc<Batch>) -> usize {
        let mut rest = batch.clone();
        let (mut accepted, mut tries) = (0, 0);
        loop {
            tries += 1;
            let outcome = write(sink, &rest).await;
            assert!(outcome.rejected.is_empty(), "{outcome:?}");
            accepted += outcome.accepted;
            let Some(retry) = outcome.retry else { break };
            println!(
                "try {tries}: accepted {}, to be sent again {}: {}",
                outcome.accepted, retry.count, retry.text
            );
            assert_eq!(outcome.accepted + retry.count, rest.value_count());
            rest = retry.rest.unwrap_or(rest);
            server.run().await;
        }
        assert_eq!(accepted, batch.value_count());
        tries
    }

    /// The server is killed in the middle of a batch and started again; then the sink is replaced in the middle of one.
    async fn nothing_is_lost_or_doubled_when_either_side_dies(server: &mut Server) {
        let query = "index=stream&bulkActions=50&bulkWorkers=2";
        let template = pods(150);
        let batches: Vec<Arc<Batch>> = (0..6)
            .map(|cycle| Arc::new(at(&template, 1_800_000_000 + 60 * cycle)))
            .collect();
        let mut sink = sink(server, query);
        for (cycle, batch) in batches.iter().enumerate() {
            match cycle {
                2 => {
                    let before = server.taken().await;
                    let rest = {
                        let mut writing = std::pin::pin!(write(&mut *sink, batch));
                        loop {
                            tokio::select! {
                                outcome = &mut writing => break outcome,
                                taken = server.taken() => if taken > before + 200 { server.kill() },
                            }
                        }
                    };
                    let retry = rest.retry.expect("the server died before the batch was over");
                    println!(
                        "killed: accepted {}, to be sent again {}: {}",
                        rest.accepted, retry.count, retry.text
                    );
                    assert!(rest.accepted > 0 && retry.count > 0);
                    server.run().await;
                    deliver(&mut *sink, server, &retry.rest.unwrap()).await;
                }
                4 => {
                    // The program dies: what it knew of the batch is gone, and its spool gives the whole one again.
                    let before = server.taken().await;
                    {
                        let mut writing = std::pin::pin!(write(&mut *sink, batch));
                        while server.taken().await < before + 200 {
                            tokio::select! {
                                _ = &mut writing => panic!("the batch was over before the program died"),
                                () = tokio::task::yield_now() => {}
                            }
                        }
                    }
                    sink = self::sink(server, query);
                    deliver(&mut *sink, server, batch).await;
                }
                _ => assert_eq!(deliver(&mut *sink, server, batch).await, 1),
            }
        }
        assert_holds(server, "stream", &batches).await;
    }

    async fn all(kind: Kind) -> Option<Server> {
        let mut server = Server::start(kind).await?;
        written_is_read_back(&server).await;
        a_pipeline_is_used_and_a_missing_one_costs_nothing(&server).await;
        nothing_is_lost_or_doubled_when_either_side_dies(&mut server).await;
        Some(server)
    }

    #[tokio::test]
    async fn elasticsearch_7_holds_what_was_written() {
        let Some(server) = all(ELASTICSEARCH).await else {
            return;
        };
        let batch = Arc::new(at(&pods(3), 1_800_000_000));
        let mut old = sink(&server, "index=old&ver=7");
        assert_eq!(write(&mut *old, &batch).await, Outcome::all(batch.value_count()));
        assert_holds(&server, "old", std::slice::from_ref(&batch)).await;
        let outcome = write(&mut *sink(&server, "index=typed&ver=5"), &batch).await;
        let text = outcome.retry.unwrap().text;
        assert!(
            text.ends_with("an option ver that is not the server's does this"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn opensearch_2_holds_what_was_written() {
        let Some(server) = all(OPENSEARCH).await else {
            return;
        };
        let batch = Arc::new(at(&pods(3), 1_800_000_000));
        for _ in 0..2 {
            let mut stream = sink(&server, "index=flow&dataStream=true");
            assert_eq!(
                write(&mut *stream, &batch).await,
                Outcome::all(batch.value_count())
            );
        }
        assert_holds(&server, "flow", &[batch]).await;
    }
}
