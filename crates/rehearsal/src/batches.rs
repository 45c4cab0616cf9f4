//! Batches.

use heapster_plugin::model::{
    Batch, CATALOGUE, Entity, Freezer, Labeled, Labels, MetricId, MetricType, Model, Point, Times, Timestamp,
    Value, label,
};
use serde_json::Value as Json;
use std::sync::Arc;

/// The batch that was given to each sink of the original when its bytes were recorded: one set of each kind, integers,
/// floats, zero, labeled values, awkward characters.
///
/// # Errors
/// The text beside this file is not such a batch.
pub fn recorded() -> Result<Batch, String> {
    let json: Json = serde_json::from_str(include_str!("batch.json")).map_err(|error| error.to_string())?;
    read(&json).ok_or_else(|| "no recorded batch".to_owned())
}

fn read(json: &Json) -> Option<Batch> {
    let model = Model::default();
    let mut freezer = Freezer::new(time(json.get("timestamp")?)?, 0, 0);
    for (key, set) in json.get("metric_sets")?.as_object()? {
        let times = Times {
            scrape: set.get("scrape_time").and_then(time),
            collection_start: set.get("collection_start_time").and_then(time),
            entity_create: set.get("entity_create_time").and_then(time),
        };
        let values = set.get("metric_values")?.as_object()?.iter();
        let points: Option<Vec<Point>> = values.map(|(name, value)| point(&model, name, value)).collect();
        let labeled = set.get("labeled_metrics").and_then(Json::as_array);
        let labeled: Option<Vec<(Point, Arc<Labels>)>> = labeled
            .into_iter()
            .flatten()
            .map(|one| labeled_point(&model, one))
            .collect();
        freezer.push(
            entity(&model, key)?,
            labels(set.get("labels")?)?,
            times,
            None,
            &points?,
            labeled?.iter().map(|(point, labels)| Labeled {
                point: *point,
                labels,
            }),
        );
    }
    Some(freezer.finish(&model.metrics))
}

fn time(text: &Json) -> Option<Timestamp> {
    Timestamp::parse(text.as_str()?)
}

fn labels(pairs: &Json) -> Option<Arc<Labels>> {
    let pairs = pairs.as_object()?.iter();
    let pairs: Option<Vec<(&str, &str)>> = pairs
        .map(|(key, value)| Some((key.as_str(), value.as_str()?)))
        .collect();
    Some(Arc::new(Labels::from_pairs(pairs?)))
}

fn labeled_point(model: &Model, one: &Json) -> Option<(Point, Arc<Labels>)> {
    Some((
        point(model, one.get("name")?.as_str()?, one)?,
        labels(one.get("labels")?)?,
    ))
}

fn point(model: &Model, name: &str, value: &Json) -> Option<Point> {
    let kind = match value.get("kind")?.as_str()? {
        "cumulative" => MetricType::Cumulative,
        "delta" => MetricType::Delta,
        _ => MetricType::Gauge,
    };
    let number = value.get("value")?;
    let number = match value.get("value_type")?.as_str()? {
        "int64" => Value::Int(number.as_i64()?),
        _ => Value::Float(number.as_f64()?),
    };
    Some(Point::new(model.metrics.intern(name)?, kind, number))
}

fn entity(model: &Model, key: &str) -> Option<Arc<Entity>> {
    let all = &model.entities;
    let names: Vec<&str> = key
        .split('/')
        .map(|part| part.split_once(':').map_or(part, |(_, name)| name))
        .collect();
    Some(match (key.split(':').next()?, names.as_slice()) {
        ("node", [node]) => all.node(node),
        ("node", [node, container]) => all.system_container(node, container),
        ("namespace", [namespace]) => all.namespace(namespace),
        ("namespace", [namespace, pod]) => all.pod(namespace, pod),
        ("namespace", [namespace, pod, container]) => all.pod_container(namespace, pod, container),
        _ => all.cluster(),
    })
}

/// The same batch at this time, in whole seconds: no server keeps what is old, or far in the future.
#[must_use]
pub fn at(batch: &Batch, time: Timestamp) -> Batch {
    let model = Model::default();
    for name in batch.custom_names().iter() {
        // In this order they get the numbers that they have in the batch.
        model.metrics.intern(name);
    }
    let mut freezer = Freezer::new(Timestamp::from_secs(time.secs()), batch.len(), 0);
    for set in batch.sets() {
        let points: Vec<Point> = set.points().collect();
        let (entity, labels) = (set.entity().clone(), set.labels().clone());
        freezer.push(entity, labels, set.times(), set.cpu(), &points, set.labeled());
    }
    freezer.finish(&model.metrics)
}

/// A batch of `count` pods with twenty plain values each, four of them floats, and three values of one volume; the labels are
/// those of a real pod.
#[must_use]
pub fn pods(count: usize) -> Batch {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(1_800_000_000), count, count * 20);
    let find = |labeled: bool| {
        let wanted = CATALOGUE.iter().filter(move |metric| metric.labeled == labeled);
        wanted.filter_map(|metric| model.metrics.find(metric.name))
    };
    let metrics: Vec<MetricId> = find(false).take(20).collect();
    let volumes: Vec<MetricId> = find(true).rev().take(3).collect();
    let volume = Arc::new(Labels::from_pairs([(label::RESOURCE_ID, "Volume:data")]));
    for pod in 0..count {
        let number = i64::try_from(pod).unwrap_or_default();
        let value = |at: usize, metric: &MetricId| {
            let value = number * 1_000 + i64::try_from(at).unwrap_or_default();
            match at {
                0..16 => Point::gauge(*metric, value * 4_099),
                _ => Point::new(
                    *metric,
                    MetricType::Gauge,
                    Value::Float(Value::Int(value).as_f64() / 7.0),
                ),
            }
        };
        let points: Vec<Point> = metrics
            .iter()
            .enumerate()
            .map(|(at, metric)| value(at, metric))
            .collect();
        let labeled = volumes.iter().map(|metric| Labeled {
            point: value(0, metric),
            labels: &volume,
        });
        let name = format!("web-7d4f9c6b5-{pod:05}");
        let (entity, labels) = (model.entities.pod("shop", &name), pod_labels(&name, pod));
        freezer.push(entity, labels, Times::default(), None, &points, labeled);
    }
    freezer.finish(&model.metrics)
}

fn pod_labels(name: &str, number: usize) -> Arc<Labels> {
    let node = format!("node-{}.example.com", number / 100);
    let id = format!("22222222-aaaa-bbbb-cccc-{number:012}");
    Arc::new(Labels::from_pairs([
        (label::TYPE, "pod"),
        (label::NAMESPACE_NAME, "shop"),
        (label::NAMESPACE_ID, "11111111-aaaa-bbbb-cccc-000000000001"),
        (label::NODENAME, node.as_str()),
        (label::HOSTNAME, node.as_str()),
        (label::HOST_ID, "1234567890"),
        (label::POD_NAME, name),
        (label::POD_ID, id.as_str()),
        (
            label::LABELS,
            "app:web,pod-template-hash:7d4f9c6b5,tier:front end",
        ),
    ]))
}
