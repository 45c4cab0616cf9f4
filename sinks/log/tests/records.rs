//! What reaches the program's log.

use heapster_sink_log as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{Model, Point, Timestamp, id};
    use heapster_plugin::options::Options;
    use heapster_plugin::registry::Registry;
    use heapster_plugin::sink::SinkContext;
    use heapster_plugin::telemetry::Silent;
    use heapster_plugin::testkit::{Lines, batch};
    use heapster_plugin::uri::Uri;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::Instant;

    /// The records of one batch of two sets, written with these options. The records of other threads than the test's go to
    /// the default subscriber, and a process has one of those: hence one test.
    async fn records(lines: &Lines, query: &str) -> Vec<String> {
        let plugin = Registry::collect().unwrap().sink("log").unwrap();
        let uri = Uri::parse(&format!("log:?{query}"), |_| None).unwrap();
        let (options, _) = Options::parse("sink", plugin.options, &uri).unwrap();
        let context = SinkContext {
            telemetry: Arc::new(Silent),
        };
        let mut sink = (plugin.metrics.unwrap())(&uri, &options, &context).unwrap();
        let model = Model::default();
        let points = [Point::gauge(id::UPTIME, 7)];
        let sets = ["a", "b"].map(|name| (model.entities.node(name), &[][..], &points[..]));
        let batch = Arc::new(batch(&model, Timestamp::from_secs(60), &sets));
        sink.write(batch, Instant::now() + Duration::from_secs(1)).await;
        lines.take()
    }

    #[tokio::test]
    async fn text_is_one_record_a_batch_and_json_one_a_set_at_the_level_that_was_asked_for() {
        // The target is what tells the program's log that these lines are not to be touched.
        let all = Lines::of("heapster_sink_log::raw");
        tracing::subscriber::set_global_default(all.clone()).unwrap();
        let text = records(&all, "").await;
        assert_eq!(text.len(), 1);
        let head = "INFO DataBatch     Timestamp: 1970-01-01 00:01:00 +0000 UTC\n\n";
        assert!(text[0].starts_with(head), "{text:?}");
        let json = records(&all, "format=json&level=warning").await;
        assert_eq!(json.len(), 2);
        assert!(
            json.iter()
                .all(|line| line.starts_with("WARN {\"timestamp\"") && !line.ends_with('\n')),
            "{json:?}"
        );
    }
}
