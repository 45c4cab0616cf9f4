//! Values of one metric of one entity, or of several pods.

use super::{key, latest, points};
use crate::answer::Answer;
use crate::json::Json;
use crate::made::made;
use crate::query;
use crate::routes::Call;
use heapster_plugin::model::{EntityKind, Timestamp, Value};
use heapster_store::Store;
use http::StatusCode;
use std::sync::Arc;

pub(crate) fn cluster(call: &Call<'_>) -> Answer {
    values(call, EntityKind::Cluster)
}

pub(crate) fn namespace(call: &Call<'_>) -> Answer {
    values(call, EntityKind::Namespace)
}

pub(crate) fn node(call: &Call<'_>) -> Answer {
    values(call, EntityKind::Node)
}

pub(crate) fn pod(call: &Call<'_>) -> Answer {
    values(call, EntityKind::Pod)
}

pub(crate) fn container(call: &Call<'_>) -> Answer {
    values(call, EntityKind::PodContainer)
}

pub(crate) fn system_container(call: &Call<'_>) -> Answer {
    values(call, EntityKind::SystemContainer)
}

/// Shape: one metric result in the pretty layout. Errors: 400 for `start`, `end` or `labels` that cannot be read; what is
/// not known has no points.
fn values(call: &Call<'_>, kind: EntityKind) -> Answer {
    match Wanted::read(call) {
        Ok(wanted) => points::answer(wanted.points(&key(call, kind))),
        Err(text) => Answer::error(StatusCode::BAD_REQUEST, text),
    }
}

/// The same metric of several pods of one namespace.
///
/// Shape: `{"items":[…]}` in the compact layout, one metric result for each name of the list, in its order. Errors: as for
/// one metric.
pub(crate) fn pod_list(call: &Call<'_>) -> Answer {
    let wanted = match Wanted::read(call) {
        Ok(wanted) => wanted,
        Err(text) => return Answer::error(StatusCode::BAD_REQUEST, text),
    };
    let pods = call.param("pods").to_owned();
    let mut key = format!("namespace:{}/pod:", call.param("ns"));
    let head = key.len();
    let mut json = Json::compact();
    json.open('{');
    json.key("items");
    json.open('[');
    let mut rest = Some(0);
    let next = move |json: &mut Json| {
        let Some(pod) = rest.and_then(|at| pods.get(at..)) else {
            return false;
        };
        let pod = match pod.split_once(',') {
            Some((pod, others)) => {
                rest = Some(pods.len() - others.len());
                pod
            }
            None => {
                rest = None;
                pod
            }
        };
        key.truncate(head);
        key.push_str(pod);
        points::write(json, &wanted.points(&key));
        true
    };
    made(json, next, |json| {
        json.close(']');
        json.close('}');
        json.newline();
    })
}

/// What a request asks of an entity.
struct Wanted {
    store: Option<Arc<Store>>,
    metric: String,
    from: Option<Timestamp>,
    to: Timestamp,
    labels: Option<Vec<(String, String)>>,
    now: Timestamp,
}

impl Wanted {
    fn read(call: &Call<'_>) -> Result<Self, String> {
        let from = query::first(call.query, "start")
            .map(|text| query::time(&text))
            .transpose()?;
        let to = query::first(call.query, "end")
            .map(|text| query::time(&text))
            .transpose()?;
        let labels = query::first(call.query, "labels")
            .map(|text| query::label_pairs(&text))
            .transpose()?;
        let to = to.unwrap_or(call.now);
        // A batch that comes while a long list is being sent is not for some of its pods only.
        let newest = latest(call).map_or(to, |batch| batch.timestamp());
        Ok(Self {
            store: call.api.store.clone(),
            metric: full_name(call.param("metric-name")).to_owned(),
            from,
            to: to.min(newest),
            labels,
            now: call.now,
        })
    }

    /// The values that have a JSON form.
    fn points(&self, key: &str) -> Vec<(Timestamp, Value)> {
        let Some(store) = &self.store else {
            return Vec::new();
        };
        let mut points = match &self.labels {
            Some(labels) => store.labeled_values(key, &self.metric, labels, self.from, self.to, self.now),
            None => store.values(key, &self.metric, self.from, self.to, self.now),
        };
        points.retain(|(_, value)| !matches!(value, Value::Float(value) if !value.is_finite()));
        points
    }
}

/// The metric that a name of releases before 1.0 stands for.
fn full_name(name: &str) -> &str {
    match name {
        "cpu-usage" => "cpu/usage_rate",
        "cpu-limit" => "cpu/limit",
        "memory-limit" => "memory/limit",
        "memory-usage" => "memory/usage",
        "memory-working" => "memory/working_set",
        other => other,
    }
}
