//! The sink as the core uses it.

use heapster_sink_log as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{Model, Point, Timestamp, id};
    use heapster_plugin::options::Options;
    use heapster_plugin::registry::Registry;
    use heapster_plugin::sink::{MetricSink, Outcome, SinkContext};
    use heapster_plugin::telemetry::Silent;
    use heapster_plugin::testkit::batch;
    use heapster_plugin::uri::Uri;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::Instant;

    fn build(uri: &str) -> Result<Box<dyn MetricSink>, String> {
        let plugin = Registry::collect().unwrap().sink("log").unwrap();
        let uri = Uri::parse(uri, |_| None).unwrap();
        let (options, unknown) =
            Options::parse("sink", plugin.options, &uri).map_err(|error| error.to_string())?;
        assert_eq!(unknown, []);
        let context = SinkContext {
            telemetry: Arc::new(Silent),
        };
        (plugin.metrics.unwrap())(&uri, &options, &context).map_err(|error| error.to_string())
    }

    async fn write(sink: &mut dyn MetricSink) -> Outcome {
        let model = Model::default();
        let sets = [(
            model.entities.node("a"),
            &[][..],
            &[Point::gauge(id::UPTIME, 7)][..],
        )];
        let batch = Arc::new(batch(&model, Timestamp::from_secs(60), &sets));
        sink.write(batch, Instant::now() + Duration::from_secs(1)).await
    }

    #[tokio::test]
    async fn a_file_gets_each_batch_after_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let mut sink = build(&format!("log:?format=json&target={}", path.display())).unwrap();
        assert_eq!(write(&mut *sink).await, Outcome::all(1));
        assert_eq!(write(&mut *sink).await, Outcome::all(1));
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("\"uptime\":7"), "{text}");
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_opened_is_worth_another_try() {
        let mut sink = build("log:?target=/nonexistent/folder/out").unwrap();
        let outcome = write(&mut *sink).await;
        let retry = outcome.retry.unwrap();
        assert_eq!((outcome.accepted, retry.count), (0, 1));
        assert!(
            retry.text.starts_with("writing to /nonexistent/folder/out: "),
            "{}",
            retry.text
        );
    }

    #[tokio::test]
    async fn the_plain_form_logs_and_accepts_everything() {
        let mut sink = build("log").unwrap();
        assert_eq!(sink.name(), "Log Sink");
        assert_eq!(write(&mut *sink).await, Outcome::all(1));
    }

    #[test]
    fn a_format_that_is_neither_is_refused() {
        assert_eq!(
            build("log:?format=xml").unwrap_err(),
            "option \"format\" of sink \"log\": \"xml\" is none of text, json"
        );
    }
}
