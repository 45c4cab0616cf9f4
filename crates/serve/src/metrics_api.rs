//! The legacy resource metrics: CPU and memory of nodes and pods, `/apis/metrics/v1alpha1` and
//! `/apis/metrics.k8s.io/v1alpha1`.
//!
//! Source: Heapster 1.5 metrics/apis/metrics/handlers.go. Differs: both prefixes are there (1.5 had the first, the 1.6 betas
//! the second); lists are sorted; a pod that does not exist is 404, not 500; without an in-memory store 503, not a crash.

use crate::answer::Answer;
use crate::json::Json;
use crate::quantity;
use crate::query;
use crate::routes::Call;
use heapster_cluster::Selector;
use heapster_plugin::model::{Batch, EntityKind, Labels, SetView, Timestamp, id};
use http::StatusCode;
use std::sync::Arc;

mod subjects;

use subjects::PodSubject;

/// Shape: NodeMetricsList, sorted by name.
pub(crate) fn nodes(call: &Call<'_>) -> Answer {
    let selector = match selector(call) {
        Ok(selector) => selector,
        Err(answer) => return answer,
    };
    let wanted = subjects::nodes(call, |labels| matches(selector.as_ref(), labels));
    if wanted.is_empty() {
        return list(|_| {});
    }
    let Some(batch) = batch(call) else {
        return no_store();
    };
    let items = wanted.iter().filter_map(|name| {
        let usage = Usage::of(batch.as_deref()?.by_key(&format!("node:{name}")))?;
        Some((name, usage))
    });
    list_of(items, |json, (name, usage)| {
        write_node(json, call, batch.as_deref(), name, usage)
    })
}

/// Shape: NodeMetrics. Errors: 404 for a node that is not known or has no values.
pub(crate) fn node(call: &Call<'_>) -> Answer {
    let name = call.param("node");
    let Some(batch) = batch(call) else {
        return no_store();
    };
    let known = subjects::has_node(call, name).then(|| format!("node:{name}"));
    let usage = known.and_then(|key| Usage::of(batch.as_deref()?.by_key(&key)));
    match usage {
        Some(usage) => {
            let mut json = Json::pretty();
            write_node(&mut json, call, batch.as_deref(), name, usage);
            Answer::json(json)
        }
        None => Answer::error(StatusCode::NOT_FOUND, format!("No metrics for node {name}")),
    }
}

/// Shape: PodMetricsList of all namespaces, sorted by namespace, then name.
pub(crate) fn all_pods(call: &Call<'_>) -> Answer {
    pod_list(call, None)
}

/// Shape: PodMetricsList of one namespace, sorted by name.
pub(crate) fn pods(call: &Call<'_>) -> Answer {
    pod_list(call, Some(call.param("ns")))
}

fn pod_list(call: &Call<'_>, namespace: Option<&str>) -> Answer {
    let selector = match selector(call) {
        Ok(selector) => selector,
        Err(answer) => return answer,
    };
    let wanted = subjects::pods(call, namespace, |labels| matches(selector.as_ref(), labels));
    if wanted.is_empty() {
        return list(|_| {});
    }
    let Some(batch) = batch(call) else {
        return no_store();
    };
    let items = wanted
        .iter()
        .filter_map(|pod| Some((pod, containers(batch.as_deref(), pod)?)));
    list_of(items, |json, (pod, containers)| {
        write_pod(json, call, batch.as_deref(), pod, &containers);
    })
}

/// Shape: PodMetrics. Errors: 404 for a pod that is not known or lacks a value.
pub(crate) fn pod(call: &Call<'_>) -> Answer {
    let (namespace, name) = (call.param("ns"), call.param("pod"));
    let Some(batch) = batch(call) else {
        return no_store();
    };
    let Some(pod) = subjects::pod(call, namespace, name) else {
        let text = format!("Error while getting pod {name}: pod \"{name}\" not found");
        return Answer::error(StatusCode::NOT_FOUND, text);
    };
    match containers(batch.as_deref(), &pod) {
        Some(containers) => {
            let mut json = Json::pretty();
            write_pod(&mut json, call, batch.as_deref(), &pod, &containers);
            Answer::json(json)
        }
        None => {
            let text = format!("No metrics availalble for pod {namespace}/{name}");
            Answer::error(StatusCode::NOT_FOUND, text)
        }
    }
}

/// The newest batch: `None` without a store, `Some(None)` before the first batch.
#[allow(clippy::option_option)] // the two ways of having nothing are answered differently
fn batch(call: &Call<'_>) -> Option<Option<Arc<Batch>>> {
    call.api.store.as_ref().map(|store| store.latest())
}

fn no_store() -> Answer {
    let text = "there is no in-memory store: take --disable_metric_sink away or add --sink=metric";
    Answer::error(StatusCode::SERVICE_UNAVAILABLE, text)
}

fn selector(call: &Call<'_>) -> Result<Option<Selector>, Answer> {
    let Some(text) = query::first(call.query, "labelSelector") else {
        return Ok(None);
    };
    Selector::parse(&text).map(Some).map_err(|reason| {
        let text = format!("Error while parsing selector {text}: {reason}");
        Answer::error(StatusCode::BAD_REQUEST, text)
    })
}

fn matches(selector: Option<&Selector>, labels: &Labels) -> bool {
    selector.is_none_or(|selector| selector.matches(labels))
}

/// CPU in millicores and memory in bytes.
#[derive(Clone, Copy)]
struct Usage {
    cpu: i64,
    memory: i64,
}

impl Usage {
    /// `None` unless both values are there.
    fn of(set: Option<SetView<'_>>) -> Option<Self> {
        let set = set?;
        Some(Self {
            cpu: set.value(id::CPU_USAGE_RATE)?.as_i64(),
            memory: set.value(id::MEMORY_WORKING_SET)?.as_i64(),
        })
    }

    fn write(self, json: &mut Json) {
        json.key("usage");
        json.object(|json| {
            json.field("cpu", &quantity::milli(self.cpu));
            json.field("memory", &quantity::binary(self.memory));
        });
    }
}

/// The usage of every container of the pod's spec, in its order; `None` when one of them lacks a value.
fn containers(batch: Option<&Batch>, pod: &PodSubject) -> Option<Vec<(Arc<str>, Usage)>> {
    let key = |name: &str| format!("namespace:{}/pod:{}/container:{name}", pod.namespace, pod.name);
    pod.containers
        .iter()
        .map(|name| Some((name.clone(), Usage::of(batch?.by_key(&key(name)))?)))
        .collect()
}

fn list_of<T>(items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Json, T)) -> Answer {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return list(|_| {});
    }
    list(|json| json.array(|json| items.for_each(|item| write(json, item))))
}

/// A list; `items` is null when `write` writes nothing, as in the original.
fn list(write: impl FnOnce(&mut Json)) -> Answer {
    let mut json = Json::pretty();
    json.object(|json| {
        json.key("metadata");
        json.object(|_| {});
        json.key("items");
        let before = json.len();
        write(json);
        if json.len() == before {
            json.bare("null");
        }
    });
    Answer::json(json)
}

fn write_node(json: &mut Json, call: &Call<'_>, batch: Option<&Batch>, name: &str, usage: Usage) {
    json.object(|json| {
        head(json, call, batch, name, None);
        usage.write(json);
    });
}

fn write_pod(
    json: &mut Json,
    call: &Call<'_>,
    batch: Option<&Batch>,
    pod: &PodSubject,
    containers: &[(Arc<str>, Usage)],
) {
    json.object(|json| {
        head(json, call, batch, &pod.name, Some(&pod.namespace));
        json.key("containers");
        json.array(|json| {
            for (name, usage) in containers {
                json.object(|json| {
                    json.field("name", name);
                    usage.write(json);
                });
            }
        });
    });
}

/// Metadata, time and window. Units: whole seconds; the window is always one minute, as it was.
fn head(json: &mut Json, call: &Call<'_>, batch: Option<&Batch>, name: &str, namespace: Option<&str>) {
    let whole = |time: Timestamp| Timestamp::from_secs(time.secs());
    json.key("metadata");
    json.object(|json| {
        json.field("name", name);
        if let Some(namespace) = namespace {
            json.field("namespace", namespace);
        }
        json.key("creationTimestamp");
        json.time(Some(whole(call.now)));
    });
    json.key("timestamp");
    json.time(batch.map(|batch| whole(batch.timestamp())));
    json.field("window", "1m0s");
}

/// Whether a set is of this kind, for look-ups by prefix.
fn is(set: &SetView<'_>, kind: EntityKind) -> bool {
    set.entity().kind() == kind
}
