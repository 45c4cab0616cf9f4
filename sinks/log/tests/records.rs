//! What reaches the program's log.

use heapster_sink_log as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{Model, Point, Timestamp, id};
    use heapster_plugin::options::Options;
    use heapster_plugin::registry::Registry;
    use heapster_plugin::sink::SinkContext;
    use heapster_plugin::telemetry::Silent;
    use heapster_plugin::testkit::batch;
    use heapster_plugin::uri::Uri;
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use tokio::time::Instant;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Level, Metadata, Subscriber};

    /// Level, target and text of every record.
    #[derive(Clone, Default)]
    struct Records(Arc<Mutex<Vec<(Level, String, String)>>>);

    struct Text<'a>(&'a mut String);

    impl Visit for Text<'_> {
        fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
            *self.0 = format!("{value:?}");
        }
    }

    impl Subscriber for Records {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target().starts_with("heapster_sink_log")
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let mut text = String::new();
            event.record(&mut Text(&mut text));
            let metadata = event.metadata();
            let record = (*metadata.level(), metadata.target().to_owned(), text);
            self.0.lock().unwrap().push(record);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    /// The records of one batch of two sets, written with these options. The records of other threads than the test's go to
    /// the default subscriber, and a process has one of those: hence one test.
    async fn records(records: &Records, query: &str) -> Vec<(Level, String, String)> {
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
        std::mem::take(&mut *records.0.lock().unwrap())
    }

    #[tokio::test]
    async fn text_is_one_record_a_batch_and_json_one_a_set_at_the_level_that_was_asked_for() {
        let all = Records::default();
        tracing::subscriber::set_global_default(all.clone()).unwrap();
        let text = records(&all, "").await;
        assert_eq!(text.len(), 1);
        let (level, target, line) = &text[0];
        assert_eq!((*level, target.as_str()), (Level::INFO, "heapster_sink_log::raw"));
        assert!(
            line.starts_with("DataBatch     Timestamp: 1970-01-01 00:01:00 +0000 UTC\n\n"),
            "{line}"
        );
        let json = records(&all, "format=json&level=warning").await;
        let lines: Vec<bool> = json
            .iter()
            .map(|(_, _, line)| line.starts_with("{\"timestamp\""))
            .collect();
        assert_eq!(lines, [true, true]);
        assert!(
            json.iter()
                .all(|(level, _, line)| *level == Level::WARN && !line.ends_with('\n'))
        );
    }
}
