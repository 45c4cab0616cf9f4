//! Values of one metric of one entity, or of several pods.

use super::key;
use crate::answer::Answer;
use crate::json::Json;
use crate::query;
use crate::routes::Call;
use heapster_plugin::model::{EntityKind, Timestamp, Value};
use http::StatusCode;
use std::collections::HashMap;

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
        Ok(wanted) => {
            let mut json = Json::pretty();
            write(&mut json, &wanted.points(call, &key(call, kind)));
            Answer::json(json)
        }
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
    let mut known: HashMap<&str, Vec<(Timestamp, Value)>> = HashMap::new();
    let mut json = Json::compact();
    json.object(|json| {
        json.key("items");
        json.array(|json| {
            for pod in call.param("pods").split(',') {
                let points = known.entry(pod).or_insert_with(|| {
                    wanted.points(call, &format!("namespace:{}/pod:{pod}", call.param("ns")))
                });
                write(json, points);
            }
        });
    });
    Answer::json_line(json)
}

/// What a request asks of an entity.
struct Wanted {
    metric: String,
    from: Option<Timestamp>,
    to: Timestamp,
    labels: Option<Vec<(String, String)>>,
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
        Ok(Self {
            metric: full_name(call.param("metric-name")).to_owned(),
            from,
            to: to.unwrap_or(call.now),
            labels,
        })
    }

    fn points(&self, call: &Call<'_>, key: &str) -> Vec<(Timestamp, Value)> {
        let Some(store) = &call.api.store else {
            return Vec::new();
        };
        match &self.labels {
            Some(labels) => store.labeled_values(key, &self.metric, labels, self.from, self.to, call.now),
            None => store.values(key, &self.metric, self.from, self.to, call.now),
        }
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

/// Shape: `{"metrics":[{"timestamp","value","floatValue"}…],"latestTimestamp"}`.
/// Units: `value` is an integer, floats cut towards zero and negative numbers held at 0; the true number of both kinds
/// stands in `floatValue`, which integers from 0 on do not have. Source: Heapster 1.5 metrics/api/v1/types/model_types.go.
fn write(json: &mut Json, points: &[(Timestamp, Value)]) {
    json.object(|json| {
        json.key("metrics");
        json.array(|json| {
            for (timestamp, value) in points {
                json.object(|json| {
                    json.key("timestamp");
                    json.time(Some(*timestamp));
                    json.key("value");
                    json.bare(value.as_i64().max(0));
                    if let Some(float) = float_value(*value) {
                        json.key("floatValue");
                        json.number(float);
                    }
                });
            }
        });
        json.key("latestTimestamp");
        json.time(points.iter().map(|(timestamp, _)| *timestamp).max());
    });
}

fn float_value(value: Value) -> Option<Value> {
    let needed = match value {
        Value::Int(value) => value < 0,
        Value::Float(value) => value.is_finite(),
    };
    needed.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_cut_and_negative_numbers_are_zero_with_the_truth_beside() {
        let at = Timestamp::from_secs(1_800_000_000);
        for (value, text) in [
            (Value::Int(5), r#""value":5}"#),
            (Value::Int(-5), r#""value":0,"floatValue":-5}"#),
            (Value::Float(12.75), r#""value":12,"floatValue":12.75}"#),
            (Value::Float(-0.5), r#""value":0,"floatValue":-0.5}"#),
            (Value::Float(f64::NAN), r#""value":0}"#),
        ] {
            let mut json = Json::compact();
            write(&mut json, &[(at, value)]);
            let text = format!(
                "{{\"metrics\":[{{\"timestamp\":\"2027-01-15T08:00:00Z\",{text}],\"latestTimestamp\":\"2027-01-15T08:00:00Z\"}}"
            );
            assert_eq!(json.take(), text);
        }
    }
}
