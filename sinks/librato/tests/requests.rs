//! What goes out, and what becomes of the values.

use heapster_sink_librato as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::sink::{MetricSink, Outcome, Rejection};
    use heapster_rehearsal::{Backend, Reply, build, pods, refusal, write};
    use std::sync::Arc;

    fn sink(backend: &Backend, query: &str) -> Box<dyn MetricSink> {
        let address = backend.address();
        build(&format!(
            "librato:?username=u&token=geheim&proxy=none&concurrency=1&api=http://{address}{query}"
        ))
        .unwrap()
    }

    /// What becomes of two pods, of 23 values each, in requests of 23; and how many requests there were.
    async fn outcome(replies: &[(u16, &'static str)]) -> (Outcome, usize) {
        let replies = replies.to_vec();
        let script = move |number: usize, _: &_| {
            let (status, body) = replies[number.min(replies.len() - 1)];
            Reply::Answer(status, body.to_owned())
        };
        let backend = Backend::start(script).await.unwrap();
        let outcome = write(&mut *sink(&backend, "&batch=23"), &Arc::new(pods(2))).await;
        (outcome, backend.seen().len())
    }

    #[tokio::test]
    async fn measurements_are_posted_with_user_and_token() {
        let backend = Backend::start(|_, _| Reply::Answer(202, String::new()))
            .await
            .unwrap();
        let mut sink = sink(&backend, "/");
        assert_eq!(sink.name(), "Librato Sink");
        let batch = Arc::new(pods(1));
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(23));
        let one = &backend.seen()[0];
        assert_eq!(
            (one.method.as_str(), one.path.as_str()),
            ("POST", "/v1/measurements")
        );
        assert_eq!(
            (one.header("authorization"), one.header("content-type")),
            ("Basic dTpnZWhlaW0=", "application/json")
        );
        assert_eq!(one.header("user-agent"), "heapster");
        assert!(!format!("{sink:?}").contains("geheim"));
    }

    #[tokio::test]
    async fn measurements_that_are_refused_are_counted() {
        let partly = r#"{"measurements":{"summary":{"total":23,"accepted":20,"failed":3}},
            "errors":[{"param":"tags","value":"x","reason":"is invalid"}]}"#;
        let (some, _) = outcome(&[(202, partly), (202, "{}")]).await;
        assert_eq!(some, Outcome::all(43).and_rejected(Rejection::Invalid, 3));
        let old = r#"{"measurements":{"summary":{"total":23,"accepted":22,"failed":1}},
            "errors":[{"param":"time","value":1,"reason":"Is too far in the past"}]}"#;
        assert_eq!(
            outcome(&[(202, old)]).await.0,
            Outcome::all(44).and_rejected(Rejection::TooOld, 2)
        );
    }

    #[tokio::test]
    async fn a_summary_that_counts_otherwise_but_refuses_nothing_is_good() {
        let answer = r#"{"measurements":{"summary":{"total":1,"accepted":1}}}"#;
        assert_eq!(outcome(&[(202, answer)]).await.0, Outcome::all(46));
    }

    #[tokio::test]
    async fn a_request_that_is_refused_is_rejected_and_the_next_goes_out() {
        let answer = r#"{"errors":{"params":{"name":["is not present"]}}}"#;
        let (outcome, requests) = outcome(&[(400, answer), (202, "")]).await;
        assert_eq!(
            (outcome, requests),
            (Outcome::all(23).and_rejected(Rejection::Invalid, 23), 2)
        );
    }

    #[tokio::test]
    async fn after_a_request_that_failed_the_next_goes_out() {
        let (outcome, requests) = outcome(&[(500, r#"{"errors":{"request":["boom"]}}"#), (202, "")]).await;
        assert_eq!((outcome.accepted, requests), (23, 2));
        let retry = outcome.retry.unwrap();
        let text = r#"/v1/measurements answered 500 Internal Server Error: {"request":["boom"]}"#;
        assert!(retry.text.ends_with(text), "{}", retry.text);
        assert_eq!(retry.rest.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_limit_on_the_rate_stops_the_batch() {
        let (outcome, requests) = outcome(&[(429, "")]).await;
        assert_eq!((outcome.retry.unwrap().count, requests), (46, 1));
    }

    #[test]
    fn a_secret_is_in_no_refusal() {
        let text = refusal("librato:?username=u&token=geheim&tokenfile=x");
        assert!(
            text.starts_with("option \"tokenfile\" of sink \"librato\""),
            "{text}"
        );
        assert!(!text.contains("geheim"));
    }
}
