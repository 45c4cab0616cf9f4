//! Which nodes and pods there are: those of the API server, or without one those of the newest batch.

use crate::routes::Call;
use heapster_plugin::cluster::Pod;
use heapster_plugin::model::{Batch, EntityKind, Labels};
use std::sync::Arc;

/// A pod whose values are asked for.
#[derive(Clone, Debug)]
pub(super) struct PodSubject {
    pub(super) namespace: Arc<str>,
    pub(super) name: Arc<str>,
    /// In the order of the spec.
    pub(super) containers: Vec<Arc<str>>,
}

impl PodSubject {
    fn of(pod: &Pod) -> Self {
        Self {
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            containers: pod
                .containers
                .iter()
                .map(|container| container.name.clone())
                .collect(),
        }
    }
}

/// The names of the nodes whose labels match, sorted.
pub(super) fn nodes(call: &Call<'_>, matches: impl Fn(&Labels) -> bool) -> Vec<Arc<str>> {
    if let Some(cluster) = &call.api.cluster {
        let nodes = cluster.nodes();
        return nodes
            .iter()
            .filter(|node| matches(&node.labels))
            .map(|node| node.name.clone())
            .collect();
    }
    let batch = latest(call).filter(|_| matches(&Labels::default()));
    let sets = batch.iter().flat_map(|batch| batch.with_prefix("node:"));
    sets.filter(|set| set.entity().kind() == EntityKind::Node)
        .filter_map(|set| set.entity().node().map(Arc::from))
        .collect()
}

/// Whether there is a node of this name.
pub(super) fn has_node(call: &Call<'_>, name: &str) -> bool {
    call.api
        .cluster
        .as_ref()
        .is_none_or(|cluster| cluster.node(name).is_some())
}

/// The pods of a namespace, or of all, whose labels match; sorted by namespace, then name.
pub(super) fn pods(
    call: &Call<'_>,
    namespace: Option<&str>,
    matches: impl Fn(&Labels) -> bool,
) -> Vec<PodSubject> {
    if let Some(cluster) = &call.api.cluster {
        let pods = namespace.map_or_else(|| cluster.pods(), |namespace| cluster.pods_of(namespace));
        return pods
            .iter()
            .filter(|pod| matches(&pod.labels))
            .map(|pod| PodSubject::of(pod))
            .collect();
    }
    let prefix = namespace.map_or_else(
        || "namespace:".to_owned(),
        |name| format!("namespace:{name}/pod:"),
    );
    match latest(call).filter(|_| matches(&Labels::default())) {
        Some(batch) => in_batch(&batch, &prefix),
        None => Vec::new(),
    }
}

/// One pod.
pub(super) fn pod(call: &Call<'_>, namespace: &str, name: &str) -> Option<PodSubject> {
    if let Some(cluster) = &call.api.cluster {
        return cluster.pod(namespace, name).map(|pod| PodSubject::of(&pod));
    }
    let batch = latest(call)?;
    let key = format!("namespace:{namespace}/pod:{name}");
    let own = in_batch(&batch, &key);
    own.into_iter().find(|pod| *pod.name == *name)
}

/// The pods whose keys begin with `prefix`, with the containers that have values.
fn in_batch(batch: &Batch, prefix: &str) -> Vec<PodSubject> {
    let mut pods: Vec<PodSubject> = batch
        .with_prefix(prefix)
        .filter(|set| set.entity().kind() == EntityKind::Pod)
        .filter_map(|set| {
            let (namespace, name) = (set.entity().namespace()?, set.entity().pod()?);
            let inside = batch.with_prefix(&format!("{}/container:", set.entity().key()));
            Some(PodSubject {
                namespace: namespace.into(),
                name: name.into(),
                containers: inside
                    .filter_map(|set| set.entity().container().map(Arc::from))
                    .collect(),
            })
        })
        .collect();
    pods.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    pods
}

fn latest(call: &Call<'_>) -> Option<Arc<Batch>> {
    call.api.store.as_ref().and_then(|store| store.latest())
}
