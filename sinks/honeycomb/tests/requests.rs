//! What goes out, and what becomes of the values.

use heapster_sink_honeycomb as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::Batch;
    use heapster_plugin::sink::{MetricSink, Outcome, Rejection};
    use heapster_rehearsal::{Backend, Reply, build, pods, refusal, write};
    use std::sync::Arc;

    fn sink(backend: &Backend, query: &str) -> Box<dyn MetricSink> {
        build(&format!(
            "honeycomb:?writekey=geheim&proxy=none&concurrency=1&apihost=http://{}/api{query}",
            backend.address()
        ))
        .unwrap()
    }

    /// What becomes of a batch of so many pods, and the requests that came.
    async fn outcome(
        pod_count: usize,
        query: &str,
        replies: &[(u16, &'static str)],
    ) -> (Outcome, Vec<String>) {
        let replies = replies.to_vec();
        let script = move |number: usize, _: &_| {
            let (status, body) = replies[number.min(replies.len() - 1)];
            Reply::Answer(status, body.to_owned())
        };
        let backend = Backend::start(script).await.unwrap();
        let outcome = write(&mut *sink(&backend, query), &Arc::new(pods(pod_count))).await;
        (outcome, backend.bodies())
    }

    fn keys(batch: &Batch) -> Vec<String> {
        batch.sets().map(|set| set.entity().key().to_owned()).collect()
    }

    #[tokio::test]
    async fn events_are_posted_by_the_hundred_with_the_key() {
        let backend = Backend::start(|_, _| Reply::Answer(200, "[]".to_owned()))
            .await
            .unwrap();
        let mut sink = sink(&backend, "&dataset=lab");
        assert_eq!(sink.name(), "Honeycomb Sink");
        let batch = Arc::new(pods(201));
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
        let seen = backend.seen();
        assert_eq!(seen.len(), 3);
        let one = &seen[0];
        assert_eq!(
            (one.method.as_str(), one.path.as_str()),
            ("POST", "/api/1/batch/lab")
        );
        assert_eq!(
            (one.header("x-honeycomb-team"), one.header("content-type")),
            ("geheim", "application/json")
        );
        assert!(!format!("{sink:?}").contains("geheim"));
    }

    #[tokio::test]
    async fn an_empty_batch_is_no_request() {
        let (outcome, bodies) = outcome(0, "", &[(200, "[]")]).await;
        assert_eq!((outcome, bodies.len()), (Outcome::all(0), 0));
    }

    #[tokio::test]
    async fn what_the_api_says_of_each_event_is_heard() {
        let answer = r#"[{"status":202},{"status":429,"error":"rate limited"},{"status":400,"error":"too many columns"}]"#;
        let (outcome, _) = outcome(4, "", &[(200, answer)]).await;
        assert_eq!(
            (outcome.accepted, &outcome.rejected[..]),
            (46, &[(Rejection::Invalid, 23)][..])
        );
        let retry = outcome.retry.unwrap();
        assert_eq!(
            (retry.count, retry.text.as_str()),
            (23, "Honeycomb answered 429 for an event: rate limited")
        );
        assert_eq!(
            keys(&retry.rest.unwrap()),
            ["namespace:shop/pod:web-7d4f9c6b5-00001"]
        );
    }

    #[tokio::test]
    async fn after_a_request_that_failed_the_others_still_go_out() {
        let (outcome, bodies) = outcome(3, "&batch=1", &[(500, r#"{"error":"boom"}"#), (200, "[]")]).await;
        assert_eq!((outcome.accepted, bodies.len()), (46, 3));
        let retry = outcome.retry.unwrap();
        assert!(
            retry
                .text
                .ends_with("/api/1/batch/heapster answered 500 Internal Server Error: boom"),
            "{}",
            retry.text
        );
    }

    #[tokio::test]
    async fn an_unknown_key_stops_the_batch_and_says_what_to_do() {
        let unknown = r#"{"error":"unknown API key - check your credentials"}"#;
        let (outcome, bodies) = outcome(3, "&batch=1", &[(401, unknown)]).await;
        assert_eq!((outcome.accepted, bodies.len()), (0, 1));
        let text = outcome.retry.unwrap().text;
        assert!(text.contains("401 Unauthorized: unknown API key"), "{text}");
    }

    #[tokio::test]
    async fn events_that_are_too_large_are_rejected() {
        let (outcome, _) = outcome(2, "", &[(413, "")]).await;
        assert_eq!(outcome, Outcome::rejected(Rejection::TooLarge, 46));
    }

    #[test]
    fn options_out_of_range_are_refused() {
        assert_eq!(
            refusal("honeycomb:?writekey=k&batch=0"),
            "option \"batch\" of sink \"honeycomb\": 0 is not in 1..=10000"
        );
        assert_eq!(
            refusal("honeycomb:?writekey=k&labeled=on"),
            "option \"labeled\" of sink \"honeycomb\": \"on\" is none of off, fields, events"
        );
    }
}
