//! What becomes of the values when the server, or the way to it, is at fault.

use crate::fake::{Fake, documents, error, is_bulk, items, reply, write};
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_rehearsal::{Reply, build, pods};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every value has one fate.
fn adds_up(outcome: &Outcome, batch: &Batch) {
    let rejected: usize = outcome.rejected.iter().map(|(_, count)| count).sum();
    let retry = outcome.retry.as_ref().map_or(0, |retry| retry.count);
    assert_eq!(
        outcome.accepted + rejected + retry,
        batch.value_count(),
        "{outcome:?}"
    );
    if let Some(rest) = outcome.retry.as_ref().and_then(|retry| retry.rest.as_ref()) {
        assert_eq!(rest.value_count(), retry);
    }
}

/// The outcome of writing 30 pods to a server whose `_bulk` answers as told.
async fn bulk(answer: impl Fn(usize, usize) -> Option<Reply> + Send + Sync + 'static) -> (Outcome, Fake) {
    let count = AtomicUsize::new(0);
    let fake = Fake::with("8.0.0", move |seen| {
        let number = is_bulk(seen).then(|| count.fetch_add(1, Ordering::Relaxed))?;
        answer(number, documents(seen))
    })
    .await;
    let batch = Arc::new(pods(30));
    let outcome = fake.write("bulkActions=60&bulkWorkers=1", &batch).await;
    adds_up(&outcome, &batch);
    (outcome, fake)
}

#[tokio::test]
async fn a_server_that_fails_or_is_busy_gets_everything_again_later() {
    for status in [500, 502, 503, 429, 401, 403, 404] {
        let (outcome, fake) = bulk(move |_, _| Some(error(status, "some_exception", "so it is"))).await;
        let retry = outcome.retry.unwrap();
        assert!(retry.rest.is_none() && outcome.accepted == 0);
        let begin = format!("POST http://{}/_bulk answered {status} ", fake.address());
        assert!(retry.text.starts_with(&begin), "{}", retry.text);
        assert!(retry.text.contains("some_exception: so it is"), "{}", retry.text);
        // It is not bothered with the rest.
        assert_eq!(fake.bulks().len(), 1);
    }
}

#[tokio::test]
async fn what_got_through_before_a_failure_is_not_sent_again() {
    let (outcome, fake) = bulk(|number, _| (number > 1).then(|| error(503, "e", "r"))).await;
    let rest = outcome.retry.unwrap().rest.unwrap();
    let sent: usize = outcome.accepted;
    assert!(sent > 0 && rest.value_count() + sent == pods(30).value_count());
    let bulks = fake.bulks();
    let ids = |bodies: &[String]| -> BTreeSet<String> {
        let lines = bodies.iter().flat_map(|body| body.lines().step_by(2));
        lines.map(ToOwned::to_owned).collect()
    };
    let accepted = ids(&bulks[..2]);
    let fresh = Fake::start("8.0.0").await;
    fresh.write("", &rest).await;
    let again = ids(&fresh.bulks());
    assert!(accepted.is_disjoint(&again));
    // Sent as a whole, they have the same ids.
    let whole = Fake::start("8.0.0").await;
    whole.write("", &Arc::new(pods(30))).await;
    assert_eq!(ids(&whole.bulks()), accepted.union(&again).cloned().collect());
}

#[tokio::test]
async fn documents_are_judged_one_by_one() {
    let (outcome, _) = bulk(|_, count| {
        Some(items(count, "mapper_parsing_exception", |number| {
            match number % 4 {
                0 => 400,
                1 => 429,
                2 => 409,
                _ => 201,
            }
        }))
    })
    .await;
    let rest = outcome.retry.unwrap();
    assert_eq!(rest.text, "_bulk: mapper_parsing_exception: r");
    assert!(outcome.accepted > 0 && rest.count > 0);
    assert_eq!(outcome.rejected[0].0, Rejection::Invalid);
}

#[tokio::test]
async fn what_a_document_failed_with_is_one_line() {
    let (outcome, _) = bulk(|_, count| Some(items(count, "two\nlines", |_| 503))).await;
    assert_eq!(outcome.retry.unwrap().text, "_bulk: two lines: r");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_tells_nothing() {
    for text in ["<html>", "", r#"{"items":[]}"#] {
        let (outcome, _) = bulk(move |_, _| Some(Reply::Answer(200, text.to_owned()))).await;
        assert!(outcome.retry.unwrap().text.starts_with("_bulk: the answer "));
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_goes_in_halves() {
    let (outcome, fake) = bulk(|_, count| (count > 20).then(|| reply(413, &json!(null)))).await;
    assert_eq!(outcome, Outcome::all(pods(30).value_count()));
    let sizes: Vec<usize> = fake.bulks().iter().map(|body| body.lines().count() / 2).collect();
    assert_eq!(sizes[..4], [60, 30, 15, 15]);
    // The next request begins with the size that was too large, halved.
    assert!(sizes.iter().filter(|size| **size == 60).count() == 1, "{sizes:?}");
}

#[tokio::test]
async fn a_document_that_is_too_large_by_itself_is_rejected() {
    let (outcome, _) = bulk(|_, _| Some(reply(413, &json!(null)))).await;
    assert_eq!(outcome.rejected, [(Rejection::TooLarge, pods(30).value_count())]);
    assert_eq!(outcome.retry, None);
}

#[tokio::test]
async fn a_server_of_another_version_than_the_option_says_loses_nothing() {
    let reason = "Action/metadata line [1] contains an unknown parameter [_type]";
    let (outcome, _) = bulk(move |_, _| Some(error(400, "illegal_argument_exception", reason))).await;
    let text = outcome.retry.unwrap().text;
    assert!(
        text.ends_with("an option ver that is not the server's does this"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_came_back_as_another_one_is_asked_again() {
    let upgraded = Arc::new(AtomicUsize::new(0));
    let state = upgraded.clone();
    let fake = Fake::with("7.17.0", move |seen| {
        let now = state.load(Ordering::Relaxed);
        let root = seen.path == "/" && seen.method == "GET";
        match (now, root, is_bulk(seen)) {
            (0, true, _) => Some(reply(200, &json!({"version": {"number": "5.6.0"}}))),
            (1, _, true) if seen.text().contains("_type") => Some(error(
                400,
                "illegal_argument_exception",
                "unknown parameter [_type]",
            )),
            _ => None,
        }
    })
    .await;
    let mut sink = fake.sink("");
    let batch = Arc::new(pods(1));
    assert_eq!(write(&mut *sink, &batch).await.retry, None);
    upgraded.store(1, Ordering::Relaxed);
    assert!(write(&mut *sink, &batch).await.retry.is_some());
    assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
}

#[tokio::test]
async fn without_index_or_alias_nothing_is_written_and_nothing_lost() {
    let faults: [(&str, &str, u16); 4] = [
        ("PUT", "/heapster-2027", 403),
        ("HEAD", "/heapster-2027", 500),
        ("GET", "/heapster-2027", 400),
        ("POST", "/_aliases", 400),
    ];
    for (method, path, status) in faults {
        let fake = Fake::with("5.6.0", move |seen| {
            (seen.method == method && seen.path.starts_with(path))
                .then(|| error(status, "some_exception", "why"))
        })
        .await;
        let batch = Arc::new(pods(1));
        let outcome = fake.write("", &batch).await;
        let text = outcome.retry.unwrap().text;
        assert!(text.starts_with(&format!("{method} http://")), "{text}");
        assert!(text.contains(&format!("answered {status}")), "{text}");
        assert!(fake.bulks().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut sink = build(&format!("elasticsearch:http://{address}")).unwrap();
    let batch = Arc::new(pods(1));
    let outcome = write(&mut *sink, &batch).await;
    adds_up(&outcome, &batch);
    let text = outcome.retry.unwrap().text;
    let wanted = format!("no Elasticsearch node available: HEAD http://{address}/: connection refused");
    assert_eq!(text, wanted);
}

#[tokio::test]
async fn a_node_that_dies_leaves_its_requests_to_the_others() {
    let (a, b) = (Fake::start("8.0.0").await, Fake::start("8.0.0").await);
    let uri = format!(
        "elasticsearch:?nodes=http://{}&nodes=http://{}&sniff=false",
        a.address(),
        b.address()
    );
    let mut sink = build(&uri).unwrap();
    let batch = Arc::new(pods(5));
    assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
    drop(a);
    for _ in 0..3 {
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_costs_no_more_than_the_time_given() {
    let fake = Fake::with("8.0.0", |seen| is_bulk(seen).then_some(Reply::Hang)).await;
    let batch = Arc::new(pods(5));
    let begun = tokio::time::Instant::now();
    let outcome = fake.write("", &batch).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    let text = outcome.retry.unwrap().text;
    assert!(text.ends_with("/_bulk: no answer in time"), "{text}");
}

#[tokio::test]
async fn an_empty_batch_asks_for_nothing() {
    let fake = Fake::start("8.0.0").await;
    assert_eq!(fake.write("", &Arc::new(pods(0))).await, Outcome::all(0));
    assert!(fake.seen().is_empty());
}
