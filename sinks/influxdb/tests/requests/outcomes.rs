//! What becomes of the values.

use crate::server::{error, send, sink, well, writes};
use heapster_plugin::Instant;
use heapster_plugin::model::{Model, Point, Timestamp, id};
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_plugin::testkit;
use heapster_rehearsal::{Backend, Reply, Seen, build, pods, recorded};
use std::sync::Arc;
use std::time::Duration;

/// A server that answers every write so.
async fn writing(reply: Reply) -> Backend {
    let script = move |_: usize, seen: &Seen| {
        if seen.path.contains("/write?") {
            reply.clone()
        } else {
            well(seen)
        }
    };
    Backend::start(script).await.unwrap()
}

async fn outcome(reply: Reply) -> Outcome {
    let backend = writing(reply).await;
    send(&mut *sink(&backend, ""), &Arc::new(recorded().unwrap())).await
}

#[tokio::test]
async fn lines_that_the_server_drops_are_rejected_and_the_others_accepted() {
    for (text, dropped, reason) in [
        (
            "partial write: points beyond retention policy dropped=4",
            4,
            Rejection::TooOld,
        ),
        (
            "partial write: field type conflict: input field dropped=1",
            1,
            Rejection::Invalid,
        ),
        (
            "partial write: unable to parse 'x': y dropped=0",
            1,
            Rejection::Invalid,
        ),
        (
            "partial write: max-series-per-database limit exceeded dropped=99",
            15,
            Rejection::Invalid,
        ),
    ] {
        let wanted = Outcome::all(15 - dropped).and_rejected(reason, dropped);
        assert_eq!(outcome(error(400, text)).await, wanted, "{text}");
    }
}

#[tokio::test]
async fn what_condemns_a_request_rejects_its_values() {
    let invalid = outcome(error(400, "unable to parse 'x': missing fields")).await;
    assert_eq!(invalid, Outcome::rejected(Rejection::Invalid, 15));
    let large = outcome(error(413, "Request Entity Too Large")).await;
    assert_eq!(large, Outcome::rejected(Rejection::TooLarge, 15));
}

#[tokio::test]
async fn what_may_pass_is_worth_another_try() {
    for (reply, end) in [
        (error(500, "boom"), "answered 500 Internal Server Error: boom"),
        (error(503, "timeout"), "answered 503 Service Unavailable: timeout"),
        (error(429, ""), "answered 429 Too Many Requests"),
        (
            error(401, "authorization failed"),
            "answered 401 Unauthorized: authorization failed; check the sink's user, password or token",
        ),
        (
            error(403, "\"u\" user is not authorized to write to database \"k8s\""),
            "the sink's user or token lacks the right to write",
        ),
        (
            error(400, "field type conflict"),
            "answered 400 Bad Request: field type conflict",
        ),
    ] {
        let retry = outcome(reply).await.retry.unwrap();
        assert!(
            retry.text.starts_with("POST http://127.0.0.1:") && retry.text.ends_with(end),
            "{}",
            retry.text
        );
        assert_eq!((retry.count, retry.rest.is_none()), (15, true));
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_named() {
    let missing = Reply::Answer(
        404,
        r#"{"code":"not found","message":"bucket \"b\" not found"}"#.to_owned(),
    );
    let backend = writing(missing).await;
    let mut sink = sink(&backend, "bucket=b&token=t");
    let text = send(&mut *sink, &Arc::new(recorded().unwrap()))
        .await
        .retry
        .unwrap()
        .text;
    let wanted = "answered 404 Not Found: bucket \"b\" not found; check the sink's address and its options";
    assert!(text.ends_with(wanted), "{text}");
}

#[tokio::test]
async fn nobody_there_is_a_retry_of_the_whole_batch() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut sink = build(&format!("influxdb:http://{address}?pw=geheim")).unwrap();
    let retry = send(&mut *sink, &Arc::new(recorded().unwrap()))
        .await
        .retry
        .unwrap();
    assert_eq!(
        retry.text,
        format!("GET http://{address}/ping: connection refused")
    );
    assert!(retry.rest.is_none());
}

#[tokio::test]
async fn only_the_requests_that_failed_are_the_rest() {
    // The second of five writes fails in a way that the next one need not.
    let script = |number: usize, seen: &Seen| {
        if number == 3 {
            error(500, "boom")
        } else {
            well(seen)
        }
    };
    let backend = Backend::start(script).await.unwrap();
    let mut sink = sink(&backend, "");
    let batch = Arc::new(pods(2_000));
    let first = send(&mut *sink, &batch).await;
    let retry = first.retry.unwrap();
    assert_eq!((first.accepted, retry.count), (36_000, 10_000));
    let rest = retry.rest.unwrap();
    assert_eq!(send(&mut *sink, &rest).await, Outcome::all(10_000));
    let seen = backend.seen();
    let failed: Vec<String> = seen[3].text().lines().map(str::to_owned).collect();
    assert_eq!(seen.last().unwrap().text().lines().collect::<Vec<_>>(), failed);
}

#[tokio::test]
async fn after_a_failure_that_all_would_share_nothing_more_is_sent() {
    let script = |number: usize, seen: &Seen| {
        if number >= 3 {
            error(503, "busy")
        } else {
            well(seen)
        }
    };
    let backend = Backend::start(script).await.unwrap();
    let outcome = send(&mut *sink(&backend, ""), &Arc::new(pods(2_000))).await;
    assert_eq!((outcome.accepted, outcome.retry.unwrap().count), (10_000, 36_000));
    assert_eq!(writes(&backend).len(), 2);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_before_the_deadline() {
    let backend = writing(Reply::Hang).await;
    let mut sink = sink(&backend, "");
    let batch = Arc::new(recorded().unwrap());
    let deadline = Instant::now() + Duration::from_millis(300);
    let outcome = tokio::time::timeout_at(deadline, sink.write(batch, deadline))
        .await
        .unwrap();
    assert!(outcome.retry.unwrap().text.ends_with("no answer in time"));
}

#[tokio::test]
async fn what_no_line_can_express_is_rejected_once() {
    let model = Model::default();
    let nan = Point::float(
        id::CPU_NODE_CAPACITY,
        heapster_plugin::model::MetricType::Gauge,
        f64::NAN,
    );
    let points = [nan, Point::gauge(id::UPTIME, 1)];
    let set = (model.entities.node("a"), &[][..], &points[..]);
    let batch = Arc::new(testkit::batch(&model, Timestamp::from_secs(60), &[set]));
    let script = |number: usize, seen: &Seen| {
        if number == 2 {
            error(500, "boom")
        } else {
            well(seen)
        }
    };
    let backend = Backend::start(script).await.unwrap();
    let mut sink = sink(&backend, "");
    let first = send(&mut *sink, &batch).await;
    assert_eq!(first.rejected, [(Rejection::Unrepresentable, 1)]);
    let rest = first.retry.unwrap().rest.unwrap();
    assert_eq!(send(&mut *sink, &rest).await, Outcome::all(1));
}

#[tokio::test]
async fn counters_that_are_left_out_count_as_done() {
    let backend = writing(Reply::Answer(204, String::new())).await;
    let mut sink = sink(&backend, "disable_counter_metrics=true");
    assert_eq!(
        send(&mut *sink, &Arc::new(recorded().unwrap())).await,
        Outcome::all(15)
    );
    assert_eq!(backend.seen().last().unwrap().text().lines().count(), 12);
}
