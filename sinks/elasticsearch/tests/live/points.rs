//! The values of a batch, and those that a server holds, in one form.

use crate::server::Server;
use heapster_plugin::model::{Batch, Freezer, Labels, Model, Point, Timestamp, Value};
use http::Method;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A value: time, tags, metric, number. How often it is there.
pub(crate) type Points = BTreeMap<(String, BTreeMap<String, String>, String, String), usize>;

/// Integers in full; floats in fifteen digits, which every reader of JSON agrees on.
fn number(value: &Json) -> String {
    let float = || format!("{:.14e}", value.as_f64().unwrap());
    value.as_i64().map_or_else(float, |int| int.to_string())
}

/// What a batch holds.
pub(crate) fn of_batch(batch: &Batch, cluster: &str) -> Points {
    let mut all = Points::new();
    for set in batch.sets() {
        let mut add = |point: Point, own: Option<&Labels>| {
            let labels = set.labels().iter().chain(own.into_iter().flat_map(Labels::iter));
            let mut tags: BTreeMap<String, String> = labels
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            tags.insert("cluster_name".to_owned(), cluster.to_owned());
            let value = match point.value() {
                Value::Int(value) => json!(value),
                Value::Float(value) if value.fract() == 0.0 => json!(point.value().as_i64()),
                Value::Float(value) => json!(value),
            };
            let name = batch.metric_name(point.metric()).to_owned();
            *all.entry((batch.timestamp().to_string(), tags, name, number(&value)))
                .or_default() += 1;
        };
        set.points().for_each(|point| add(point, None));
        set.labeled().for_each(|one| add(one.point, Some(one.labels)));
    }
    all
}

/// What the server holds under the aliases of all families.
pub(crate) async fn of_server(server: &Server, base: &str) -> Points {
    let names =
        ["cpu", "filesystem", "general", "memory", "network"].map(|family| format!("{base}-{family}"));
    server
        .ask(Method::POST, &format!("/{base}-*/_refresh"), None)
        .await;
    let mut all = Points::new();
    for name in names {
        let path = format!("/{name}/_search?scroll=1m&size=5000&ignore_unavailable=true");
        let mut page = server
            .ask(Method::POST, &path, Some(json!({"query": {"match_all": {}}})))
            .await;
        loop {
            let hits = page["hits"]["hits"].as_array().unwrap();
            hits.iter().for_each(|hit| document(&hit["_source"], &mut all));
            if hits.is_empty() {
                break;
            }
            let next = json!({"scroll": "1m", "scroll_id": page["_scroll_id"]});
            page = server.ask(Method::POST, "/_search/scroll", Some(next)).await;
        }
    }
    all
}

fn document(source: &Json, all: &mut Points) {
    let time = source["@timestamp"].as_str().unwrap().to_owned();
    let tags = source["MetricsTags"].as_object().unwrap().iter();
    let tags: BTreeMap<String, String> = tags
        .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let mut add = |name: &str, value: &Json| {
        let key = (
            time.clone(),
            tags.clone(),
            name.to_owned(),
            number(&value["value"]),
        );
        *all.entry(key).or_default() += 1;
    };
    match source["MetricsName"].as_str() {
        Some(name) => add(name, &source["MetricsValue"]),
        None => source["Metrics"]
            .as_object()
            .unwrap()
            .iter()
            .for_each(|(name, value)| add(name, value)),
    }
}

/// The same values at another time.
pub(crate) fn at(batch: &Batch, seconds: i64) -> Batch {
    let mut freezer = Freezer::new(Timestamp::from_secs(seconds), batch.len(), batch.value_count());
    for set in batch.sets() {
        let points: Vec<Point> = set.points().collect();
        let (entity, labels) = (set.entity().clone(), set.labels().clone());
        freezer.push(entity, labels, set.times(), set.cpu(), &points, set.labeled());
    }
    freezer.finish(&Model::default().metrics)
}

/// What is there too often or not at all.
pub(crate) fn difference(wanted: &Points, found: &Points) -> Vec<String> {
    let keys = wanted
        .keys()
        .chain(found.keys().filter(|key| !wanted.contains_key(*key)));
    let count = |points: &Points, key| points.get(key).copied().unwrap_or_default();
    keys.filter(|key| count(wanted, key) != count(found, key))
        .map(|key| {
            format!(
                "{key:?}: wanted {} times, found {}",
                count(wanted, key),
                count(found, key)
            )
        })
        .collect()
}
