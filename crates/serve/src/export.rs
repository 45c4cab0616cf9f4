//! `/api/v1/metric-export`: the newest batch as a list of time series, made while it is sent.
//!
//! Source: Heapster 1.5 metrics/api/v1/api.go and types/types.go. Differs: elements are sorted by key; `[]` before the
//! first batch; `disk/io_*_bytes` start at the collection start as the schema says; a cumulative value without known start
//! is left out instead of starting in year 1, and so is a value that is not a number.

use crate::answer::Answer;
use crate::body::PIECE;
use crate::json::Json;
use crate::routes::Call;
use crate::schema::is_exported;
use bytes::Bytes;
use heapster_plugin::model::{
    Batch, EntityKind, Labels, MetricId, MetricNames, MetricType, Point, SetView, Timestamp, Value, id, label,
};
use std::sync::Arc;
use std::time::Duration;

/// The exported labels, sorted by key.
const LABELS: [&str; 9] = [
    label::CONTAINER_BASE_IMAGE,
    label::CONTAINER_NAME,
    label::HOST_ID,
    label::HOSTNAME,
    label::LABELS,
    label::NAMESPACE_ID,
    label::NODENAME,
    label::POD_ID,
    label::POD_NAME,
];

pub(crate) fn export(call: &Call<'_>) -> Answer {
    let store = call.api.store.as_ref().filter(|_| call.api.export);
    match store.and_then(|store| store.latest()) {
        Some(batch) => Answer::stream(Box::new(Export::new(batch))),
        None => Answer::new(http::StatusCode::OK, crate::answer::JSON, "[]\n"),
    }
}

/// Makes the text of one batch in pieces of about [`PIECE`] bytes.
struct Export {
    batch: Arc<Batch>,
    json: Json,
    /// The next set; past the last one when the text is complete.
    at: usize,
    /// Positions of the labeled values of the set in hand, sorted by metric.
    order: Vec<usize>,
}

impl Export {
    fn new(batch: Arc<Batch>) -> Self {
        let mut json = Json::compact();
        json.open('[');
        Self {
            batch,
            json,
            at: 0,
            order: Vec::new(),
        }
    }
}

impl Iterator for Export {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.at > self.batch.len() {
            return None;
        }
        self.json.reserve(PIECE + PIECE / 4);
        while self.json.len() < PIECE {
            let Some(set) = self.batch.set(self.at) else {
                self.json.close(']');
                self.at = self.batch.len() + 1;
                return Some((self.json.take() + "\n").into());
            };
            write(&mut self.json, &set, &mut self.order);
            self.at += 1;
        }
        Some(self.json.take().into())
    }
}

/// Shape: `{"metrics":{"name":[{"start","end","labels","value"}…]…},"labels":{…}}` for one node, pod or container; nothing
/// for the cluster and namespaces. Keys are sorted. Units: as in the schema.
fn write(json: &mut Json, set: &SetView<'_>, order: &mut Vec<usize>) {
    let container = match set.entity().kind() {
        EntityKind::Cluster | EntityKind::Namespace => return,
        EntityKind::Node => Some("machine"),
        EntityKind::Pod => Some("/pod"),
        EntityKind::PodContainer | EntityKind::SystemContainer => None,
    };
    json.object(|json| {
        json.key("metrics");
        json.object(|json| metrics(json, set, order));
        json.key("labels");
        json.object(|json| {
            for key in LABELS {
                let own = container.filter(|_| key == label::CONTAINER_NAME);
                if let Some(value) = own.or_else(|| set.labels().get(key)) {
                    json.field(key, value);
                }
            }
        });
    });
}

/// Plain values come sorted by metric, and a metric's number ascends with its name; labeled ones are merged in.
fn metrics(json: &mut Json, set: &SetView<'_>, order: &mut Vec<usize>) {
    let labeled = set.labeled();
    let metric = |at: usize| {
        labeled
            .get(at)
            .map_or(MetricId(u32::MAX), |value| value.point.metric())
    };
    order.clear();
    order.extend(0..labeled.len());
    order.sort_by_key(|at| metric(*at));

    let times = StartAndEnd::of(set);
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
            json.time(Some(start));
            json.key("end");
            json.time(Some(times.end));
            if let Some(labels) = labels.filter(|labels| !labels.is_empty()) {
                json.key("labels");
                json.object(|json| labels.iter().for_each(|(key, value)| json.field(key, value)));
            }
            json.key("value");
            json.number(point.value());
        });
    };
    let mut rest = order.iter().filter_map(|at| labeled.get(*at)).peekable();
    for point in set.points() {
        while let Some(value) = rest.next_if(|value| value.point.metric() < point.metric()) {
            write(&value.point, Some(&value.labels));
        }
        write(point, None);
    }
    for value in rest {
        write(&value.point, Some(&value.labels));
    }
    if open.is_some() {
        json.close(']');
    }
}

struct StartAndEnd {
    end: Timestamp,
    /// Since when cumulative values count.
    since: Option<Timestamp>,
}

impl StartAndEnd {
    fn of(set: &SetView<'_>) -> Self {
        let end = set.batch().timestamp();
        let by_uptime = || {
            let uptime = set.value(id::UPTIME)?.as_i64();
            Some(end.minus(Duration::from_millis(u64::try_from(uptime).ok()?)))
        };
        let since = set.times().collection_start.or_else(by_uptime);
        Self {
            end,
            since: since.map(|since| since.min(end)),
        }
    }

    /// When the value's time begins; `None` when the value is not exported, has no JSON form, or its start is not known.
    fn start(&self, point: &Point) -> Option<Timestamp> {
        if !is_exported(point.metric()) || matches!(point.value(), Value::Float(value) if !value.is_finite())
        {
            return None;
        }
        let declared = MetricNames::describe(point.metric()).map(|metric| metric.metric_type);
        let cumulative = MetricType::Cumulative;
        if point.metric_type() == cumulative || declared == Some(cumulative) {
            self.since
        } else {
            Some(self.end)
        }
    }
}
