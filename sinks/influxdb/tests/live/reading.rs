//! Points as one line of text each, of a batch and of what a server holds.

use crate::server::Server;
use heapster_plugin::model::{Batch, Freezer, Labels, Model, Point, Timestamp, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

type Tags<'a> = BTreeMap<&'a str, &'a str>;

fn shown(measurement: &str, tags: &Tags<'_>, value: &str, nanos: i64) -> String {
    let tags: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{measurement} [{}] {value} @{nanos}", tags.join("; "))
}

fn number(value: Value) -> String {
    match value {
        Value::Int(value) => format!("{value}i"),
        Value::Float(value) => float(value),
    }
}

/// Fifteen digits: the last bit is not sure after reading JSON.
fn float(value: f64) -> String {
    format!("{value:.14e}")
}

/// The same batch at this time, in whole seconds: no server keeps what is far in the future.
pub(crate) fn at(batch: &Batch, time: Timestamp) -> Batch {
    let mut freezer = Freezer::new(Timestamp::from_secs(time.secs()), batch.len(), 0);
    for set in batch.sets() {
        let points: Vec<Point> = set.points().collect();
        let (entity, labels) = (set.entity().clone(), set.labels().clone());
        freezer.push(entity, labels, set.times(), set.cpu(), &points, set.labeled());
    }
    freezer.finish(&Model::default().metrics)
}

/// The points that a batch should be, told apart from the sink: `fields` as with `withfields`.
pub(crate) fn of_batch(batch: &Batch, with_fields: bool) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for set in batch.sets() {
        let mut add = |point: Point, own: Option<&Labels>| {
            let mut tags: Tags<'_> = set.labels().iter().collect();
            tags.extend(own.into_iter().flat_map(|own| own.iter()));
            tags.insert("cluster_name", "default");
            tags.retain(|key, value| {
                !value.is_empty() && !["namespace_id", "pod_id", "hostname", "host_id"].contains(key)
            });
            let name = batch.metric_name(point.metric());
            let (measurement, field) = name
                .split_once('/')
                .filter(|_| with_fields)
                .unwrap_or((name, "value"));
            let value = format!("{field}={}", number(point.value()));
            all.insert(shown(measurement, &tags, &value, batch.timestamp().nanos()));
        };
        for point in set.points() {
            add(point, None);
        }
        for one in set.labeled() {
            add(one.point, Some(one.labels));
        }
    }
    assert_eq!(all.len(), batch.value_count());
    all
}

fn rows(answer: &Json) -> impl Iterator<Item = (&str, &Vec<Json>, &Vec<Json>)> {
    let series = answer["results"][0]["series"].as_array().into_iter().flatten();
    series.flat_map(|series| {
        let (name, columns) = (
            series["name"].as_str().unwrap(),
            series["columns"].as_array().unwrap(),
        );
        series["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(move |row| (name, columns, row.as_array().unwrap()))
    })
}

/// All points in `policy` of the database `k8s`. Each is read once: the server keeps one point a series and time.
pub(crate) async fn of_influxdb(server: &Server, policy: &str) -> BTreeSet<String> {
    let keys = server.query(&format!("SHOW FIELD KEYS FROM {policy}./.*/")).await;
    let types: BTreeMap<(&str, &str), &str> = rows(&keys)
        .map(|(name, _, row)| ((name, row[0].as_str().unwrap()), row[1].as_str().unwrap()))
        .collect();
    let answer = server.query(&format!("SELECT * FROM {policy}./.*/")).await;
    let mut all = BTreeSet::new();
    for (name, columns, row) in rows(&answer) {
        let (mut tags, mut fields, mut nanos) = (Tags::new(), Vec::new(), 0);
        for (column, value) in columns.iter().zip(row) {
            let column = column.as_str().unwrap();
            match (types.get(&(name, column)), value) {
                (_, Json::Null) => {}
                (None, time) if column == "time" => nanos = time.as_i64().unwrap(),
                (None, tag) => drop(tags.insert(column, tag.as_str().unwrap())),
                (Some(&"integer"), value) => fields.push(format!("{column}={}i", value.as_i64().unwrap())),
                (Some(_), value) => fields.push(format!("{column}={}", float(value.as_f64().unwrap()))),
            }
        }
        for field in fields {
            assert!(all.insert(shown(name, &tags, &field, nanos)));
        }
    }
    all
}

/// All points of a VictoriaMetrics with how often each is there. It has one kind of number, milliseconds and no measurements,
/// so a batch's points are [made alike](as_victoria_metrics_has_them).
pub(crate) async fn of_victoria_metrics(server: &Server, field: &str) -> BTreeMap<String, usize> {
    server.text("/internal/force_flush").await;
    let query = heapster_httpclient::query([
        ("match[]", "{__name__!=\"\"}"),
        ("start", "0"),
        ("end", "4000000000"),
    ]);
    let text = server.text(&format!("/api/v1/export?{query}")).await;
    let mut all = BTreeMap::new();
    for line in text.lines() {
        let json: Json = serde_json::from_str(line).unwrap();
        let mut tags: Tags<'_> = json["metric"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str().unwrap()))
            .collect();
        let name = tags.remove("__name__").unwrap().strip_suffix(field).unwrap();
        tags.remove("db");
        let (values, times) = (
            json["values"].as_array().unwrap(),
            json["timestamps"].as_array().unwrap(),
        );
        for (value, time) in values.iter().zip(times) {
            let value = format!("value={}", rounded(value.as_f64().unwrap()));
            let point = shown(name, &tags, &value, time.as_i64().unwrap() * 1_000_000);
            *all.entry(point).or_default() += 1;
        }
    }
    all
}

/// Integers as floats, and of all numbers the nine digits that its way to store them keeps.
pub(crate) fn as_victoria_metrics_has_them(points: &BTreeSet<String>) -> BTreeSet<String> {
    let alike = |point: &String| {
        let (head, time) = point.rsplit_once(" @").unwrap();
        let (head, number) = head.rsplit_once('=').unwrap();
        let number: f64 = number.trim_end_matches('i').parse().unwrap();
        format!("{head}={} @{time}", rounded(number))
    };
    points.iter().map(alike).collect()
}

fn rounded(value: f64) -> String {
    format!("{value:.8e}")
}

/// Panics with one point that only one of them has.
pub(crate) fn equal(found: &BTreeSet<String>, wanted: &BTreeSet<String>) {
    assert_eq!(found.difference(wanted).next(), None, "of {} found", found.len());
    assert_eq!(
        wanted.difference(found).next(),
        None,
        "of {} wanted",
        wanted.len()
    );
}
