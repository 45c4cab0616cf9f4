//! The text of a recorded batch.
//!
//! `golden/batch.json` is a batch; `golden/batch.txt` is what Heapster 1.6.0-beta.1 wrote for it to its log, without the
//! head of the log record, the labels of each value put in order.

use heapster_sink_log as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::model::{
        Batch, Entity, Freezer, LabeledPoint, Labels, MetricType, Model, Point, Times, Timestamp, Value,
    };
    use heapster_plugin::options::Options;
    use heapster_plugin::registry::Registry;
    use heapster_plugin::sink::SinkContext;
    use heapster_plugin::telemetry::Silent;
    use heapster_plugin::uri::Uri;
    use serde_json::Value as Json;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::Instant;

    fn batch() -> Batch {
        let model = Model::default();
        let recorded: Json = serde_json::from_str(include_str!("golden/batch.json")).unwrap();
        let sets = recorded["metric_sets"].as_object().unwrap();
        let mut freezer = Freezer::new(time(&recorded["timestamp"]).unwrap(), sets.len(), 0);
        for (key, set) in sets {
            let times = Times {
                scrape: time(&set["scrape_time"]),
                collection_start: time(&set["collection_start_time"]),
                entity_create: time(&set["entity_create_time"]),
            };
            let values = set["metric_values"].as_object().unwrap();
            let points: Vec<Point> = values
                .iter()
                .map(|(name, value)| point(&model, name, value))
                .collect();
            let labeled = set["labeled_metrics"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| LabeledPoint {
                    point: point(&model, one["name"].as_str().unwrap(), one),
                    labels: labels(&one["labels"]),
                })
                .collect::<Vec<_>>();
            freezer.push(
                entity(&model, key),
                labels(&set["labels"]),
                times,
                None,
                &points,
                labeled.iter().map(LabeledPoint::as_labeled),
            );
        }
        freezer.finish(&model.metrics)
    }

    fn time(text: &Json) -> Option<Timestamp> {
        Timestamp::parse(text.as_str()?)
    }

    fn labels(pairs: &Json) -> Arc<Labels> {
        let pairs = pairs.as_object().unwrap().iter();
        Arc::new(Labels::from_pairs(
            pairs.map(|(key, value)| (key.as_str(), value.as_str().unwrap())),
        ))
    }

    fn point(model: &Model, name: &str, value: &Json) -> Point {
        let kind = match value["kind"].as_str().unwrap() {
            "cumulative" => MetricType::Cumulative,
            _ => MetricType::Gauge,
        };
        let number = match value["value_type"].as_str().unwrap() {
            "int64" => Value::Int(value["value"].as_i64().unwrap()),
            _ => Value::Float(value["value"].as_f64().unwrap()),
        };
        Point::new(model.metrics.intern(name).unwrap(), kind, number)
    }

    fn entity(model: &Model, key: &str) -> Arc<Entity> {
        let all = &model.entities;
        let names: Vec<&str> = key
            .split('/')
            .map(|part| part.split_once(':').map_or(part, |(_, name)| name))
            .collect();
        match (key.split(':').next().unwrap(), names.as_slice()) {
            ("node", [node]) => all.node(node),
            ("node", [node, container]) => all.system_container(node, container),
            ("namespace", [namespace]) => all.namespace(namespace),
            ("namespace", [namespace, pod]) => all.pod(namespace, pod),
            ("namespace", [namespace, pod, container]) => all.pod_container(namespace, pod, container),
            _ => all.cluster(),
        }
    }

    #[tokio::test]
    async fn the_text_is_that_of_the_original_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let plugin = Registry::collect().unwrap().sink("log").unwrap();
        let uri = Uri::parse(&format!("log:?target={}", path.display()), |_| None).unwrap();
        let (options, _) = Options::parse("sink", plugin.options, &uri).unwrap();
        let context = SinkContext {
            telemetry: Arc::new(Silent),
        };
        let mut sink = (plugin.metrics.unwrap())(&uri, &options, &context).unwrap();
        sink.write(Arc::new(batch()), Instant::now() + Duration::from_secs(1))
            .await;
        let written = std::fs::read_to_string(path).unwrap();
        assert_eq!(written, include_str!("golden/batch.txt"));
    }
}
