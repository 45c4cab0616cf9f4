//! The legacy resource metrics: CPU and memory of nodes and pods, `/apis/metrics/v1alpha1` and
//! `/apis/metrics.k8s.io/v1alpha1`.
//!
//! Source: Heapster 1.5 metrics/apis/metrics/handlers.go. Differs: both prefixes are there (1.5 had the first, the 1.6 betas
//! the second); lists are sorted; objects say their kind; a pod that does not exist is 404, not 500; without an in-memory
//! store 503, not a crash.

use crate::answer::Answer;
use crate::json::Json;
use crate::made::made;
use crate::query;
use crate::routes::Call;
use heapster_cluster::Selector;
use heapster_plugin::model::{Batch, Labels};
use http::StatusCode;
use std::sync::Arc;

mod object;
mod subjects;
mod usage;

use object::Writer;
use usage::Usage;

/// Shape: NodeMetricsList, sorted by name.
pub(crate) fn nodes(call: &Call<'_>) -> Answer {
    let selector = match selector(call) {
        Ok(selector) => selector,
        Err(answer) => return answer,
    };
    let wanted = subjects::nodes(call, |labels| matches(selector.as_ref(), labels));
    list(
        call,
        "NodeMetricsList",
        wanted,
        |batch, name| {
            let usage = Usage::of(batch.by_key(&format!("node:{name}")))?;
            Some((name, usage))
        },
        |writer, json, (name, usage)| writer.node(json, name, usage, false),
    )
}

/// Shape: NodeMetrics. Errors: 404 for a node that is not known or has no values.
pub(crate) fn node(call: &Call<'_>) -> Answer {
    let name = call.param("node");
    let Some(batch) = batch(call) else {
        return no_store();
    };
    let usage = batch.as_ref().and_then(|batch| {
        let known = subjects::has_node(call, name).then(|| format!("node:{name}"));
        Usage::of(batch.by_key(&known?))
    });
    match (batch, usage) {
        (Some(batch), Some(usage)) => {
            let mut json = Json::pretty();
            Writer::new(call, batch).node(&mut json, name, &usage, true);
            Answer::json(json)
        }
        _ => Answer::error(StatusCode::NOT_FOUND, format!("No metrics for node {name}")),
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
    list(
        call,
        "PodMetricsList",
        wanted,
        |batch, pod| {
            let usages = usage::of_containers(batch, &pod)?;
            Some((pod, usages))
        },
        |writer, json, (pod, usages)| writer.pod(json, pod, usages, false),
    )
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
    let usages = batch.as_ref().and_then(|batch| usage::of_containers(batch, &pod));
    match (batch, usages) {
        (Some(batch), Some(usages)) => {
            let mut json = Json::pretty();
            Writer::new(call, batch).pod(&mut json, &pod, &usages, true);
            Answer::json(json)
        }
        _ => {
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

/// The list of those of `wanted` that have values. Without any, `items` is null as in the original.
fn list<S: Send + 'static, T: 'static>(
    call: &Call<'_>,
    kind: &str,
    wanted: Vec<S>,
    values: impl Fn(&Batch, S) -> Option<T> + Send + 'static,
    write: impl Fn(&Writer, &mut Json, &T) + Send + 'static,
) -> Answer {
    let mut json = Json::pretty();
    json.open('{');
    object::kind(&mut json, call, kind);
    json.key("metadata");
    json.object(|_| {});
    json.key("items");
    let writer = match batch(call) {
        Some(Some(batch)) => Some(Writer::new(call, batch)),
        None if !wanted.is_empty() => return no_store(),
        Some(None) | None => None,
    };
    let mut rest = wanted.into_iter();
    let mut opened = false;
    let next = move |json: &mut Json| {
        let (Some(writer), Some(subject)) = (&writer, rest.next()) else {
            if opened {
                json.close(']');
            } else {
                json.ready("null");
            }
            return false;
        };
        if let Some(item) = values(writer.batch(), subject) {
            if !std::mem::replace(&mut opened, true) {
                json.open('[');
            }
            write(writer, json, &item);
        }
        true
    };
    made(json, next, |json| json.close('}'))
}
