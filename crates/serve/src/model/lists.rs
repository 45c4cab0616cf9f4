//! Lists of names: what there is, and which metrics it has.

use super::{key, latest, node_name, places};
use crate::answer::Answer;
use crate::json::Json;
use crate::made::made;
use crate::routes::Call;
use heapster_plugin::model::{Batch, Entity, EntityKind};
use std::ops::Range;
use std::sync::Arc;

/// The name of an entity that a list shows, if it belongs there.
type Name = fn(&Entity) -> Option<&str>;

/// The names of nodes.
///
/// Differs: the original listed host names, which its own look-ups did not find where they differ from the names.
pub(crate) fn nodes(call: &Call<'_>) -> Answer {
    list(call, "node:", |entity| of_kind(entity, EntityKind::Node)?.node())
}

/// The names of namespaces. What is inside of them is not looked at but jumped over.
pub(crate) fn namespaces(call: &Call<'_>) -> Answer {
    let mut json = Json::pretty();
    json.array(|json| {
        let Some(batch) = latest(call) else { return };
        let places = places::with_prefix(&batch, "namespace:");
        let mut at = places.start;
        while let Some(set) = batch.set(at).filter(|_| at < places.end) {
            if let Some(name) =
                of_kind(set.entity(), EntityKind::Namespace).and_then(|namespace| namespace.namespace())
            {
                json.text(name);
            }
            at = places::behind_namespace(&batch, at, set.entity());
        }
    });
    Answer::json(json)
}

pub(crate) fn pods(call: &Call<'_>) -> Answer {
    let prefix = format!("namespace:{}/pod:", call.param("ns"));
    list(call, &prefix, |entity| of_kind(entity, EntityKind::Pod)?.pod())
}

pub(crate) fn containers(call: &Call<'_>) -> Answer {
    let prefix = format!("{}/container:", key(call, EntityKind::Pod));
    list(call, &prefix, Entity::container)
}

pub(crate) fn system_containers(call: &Call<'_>) -> Answer {
    let prefix = format!("node:{}/container:", node_name(call));
    list(call, &prefix, Entity::container)
}

fn of_kind(entity: &Entity, kind: EntityKind) -> Option<&Entity> {
    Some(entity).filter(|entity| entity.kind() == kind)
}

/// The keys of all sets of the newest batch.
pub(crate) fn all_keys(call: &Call<'_>) -> Answer {
    match latest(call) {
        Some(batch) => {
            let all = 0..batch.len();
            names(batch, all, |entity| Some(entity.key()))
        }
        None => none(),
    }
}

pub(crate) fn cluster_metrics(call: &Call<'_>) -> Answer {
    metrics(call, EntityKind::Cluster)
}

pub(crate) fn namespace_metrics(call: &Call<'_>) -> Answer {
    metrics(call, EntityKind::Namespace)
}

pub(crate) fn node_metrics(call: &Call<'_>) -> Answer {
    metrics(call, EntityKind::Node)
}

pub(crate) fn pod_metrics(call: &Call<'_>) -> Answer {
    metrics(call, EntityKind::Pod)
}

pub(crate) fn container_metrics(call: &Call<'_>) -> Answer {
    metrics(call, EntityKind::PodContainer)
}

pub(crate) fn system_container_metrics(call: &Call<'_>) -> Answer {
    metrics(call, EntityKind::SystemContainer)
}

/// The names of the metrics without labels of their own that one entity has in the short window, sorted bytewise.
fn metrics(call: &Call<'_>, kind: EntityKind) -> Answer {
    let store = call.api.store.as_ref();
    let known = store.map(|store| store.metric_names(&key(call, kind), call.now));
    let mut json = Json::pretty();
    json.array(|json| known.iter().flatten().for_each(|name| json.text(name)));
    Answer::json(json)
}

/// The entities of the newest batch whose keys begin with `prefix`. Keys are sorted and the name is their end, so that the
/// names are sorted bytewise too.
fn list(call: &Call<'_>, prefix: &str, name: Name) -> Answer {
    match latest(call) {
        Some(batch) => {
            let places = places::with_prefix(&batch, prefix);
            names(batch, places, name)
        }
        None => none(),
    }
}

fn none() -> Answer {
    let mut json = Json::pretty();
    json.array(|_| {});
    Answer::json(json)
}

/// Shape: a JSON array of strings in the pretty layout; `[]` when there are none.
fn names(batch: Arc<Batch>, places: Range<usize>, name: Name) -> Answer {
    let mut json = Json::pretty();
    json.open('[');
    let mut at = places.start;
    let next = move |json: &mut Json| {
        let Some(set) = batch.set(at).filter(|_| at < places.end) else {
            return false;
        };
        at += 1;
        if let Some(name) = name(set.entity()) {
            json.text(name);
        }
        true
    };
    made(json, next, |json| json.close(']'))
}
