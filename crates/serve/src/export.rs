//! `/api/v1/metric-export`: the newest batch as a list of time series, made while it is sent.
//!
//! Source: Heapster 1.5 metrics/api/v1/api.go and types/types.go. Differs: elements are sorted by key; `[]` before the
//! first batch; `disk/io_*_bytes` start at the collection start as the schema says; a cumulative value without known start
//! is left out instead of starting in year 1, and so is a value that is not a number.

use crate::answer::Answer;
use crate::json::Json;
use crate::made::made;
use crate::moment::push_time;
use crate::query;
use crate::routes::Call;
use crate::schema::is_exported;
use heapster_plugin::model::{
    EntityKind, Labeled, LabeledPoint, Labels, MetricNames, MetricType, Point, SetView, Timestamp, Value, id,
    label,
};
use std::time::Duration;

/// The exported labels, sorted by key; `namespace_name` only when asked for.
const LABELS: [&str; 10] = [
    label::CONTAINER_BASE_IMAGE,
    label::CONTAINER_NAME,
    label::HOST_ID,
    label::HOSTNAME,
    label::LABELS,
    label::NAMESPACE_ID,
    label::NAMESPACE_NAME,
    label::NODENAME,
    label::POD_ID,
    label::POD_NAME,
];

/// Shape: a JSON array in the compact layout with a newline; `[]` without data. With the parameter `extended` each series
/// of a pod or container has the label `namespace_name` too.
pub(crate) fn export(call: &Call<'_>) -> Answer {
    let store = call.api.store.as_ref().filter(|_| call.api.export);
    let Some(batch) = store.and_then(|store| store.latest()) else {
        return Answer::new(http::StatusCode::OK, crate::answer::JSON, "[]\n");
    };
    let extended = query::on(call.query, "extended");
    let mut json = Json::compact();
    json.open('[');
    let (mut at, mut labeled) = (0, Vec::new());
    let next = move |json: &mut Json| {
        let Some(set) = batch.set(at) else { return false };
        write(json, &set, extended, &mut labeled);
        at += 1;
        true
    };
    made(json, next, |json| {
        json.close(']');
        json.newline();
    })
}

/// Shape: `{"metrics":{"name":[{"start","end","labels","value"}…]…},"labels":{…}}` for one node, pod or container; nothing
/// for the cluster and namespaces. Keys are sorted. Units: as in the schema.
fn write(json: &mut Json, set: &SetView<'_>, extended: bool, labeled: &mut Vec<LabeledPoint>) {
    let container = match set.entity().kind() {
        EntityKind::Cluster | EntityKind::Namespace => return,
        EntityKind::Node => Some("machine"),
        EntityKind::Pod => Some("/pod"),
        EntityKind::PodContainer | EntityKind::SystemContainer => None,
    };
    json.object(|json| {
        json.key("metrics");
        json.object(|json| metrics(json, set, labeled));
        labels(json, set.labels(), container, extended);
    });
}

/// The exported labels; nothing when there are none. Both lists are sorted: one walk.
fn labels(json: &mut Json, own: &Labels, container: Option<&str>, extended: bool) {
    let mut own = own.iter().peekable();
    let mut opened = false;
    for key in LABELS {
        while own.next_if(|(known, _)| *known < key).is_some() {}
        let known = own.next_if(|(known, _)| *known == key).map(|(_, value)| value);
        let value = match key {
            label::CONTAINER_NAME => container.or(known),
            label::NAMESPACE_NAME => known.filter(|_| extended),
            _ => known,
        };
        let Some(value) = value else { continue };
        if !std::mem::replace(&mut opened, true) {
            json.key("labels");
            json.open('{');
        }
        json.field(key, value);
    }
    if opened {
        json.close('}');
    }
}

/// Plain values come sorted by metric, and a metric's number ascends with its name; labeled ones are merged in.
fn metrics(json: &mut Json, set: &SetView<'_>, labeled: &mut Vec<LabeledPoint>) {
    labeled.clear();
    labeled.extend(set.labeled().map(Labeled::to_owned));
    labeled.sort_by_key(|value| value.point.metric());

    let times = Times::of(set);
    let mut open = None;
    let mut write = |point: &Point, labels: Option<&Labels>| {
        let Some(start) = times.start(point) else { return };
        if open != Some(point.metric()) {
            if open.replace(point.metric()).is_some() {
                json.close(']');
            }
            json.key(set.batch().metric_name(point.metric()));
            json.open('[');
        }
        json.object(|json| {
            json.key("start");
            json.ready(start);
            json.key("end");
            json.ready(&times.end);
            if let Some(labels) = labels.filter(|labels| !labels.is_empty()) {
                json.key("labels");
                json.object(|json| labels.iter().for_each(|(key, value)| json.field(key, value)));
            }
            json.key("value");
            json.number(point.value());
        });
    };
    let mut rest = labeled.iter().peekable();
    for point in set.points() {
        while let Some(value) = rest.next_if(|value| value.point.metric() < point.metric()) {
            write(&value.point, Some(&value.labels));
        }
        write(&point, None);
    }
    for value in rest {
        write(&value.point, Some(&value.labels));
    }
    if open.is_some() {
        json.close(']');
    }
}

/// The times of one set's points as JSON text: made once a set, written with every point.
struct Times {
    end: String,
    /// Since when cumulative values count.
    since: Option<String>,
}

impl Times {
    fn of(set: &SetView<'_>) -> Self {
        let end = set.batch().timestamp();
        let by_uptime = || {
            let uptime = set.value(id::UPTIME)?.as_i64();
            Some(end.minus(Duration::from_millis(u64::try_from(uptime).ok()?)))
        };
        let since = set.times().collection_start.or_else(by_uptime);
        Self {
            end: quoted(end),
            since: since.map(|since| quoted(since.min(end))),
        }
    }

    /// When the value's time begins; `None` when the value is not exported, has no JSON form, or its start is not known.
    fn start(&self, point: &Point) -> Option<&str> {
        if !is_exported(point.metric()) || matches!(point.value(), Value::Float(value) if !value.is_finite())
        {
            return None;
        }
        let declared = MetricNames::describe(point.metric()).map(|metric| metric.metric_type);
        let cumulative = MetricType::Cumulative;
        if point.metric_type() == cumulative || declared == Some(cumulative) {
            self.since.as_deref()
        } else {
            Some(&self.end)
        }
    }
}

fn quoted(time: Timestamp) -> String {
    let mut text = String::with_capacity(32);
    text.push('"');
    push_time(&mut text, time);
    text.push('"');
    text
}
