//! The labels of pods, their containers and namespaces, made anew only when something they are made of changed.
//!
//! They are made of the target's labels, the records of the pod and of its namespace. While those are the same objects as in
//! the cycle before, the set keeps the very same label set.

use crate::label_copier::Pair;
use crate::table::{Memo, PodMemo, Slot, Table};
use heapster_plugin::model::{EntityKind, Labels, label};
use std::sync::Arc;

macro_rules! keys {
    ($($field:ident $key:ident),+ $(,)?) => {
        /// The label keys that the pipeline sets, as shared text.
        #[derive(Clone, Debug)]
        pub(super) struct Keys {
            $($field: Arc<str>,)+
            /// All labels of the cluster's set.
            pub(super) cluster: Arc<Labels>,
        }
        impl Default for Keys {
            fn default() -> Self {
                Self {
                    $($field: label::$key.into(),)+
                    cluster: Arc::new(Labels::from_pairs([(label::TYPE, EntityKind::Cluster.as_str())])),
                }
            }
        }
    };
}

keys! {
    kind TYPE, nodename NODENAME, hostname HOSTNAME, host_id HOST_ID, namespace_name NAMESPACE_NAME,
    namespace_id NAMESPACE_ID, pod_name POD_NAME, pod_id POD_ID, container_name CONTAINER_NAME,
    image CONTAINER_BASE_IMAGE,
}

/// Completes the labels of pods and containers of the answer in hand, and of the namespaces from the position `fresh` on.
pub(super) fn run(table: &mut Table, keys: &Keys, fresh: usize) {
    for at in 0..table.pods.len() {
        let Some(slot) = table.pods.get(at).copied().and_then(|id| table.slot_mut(id)) else {
            continue;
        };
        let Some(memo) = slot.pod() else { continue };
        let stamp = memo.stamp;
        if slot.dirty || slot.stamp != stamp {
            slot.labels = finish(slot, memo, || pod(keys, slot, memo));
            (slot.dirty, slot.stamp) = (false, stamp);
        }
    }
    for at in 0..table.containers.len() {
        let Some(id) = table.containers.get(at).copied() else {
            break;
        };
        let Some(slot) = table.slot(id) else { continue };
        let parent = slot.parent.as_ref().and_then(|parent| table.slot(parent.id().0));
        let Some(memo) = parent.and_then(Slot::pod) else {
            continue;
        };
        if slot.dirty || slot.stamp != memo.stamp {
            let labels = finish(slot, memo, || container(keys, slot, memo));
            let stamp = memo.stamp;
            if let Some(slot) = table.slot_mut(id) {
                slot.labels = labels;
                (slot.dirty, slot.stamp) = (false, stamp);
            }
        }
    }
    for at in fresh..table.namespaces.len() {
        let Some(slot) = table
            .namespaces
            .get(at)
            .copied()
            .and_then(|id| table.slot_mut(id))
        else {
            continue;
        };
        if slot.dirty {
            slot.labels = keep(slot, namespace(keys, slot));
            slot.dirty = false;
        }
    }
}

/// The target's own label set, when there is nothing to add to it.
fn finish(slot: &Slot, memo: &PodMemo, build: impl FnOnce() -> Labels) -> Arc<Labels> {
    if !slot.made && memo.record.is_none() && memo.namespace.is_none() {
        return slot.origin.clone();
    }
    keep(slot, build())
}

/// The label set that the entity has, when the new one says the same.
fn keep(slot: &Slot, labels: Labels) -> Arc<Labels> {
    if *slot.labels == labels {
        return slot.labels.clone();
    }
    Arc::new(labels)
}

/// `key` with its value in `from`, if it is there.
fn pick(pairs: &mut Vec<Pair>, from: &Labels, keys: &[&Arc<str>]) {
    for key in keys {
        if let Some(value) = from.shared(key) {
            pairs.push(((*key).clone(), value.clone()));
        }
    }
}

fn all(from: &Labels) -> Vec<Pair> {
    from.iter_shared().cloned().collect()
}

/// What a pod's record and its namespace's add to the pod's own set and to those of its containers.
fn add_records(keys: &Keys, pairs: &mut Vec<Pair>, memo: &PodMemo) {
    if let Some(record) = &memo.record {
        pairs.push((keys.pod_id.clone(), record.uid.clone()));
        pairs.extend_from_slice(&memo.copied);
    }
    if let Some(namespace) = &memo.namespace {
        pairs.push((keys.namespace_id.clone(), namespace.uid.clone()));
    }
}

/// A pod that no target reported takes after its first container; it has a `nodename` only when the cluster knows it.
fn pod(keys: &Keys, slot: &Slot, memo: &PodMemo) -> Labels {
    let mut pairs = if slot.made {
        let kind = EntityKind::Pod.as_str();
        let mut pairs = named(keys, slot, kind);
        pick(&mut pairs, &slot.origin, &[&keys.hostname, &keys.host_id]);
        if memo.record.is_some() {
            pick(&mut pairs, &slot.origin, &[&keys.nodename]);
        } else {
            pick(&mut pairs, &slot.origin, &[&keys.pod_id, &keys.namespace_id]);
        }
        pairs
    } else {
        all(&slot.origin)
    };
    add_records(keys, &mut pairs, memo);
    Labels::from_pairs(pairs)
}

/// A container that no target reported takes after its pod.
fn container(keys: &Keys, slot: &Slot, memo: &PodMemo) -> Labels {
    let name = slot.entity.container().unwrap_or_default();
    let mut pairs = if slot.made {
        let mut pairs = named(keys, slot, EntityKind::PodContainer.as_str());
        pairs.push((keys.container_name.clone(), name.into()));
        pick(
            &mut pairs,
            &slot.origin,
            &[&keys.nodename, &keys.hostname, &keys.host_id],
        );
        pairs
    } else {
        all(&slot.origin)
    };
    if (slot.made || slot.origin.get(label::CONTAINER_BASE_IMAGE).is_none())
        && let Some(record) = &memo.record
        && let Some(known) = record.containers.iter().find(|known| *known.name == *name)
    {
        pairs.push((keys.image.clone(), known.image.clone()));
    }
    add_records(keys, &mut pairs, memo);
    Labels::from_pairs(pairs)
}

fn namespace(keys: &Keys, slot: &Slot) -> Labels {
    let record = match &slot.memo {
        Memo::Namespace(record) => record.as_ref(),
        Memo::None | Memo::Pod(_) | Memo::Node(_) => None,
    };
    let mut pairs = if slot.made {
        let known = slot.origin.shared(label::NAMESPACE_ID).cloned();
        vec![
            (keys.kind.clone(), EntityKind::Namespace.as_str().into()),
            (
                keys.namespace_name.clone(),
                slot.entity.namespace().unwrap_or_default().into(),
            ),
            (keys.namespace_id.clone(), known.unwrap_or_else(|| "".into())),
        ]
    } else {
        all(&slot.origin)
    };
    if let Some(record) = record {
        pairs.push((keys.namespace_id.clone(), record.uid.clone()));
    }
    Labels::from_pairs(pairs)
}

/// The labels that every pod or container of our making has.
fn named(keys: &Keys, slot: &Slot, kind: &str) -> Vec<Pair> {
    let text = |key: &str, own: Option<&str>| {
        let shared = slot.origin.shared(key).cloned();
        shared.unwrap_or_else(|| own.unwrap_or_default().into())
    };
    vec![
        (keys.kind.clone(), kind.into()),
        (
            keys.namespace_name.clone(),
            text(label::NAMESPACE_NAME, slot.entity.namespace()),
        ),
        (keys.pod_name.clone(), text(label::POD_NAME, slot.entity.pod())),
    ]
}
