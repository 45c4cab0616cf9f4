//! OpenTSDB 2.4 on HBase.

use crate::database::{OpenTsdb, SETTINGS};
use crate::points::at;
use heapster_plugin::model::{Batch, Model, Point, Timestamp, id};
use heapster_plugin::sink::{MetricSink, Outcome, Rejection};
use heapster_plugin::testkit;
use heapster_rehearsal::{pods, recorded, write};
use std::sync::Arc;

/// Every kind of set and value, over both protocols.
async fn what_is_written_is_read_back(server: &OpenTsdb) {
    for (query, batch) in [
        ("sync=true", recorded().unwrap()),
        (
            "sync=true&gzip=true&maxbytes=500000",
            at(&pods(200), 1_600_000_000),
        ),
        ("mode=telnet", at(&pods(50), 1_610_000_000)),
    ] {
        let batch = Arc::new(batch);
        assert_eq!(
            write(&mut *server.sink(query), &batch).await,
            Outcome::all(batch.value_count()),
            "{query}"
        );
        // Lines are acknowledged before they are stored, about a second later.
        let end = tokio::time::Instant::now() + crate::server::PATIENCE;
        while server.held(std::slice::from_ref(&batch)).await.len() < batch.value_count() {
            assert!(tokio::time::Instant::now() < end, "{query}: not in time");
        }
        server.assert_holds(&[batch]).await;
    }
}

/// A node with more labels than the server takes tags, and one with fewer.
async fn a_point_that_is_refused_is_named_and_the_others_are_stored(server: &OpenTsdb) {
    let model = Model::default();
    let names: Vec<String> = (10..24).map(|number| format!("label{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let points = [Point::gauge(id::CPU_LOAD, 1), Point::cumulative(id::UPTIME, 2)];
    let sets = [
        (model.entities.node("few"), &many[..3], &points[..]),
        (model.entities.node("many"), &many[..], &points[..]),
    ];
    let time = Timestamp::from_secs(1_620_000_000);
    let batch = Arc::new(testkit::batch(&model, time, &sets));
    for query in ["sync=true", "mode=telnet"] {
        let outcome = write(&mut *server.sink(query), &batch).await;
        assert_eq!(
            outcome,
            Outcome::all(2).and_rejected(Rejection::Invalid, 2),
            "{query}"
        );
    }
    let stored = Arc::new(testkit::batch(&model, time, &sets[..1]));
    server.assert_holds(&[stored]).await;
    let outcome = write(&mut *server.sink("sync=true&max_tags=13"), &batch).await;
    assert_eq!(outcome, Outcome::all(4));
}

/// What a delivery does: the rest is written again until nothing is left. The server is started anew when it is down.
async fn deliver(sink: &mut dyn MetricSink, server: &mut OpenTsdb, batch: &Arc<Batch>) {
    let mut rest = batch.clone();
    let mut accepted = 0;
    loop {
        let outcome = write(sink, &rest).await;
        assert!(outcome.rejected.is_empty(), "{outcome:?}");
        accepted += outcome.accepted;
        let Some(retry) = outcome.retry else { break };
        println!(
            "accepted {}, to be sent again {}: {}",
            outcome.accepted, retry.count, retry.text
        );
        assert_eq!(outcome.accepted + retry.count, rest.value_count());
        rest = retry.rest.unwrap_or(rest);
        server.run(SETTINGS).await;
    }
    assert_eq!(accepted, batch.value_count());
}

/// The server is killed in the middle of a batch and started again; then the program in the middle of another.
async fn nothing_is_lost_when_either_side_dies(server: &mut OpenTsdb) {
    let query = "sync=true&batch=50&concurrency=16";
    let template = pods(150);
    let batches: Vec<Arc<Batch>> = (0..5)
        .map(|cycle| Arc::new(at(&template, 1_630_000_000 + 60 * cycle)))
        .collect();
    let mut sink = server.sink(query);
    for (cycle, batch) in batches.iter().enumerate() {
        let before = server.taken().await;
        match cycle {
            1 => {
                let outcome = {
                    let mut writing = std::pin::pin!(write(&mut *sink, batch));
                    loop {
                        tokio::select! {
                            outcome = &mut writing => break outcome,
                            taken = server.taken() => if taken > before + 1_700 { server.process.kill() },
                        }
                    }
                };
                let retry = outcome.retry.expect("the server died before the batch was over");
                println!(
                    "killed: accepted {}, to be sent again {}: {}",
                    outcome.accepted, retry.count, retry.text
                );
                assert!(outcome.accepted > 0 && outcome.accepted + retry.count == batch.value_count());
                server.run(SETTINGS).await;
                deliver(&mut *sink, server, &retry.rest.unwrap()).await;
            }
            3 => {
                {
                    let mut writing = std::pin::pin!(write(&mut *sink, batch));
                    while server.taken().await < before + 1_700 {
                        tokio::select! {
                            _ = &mut writing => panic!("the batch was over before the program died"),
                            () = tokio::task::yield_now() => {}
                        }
                    }
                }
                // The new one knows nothing of the batch, and its spool gives the whole of it again.
                sink = server.sink(query);
                deliver(&mut *sink, server, batch).await;
            }
            _ => deliver(&mut *sink, server, batch).await,
        }
    }
    server.assert_holds(&batches).await;
}

/// A server as it comes takes no body beyond 8 KiB, and creates no metric.
async fn a_server_as_it_comes_is_a_matter_of_its_settings(server: &mut OpenTsdb) {
    server.run("tsd.core.auto_create_metrics = false\n").await;
    let batch = Arc::new(at(&pods(40), 1_640_000_000));
    let retry = write(&mut *server.sink(""), &batch).await.retry.unwrap();
    assert!(
        retry
            .text
            .contains("400 Bad Request: Chunked request not supported; set tsd."),
        "{}",
        retry.text
    );
    let model = Model::default();
    let metric = model.metrics.intern("custom/unheard-of").unwrap();
    let sets = [(model.entities.cluster(), &[][..], &[Point::gauge(metric, 1)][..])];
    let unknown = Arc::new(testkit::batch(&model, Timestamp::from_secs(1_640_000_000), &sets));
    let outcome = write(&mut *server.sink("sync=true"), &unknown).await;
    assert_eq!(outcome, Outcome::rejected(Rejection::Invalid, 1));
}

#[tokio::test]
async fn opentsdb_holds_what_was_written() {
    let Some(mut server) = OpenTsdb::start().await else {
        return;
    };
    what_is_written_is_read_back(&server).await;
    a_point_that_is_refused_is_named_and_the_others_are_stored(&server).await;
    nothing_is_lost_when_either_side_dies(&mut server).await;
    a_server_as_it_comes_is_a_matter_of_its_settings(&mut server).await;
}
