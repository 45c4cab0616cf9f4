//! Lists of names: what there is, and which metrics it has.

use super::{key, latest, node_name};
use crate::answer::Answer;
use crate::json::Json;
use crate::routes::Call;
use heapster_plugin::model::{Entity, EntityKind};

/// The names of nodes.
///
/// Differs: the original listed host names, which its own look-ups did not find where they differ from the names.
pub(crate) fn nodes(call: &Call<'_>) -> Answer {
    list(call, "node:", EntityKind::Node, Entity::node)
}

pub(crate) fn namespaces(call: &Call<'_>) -> Answer {
    list(call, "namespace:", EntityKind::Namespace, Entity::namespace)
}

pub(crate) fn pods(call: &Call<'_>) -> Answer {
    let prefix = format!("namespace:{}/pod:", call.param("ns"));
    list(call, &prefix, EntityKind::Pod, Entity::pod)
}

pub(crate) fn containers(call: &Call<'_>) -> Answer {
    let prefix = format!(
        "namespace:{}/pod:{}/container:",
        call.param("ns"),
        call.param("pod")
    );
    list(call, &prefix, EntityKind::PodContainer, Entity::container)
}

pub(crate) fn system_containers(call: &Call<'_>) -> Answer {
    let prefix = format!("node:{}/container:", node_name(call));
    list(call, &prefix, EntityKind::SystemContainer, Entity::container)
}

/// The keys of all sets of the newest batch.
pub(crate) fn all_keys(call: &Call<'_>) -> Answer {
    let batch = latest(call);
    names(
        batch
            .iter()
            .flat_map(|batch| batch.sets())
            .map(|set| set.entity().key()),
    )
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
    names(known.iter().flatten().map(String::as_str))
}

/// The names of the entities of one kind in the newest batch whose keys begin with `prefix`. Keys are sorted and the name
/// is their end, so that the names are sorted bytewise too.
fn list(
    call: &Call<'_>,
    prefix: &str,
    kind: EntityKind,
    name: for<'a> fn(&'a Entity) -> Option<&'a str>,
) -> Answer {
    let batch = latest(call);
    let sets = batch.iter().flat_map(|batch| batch.with_prefix(prefix));
    names(
        sets.filter(|set| set.entity().kind() == kind)
            .filter_map(|set| name(set.entity())),
    )
}

/// Shape: a JSON array of strings in the pretty layout; `[]` when there are none.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> Answer {
    let mut json = Json::pretty();
    json.array(|json| names.for_each(|name| json.text(name)));
    Answer::json(json)
}
