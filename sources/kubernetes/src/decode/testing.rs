//! Looking into decoded answers.

use super::{Decoder, NodeLabels};
use heapster_plugin::model::{CATALOGUE, MetricType, Model, Scraped, ScrapedSet, Timestamp, Value};
use std::sync::Arc;

/// 2026-11-22T10:00:00Z
pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00Z").unwrap()
}

pub(crate) fn time(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text)
}

/// The decoder of node `n1` and its model.
pub(crate) fn decoder() -> (Decoder, Arc<Model>) {
    let model = Arc::new(Model::default());
    let node = NodeLabels {
        name: "n1".into(),
        hostname: "n1.example".into(),
        host_id: "id-1".into(),
        schedulable: None,
    };
    (Decoder::new(model.clone(), &node), model)
}

pub(crate) fn summary(body: &str) -> Scraped {
    decoder().0.summary(body.as_bytes(), now()).unwrap()
}

pub(crate) fn legacy(body: &str) -> Scraped {
    decoder().0.container_stats(body.as_bytes(), now()).unwrap()
}

pub(crate) fn keys(scraped: &Scraped) -> Vec<String> {
    let mut keys: Vec<String> = scraped
        .sets()
        .iter()
        .map(|set| set.entity.key().to_owned())
        .collect();
    keys.sort();
    keys
}

pub(crate) fn set<'a>(scraped: &'a Scraped, key: &str) -> &'a ScrapedSet {
    let mut found = scraped.sets().iter().filter(|set| set.entity.key() == key);
    let first = found.next().unwrap_or_else(|| panic!("no set {key}"));
    assert!(found.next().is_none(), "two sets {key}");
    first
}

/// `NAME=VALUE`, `NAME=VALUE` … in order; cumulative values end in a `+`.
pub(crate) fn values(scraped: &Scraped, key: &str) -> String {
    let texts: Vec<String> = scraped
        .points(set(scraped, key))
        .iter()
        .map(|point| {
            let name = CATALOGUE
                .get(point.metric().0 as usize)
                .map_or("custom", |metric| metric.name);
            format!("{name}={}", number(point.value(), point.metric_type()))
        })
        .collect();
    texts.join(" ")
}

/// `NAME{VALUE OF EACH LABEL}=VALUE` … in order.
pub(crate) fn labeled(scraped: &Scraped, key: &str) -> String {
    let texts: Vec<String> = scraped
        .labeled(set(scraped, key))
        .iter()
        .map(|labeled| {
            let labels: Vec<&str> = labeled.labels.iter().map(|(_, value)| value).collect();
            let name = CATALOGUE[labeled.point.metric().0 as usize].name;
            let value = number(labeled.point.value(), labeled.point.metric_type());
            format!("{name}{{{}}}={value}", labels.join(","))
        })
        .collect();
    texts.join(" ")
}

fn number(value: Value, metric_type: MetricType) -> String {
    let mark = if metric_type == MetricType::Cumulative {
        "+"
    } else {
        ""
    };
    match value {
        Value::Int(int) => format!("{int}{mark}"),
        Value::Float(float) => format!("{float:?}{mark}"),
    }
}

/// `KEY=VALUE` … of a set's labels.
pub(crate) fn labels(scraped: &Scraped, key: &str) -> String {
    let texts: Vec<String> = set(scraped, key)
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    texts.join(" ")
}
