//! What goes out, and what becomes of the values.

use heapster_sink_hawkular as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{Batch, Model, Point, Timestamp, id};
    use heapster_plugin::sink::{MetricSink, Outcome};
    use heapster_plugin::testkit;
    use heapster_rehearsal::{Backend, Reply, Seen, build, write};
    use std::sync::Arc;

    /// Values of so many nodes, one each.
    fn nodes(count: usize, seconds: i64) -> Arc<Batch> {
        let model = Model::default();
        let points = [Point::gauge(id::UPTIME, 7)];
        let names: Vec<String> = (0..count).map(|number| format!("n{number:04}")).collect();
        let labels: Vec<_> = names.iter().map(|name| [("nodename", name.as_str())]).collect();
        let sets: Vec<_> = names
            .iter()
            .zip(&labels)
            .map(|(name, labels)| (model.entities.node(name), &labels[..], &points[..]))
            .collect();
        Arc::new(testkit::batch(&model, Timestamp::from_secs(seconds), &sets))
    }

    async fn backend(answer: impl Fn(&Seen) -> (u16, &'static str) + Send + Sync + 'static) -> Backend {
        let script = move |_: usize, seen: &Seen| {
            let (status, body) = answer(seen);
            Reply::Answer(status, body.to_owned())
        };
        Backend::start(script).await.unwrap()
    }

    fn sink(backend: &Backend, path_and_query: &str) -> Box<dyn MetricSink> {
        build(&format!(
            "hawkular:http://{}{path_and_query}&proxy=none",
            backend.address()
        ))
        .unwrap()
    }

    fn count(backend: &Backend, method: &str) -> usize {
        backend.seen().iter().filter(|one| one.method == method).count()
    }

    #[tokio::test]
    async fn a_thousand_values_by_twenty_are_fifty_requests() {
        let backend = backend(|_| (200, "")).await;
        let mut sink = sink(&backend, "?batchSize=20");
        assert_eq!(write(&mut *sink, &nodes(1_000, 60)).await, Outcome::all(1_000));
        assert_eq!(count(&backend, "POST"), 50);
        let before = count(&backend, "PUT");
        assert_eq!(write(&mut *sink, &nodes(1_000, 120)).await, Outcome::all(1_000));
        assert_eq!((before, count(&backend, "PUT")), (1_000, 1_000));
    }

    #[tokio::test]
    async fn three_filters_on_five_sets_leave_one_value() {
        let backend = backend(|_| (200, "")).await;
        let filters = "?filter=label(nodename:^n000[01]$)&filter=label(nodename:3)&filter=label(nodename:4)";
        let outcome = write(&mut *sink(&backend, filters), &nodes(5, 60)).await;
        assert_eq!(outcome, Outcome::all(5));
        let posted: Vec<String> = backend
            .seen()
            .iter()
            .filter(|one| one.method == "POST")
            .map(Seen::text)
            .collect();
        assert_eq!(
            posted,
            [r#"[{"id":"machine/n0002/uptime","data":[{"timestamp":60000,"value":7}]}]"#]
        );
    }

    #[tokio::test]
    async fn the_path_of_the_uri_is_used() {
        let backend = backend(|_| (200, "")).await;
        write(
            &mut *sink(&backend, "/proxy//metrics/?user=u&pass=geheim"),
            &nodes(1, 60),
        )
        .await;
        let all = backend.seen();
        let paths: Vec<&str> = all.iter().map(|one| one.path.as_str()).collect();
        let tags = "/proxy/metrics/gauges/machine%2Fn0000%2Fuptime/tags";
        assert_eq!(
            paths,
            ["/proxy/metrics/openshift", "/proxy/metrics/gauges/raw", tags]
        );
        assert_eq!(all[0].header("authorization"), "Basic dTpnZWhlaW0=");
    }

    #[tokio::test]
    async fn definitions_that_the_server_has_are_not_written_again() {
        let known = r#"[{"id":"machine/n0000/uptime","type":"gauge","tenantId":"heapster","dataRetention":7,"tags":{
            "descriptor_name":"uptime","group_id":"/uptime","nodename":"n0000","type":"node","units":"ms"}},
            {"id":"machine/n0001/uptime","type":"gauge","tags":{"descriptor_name":"uptime"}},
            {"id":"x","type":"string"}]"#;
        let backend = backend(move |seen| (200, if seen.method == "GET" { known } else { "" })).await;
        let mut sink = sink(&backend, "?");
        write(&mut *sink, &nodes(2, 60)).await;
        let seen = backend.seen();
        let put: Vec<&Seen> = seen.iter().filter(|one| one.method == "PUT").collect();
        assert_eq!(put.len(), 1);
        assert_eq!(
            put[0].path,
            "/hawkular/metrics/gauges/machine%2Fn0001%2Fuptime/tags"
        );
        write(&mut *sink, &nodes(2, 120)).await;
        assert_eq!((count(&backend, "GET"), count(&backend, "PUT")), (1, 1));
    }

    #[tokio::test]
    async fn without_the_question_none_is_asked() {
        let backend = backend(|_| (200, "")).await;
        write(&mut *sink(&backend, "?disablePreCache=true"), &nodes(1, 60)).await;
        assert_eq!(count(&backend, "GET"), 0);
    }

    #[tokio::test]
    async fn tags_that_failed_are_written_with_the_next_batch_and_cost_no_value() {
        let backend = backend(|seen| {
            if seen.method == "PUT" {
                (500, r#"{"errorMsg":"boom"}"#)
            } else {
                (200, "")
            }
        })
        .await;
        let mut sink = sink(&backend, "?");
        assert_eq!(write(&mut *sink, &nodes(3, 60)).await, Outcome::all(3));
        assert_eq!(write(&mut *sink, &nodes(3, 120)).await, Outcome::all(3));
        assert_eq!(count(&backend, "PUT"), 6);
    }

    #[tokio::test]
    async fn values_that_failed_are_the_rest() {
        let backend = backend(|seen| match seen.header("hawkular-tenant") {
            "n0001" => (500, r#"{"errorMsg":"boom"}"#),
            _ => (200, ""),
        })
        .await;
        let outcome = write(&mut *sink(&backend, "?labelToTenant=nodename"), &nodes(3, 60)).await;
        let retry = outcome.retry.unwrap();
        assert_eq!((outcome.accepted, retry.count), (2, 1));
        let text = "/hawkular/metrics/gauges/raw answered 500 Internal Server Error: boom";
        assert!(retry.text.ends_with(text), "{}", retry.text);
        assert!(retry.rest.unwrap().by_key("node:n0001").is_some());
    }

    #[tokio::test]
    async fn a_changed_label_writes_the_tags_again() {
        let backend = backend(|_| (200, "")).await;
        let mut sink = sink(&backend, "?");
        for (seconds, pod) in [(60, "a"), (120, "b")] {
            let model = Model::default();
            let labels = [("pod_id", "1"), ("pod_name", pod)];
            let sets = [(
                model.entities.pod("ns", "p"),
                &labels[..],
                &[Point::gauge(id::UPTIME, 7)][..],
            )];
            let batch = Arc::new(testkit::batch(&model, Timestamp::from_secs(seconds), &sets));
            write(&mut *sink, &batch).await;
        }
        assert_eq!(count(&backend, "PUT"), 2);
    }
}
