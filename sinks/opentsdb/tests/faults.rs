//! What becomes of the values when the server does not simply take them.

use heapster_sink_opentsdb as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{Batch, Model, Point, Timestamp, id};
    use heapster_plugin::sink::{MetricSink, Outcome, Rejection};
    use heapster_plugin::testkit;
    use heapster_rehearsal::{Backend, Reply, build, pods, write};
    use std::sync::Arc;

    fn nodes(count: usize) -> Arc<Batch> {
        let model = Model::default();
        let points = [Point::gauge(id::CPU_LOAD, 5), Point::gauge(id::UPTIME, 7)];
        let names: Vec<String> = (0..count).map(|number| format!("n{number}")).collect();
        let labels: Vec<_> = names.iter().map(|name| [("nodename", name.as_str())]).collect();
        let sets: Vec<_> = names
            .iter()
            .zip(&labels)
            .map(|(name, labels)| (model.entities.node(name), &labels[..], &points[..]))
            .collect();
        Arc::new(testkit::batch(&model, Timestamp::from_secs(60), &sets))
    }

    fn sink(backend: &Backend, query: &str) -> Box<dyn MetricSink> {
        build(&format!(
            "opentsdb:http://{}?proxy=none{query}",
            backend.address()
        ))
        .unwrap()
    }

    async fn outcome(status: u16, body: &'static str) -> (Outcome, Arc<Batch>) {
        let backend = Backend::start(move |_, _| Reply::Answer(status, body.to_owned()))
            .await
            .unwrap();
        let batch = nodes(2);
        (write(&mut *sink(&backend, ""), &batch).await, batch)
    }

    fn keys(batch: &Batch) -> Vec<String> {
        let names = |set: heapster_plugin::model::SetView<'_>| {
            let key = set.entity().key().to_owned();
            set.points()
                .map(|point| format!("{key} {}", batch.metric_name(point.metric())))
                .collect::<Vec<_>>()
        };
        batch.sets().flat_map(names).collect()
    }

    #[tokio::test]
    async fn no_content_is_success_and_so_is_an_empty_answer() {
        assert_eq!(outcome(204, "").await.0, Outcome::all(4));
        assert_eq!(outcome(200, "").await.0, Outcome::all(4));
    }

    #[tokio::test]
    async fn a_point_that_is_named_as_invalid_is_rejected_and_the_others_stay_written() {
        let answer = r#"{"success":3,"failed":1,"errors":[{"datapoint":{"metric":"uptime_gauge","timestamp":60,"value":"7",
            "tags":{"cluster":"k8s-cluster","nodename":"n1","type":"node"}},"error":"Too many tags: 3 maximum allowed: 2"}]}"#;
        assert_eq!(
            outcome(400, answer).await.0,
            Outcome::all(3).and_rejected(Rejection::Invalid, 1)
        );
    }

    #[tokio::test]
    async fn a_point_that_could_not_be_stored_is_the_rest() {
        let answer = r#"{"success":3,"failed":1,"errors":[{"datapoint":{"metric":"cpu_load_gauge","timestamp":60,"value":"5",
            "tags":{"nodename":"n0","type":"node","cluster":"k8s-cluster"}},"error":"Storage exception: no region"}]}"#;
        let (outcome, _) = outcome(400, answer).await;
        assert_eq!((outcome.accepted, outcome.rejected.len()), (3, 0));
        let retry = outcome.retry.unwrap();
        assert!(
            retry
                .text
                .ends_with("could not store a point: Storage exception: no region"),
            "{}",
            retry.text
        );
        assert_eq!(keys(&retry.rest.unwrap()), ["node:n0 cpu/load"]);
    }

    #[tokio::test]
    async fn failures_that_are_only_counted_cost_another_try_of_the_request() {
        let (outcome, batch) = outcome(400, r#"{"success":3,"failed":1}"#).await;
        let retry = outcome.retry.unwrap();
        assert_eq!(
            (outcome.accepted, retry.count, retry.rest.is_none()),
            (0, batch.value_count(), true)
        );
        assert!(
            retry
                .text
                .ends_with("refused 1 of 4 points and does not say which"),
            "{}",
            retry.text
        );
    }

    #[tokio::test]
    async fn an_answer_that_is_no_json_is_told_as_it_is() {
        let retry = outcome(200, "<html>\nwelcome</html>").await.0.retry.unwrap();
        assert!(
            retry.text.ends_with(
                "but not as OpenTSDB does: <html> welcome</html>; check that the address is that of OpenTSDB"
            ),
            "{}",
            retry.text
        );
    }

    #[tokio::test]
    async fn a_server_that_takes_no_large_bodies_is_a_matter_of_its_settings() {
        let retry = outcome(400, "<html>reason:<b>Chunked request not supported.</b>")
            .await
            .0
            .retry
            .unwrap();
        let text = "/api/put answered 400 Bad Request: Chunked request not supported; set tsd.http.request.enable_chunked";
        assert!(retry.text.contains(text), "{}", retry.text);
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_read_is_rejected() {
        let answer = r#"{"error":{"code":400,"message":"Unable to parse the given JSON"}}"#;
        assert_eq!(
            outcome(400, answer).await.0,
            Outcome::rejected(Rejection::Invalid, 4)
        );
    }

    #[tokio::test]
    async fn after_a_request_that_failed_the_others_still_go_out() {
        let script = |number: usize, _: &_| match number {
            0 => Reply::Answer(500, r#"{"error":{"code":500,"message":"boom"}}"#.to_owned()),
            _ => Reply::Answer(204, String::new()),
        };
        let backend = Backend::start(script).await.unwrap();
        let batch = nodes(2);
        let outcome = write(&mut *sink(&backend, "&batch=1&concurrency=1"), &batch).await;
        assert_eq!((backend.seen().len(), outcome.accepted), (4, 3));
        let retry = outcome.retry.unwrap();
        assert!(
            retry
                .text
                .ends_with("/api/put answered 500 Internal Server Error: boom"),
            "{}",
            retry.text
        );
        assert_eq!(keys(&retry.rest.unwrap()), ["node:n0 cpu/load"]);
    }

    #[tokio::test]
    async fn a_server_that_wants_to_be_left_alone_gets_nothing_more() {
        let backend = Backend::start(|_, _| Reply::Answer(429, String::new()))
            .await
            .unwrap();
        let batch = nodes(2);
        let outcome = write(&mut *sink(&backend, "&batch=1&concurrency=1"), &batch).await;
        assert_eq!((backend.seen().len(), outcome.accepted), (1, 0));
        assert!(outcome.retry.unwrap().rest.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_hangs_is_left_before_the_deadline() {
        let backend = Backend::start(|_, _| Reply::Hang).await.unwrap();
        let mut sink = sink(&backend, "&timeout=0s");
        let before = tokio::time::Instant::now();
        let retry = write(&mut *sink, &nodes(1)).await.retry.unwrap();
        assert!(retry.text.ends_with("no answer in time"), "{}", retry.text);
        assert!(before.elapsed() < std::time::Duration::from_secs(20));
    }

    #[tokio::test]
    async fn nobody_at_the_address_is_worth_another_try() {
        let mut sink = build("opentsdb:http://127.0.0.1:1?proxy=none").unwrap();
        let retry = write(&mut *sink, &nodes(1)).await.retry.unwrap();
        assert_eq!(retry.text, "POST http://127.0.0.1:1/api/put: connection refused");
    }

    #[tokio::test]
    async fn a_large_batch_is_cut_into_requests_that_the_server_takes() {
        let backend = Backend::start(|_, _| Reply::Answer(204, String::new()))
            .await
            .unwrap();
        let batch = Arc::new(pods(40));
        assert_eq!(
            write(&mut *sink(&backend, ""), &batch).await,
            Outcome::all(batch.value_count())
        );
        let bodies = backend.bodies();
        assert!(bodies.iter().all(|body| body.len() <= 40_960));
        let points: usize = bodies
            .iter()
            .map(|body| body.matches("\"metric\":").count())
            .sum();
        assert_eq!(points, batch.value_count());
    }
}
