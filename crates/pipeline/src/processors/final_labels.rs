//! The labels of pods, their containers and namespaces, made anew only when something they are made of changed.
//!
//! They are made of the target's labels, the records of the pod and of its namespace. While those are the same objects as in
//! the cycle before, the set keeps the very same label set.

use crate::label_copier::LabelCopier;
use crate::table::{Memo, PodMemo, Slot, Table};
use heapster_plugin::model::{EntityKind, Labels, Pair, Pool, label};
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

/// What labels are made with.
pub(super) struct Maker<'a> {
    pub(super) keys: &'a Keys,
    pub(super) copier: &'a LabelCopier,
    pub(super) pool: &'a Pool,
}

/// Completes the labels of pods and containers of the answer in hand, and of the namespaces from the position `fresh` on.
pub(super) fn run(table: &mut Table, maker: &Maker<'_>, fresh: usize) {
    for at in 0..table.pods.len() {
        let Some(slot) = table.pods.get(at).copied().and_then(|id| table.slot_mut(id)) else {
            continue;
        };
        let Some(memo) = slot.pod() else { continue };
        let stamp = memo.stamp;
        if slot.dirty || slot.stamp != stamp {
            slot.labels = finish(slot, memo, || maker.pod(slot, memo));
            (slot.dirty, slot.stamp) = (false, stamp);
        }
    }
    for at in 0..table.containers.len() {
        let Some(id) = table.containers.get(at).copied() else {
            break;
        };
        let Some(slot) = table.slot(id) else { continue };
        let Some(pod) = slot.parent.as_ref().and_then(|parent| table.slot(parent.id().0)) else {
            continue;
        };
        let Some(memo) = pod.pod() else { continue };
        if slot.dirty || slot.stamp != memo.stamp {
            let labels = finish(slot, memo, || maker.container(slot, pod, memo));
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
            slot.labels = keep(slot, namespace(maker.keys, slot));
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

impl Maker<'_> {
    /// What a pod's record and its namespace's add to the pod's own set and to those of its containers.
    fn records(&self, memo: &PodMemo) -> Vec<Pair> {
        let mut pairs = Vec::new();
        if let Some(record) = &memo.record {
            pairs.push((self.keys.pod_id.clone(), record.uid.clone()));
            pairs.extend(self.copier.copy(&record.labels));
        }
        if let Some(namespace) = &memo.namespace {
            pairs.push((self.keys.namespace_id.clone(), namespace.uid.clone()));
        }
        pairs
    }

    /// A pod that no target reported takes after its first container; it has a `nodename` only when the cluster knows it.
    fn pod(&self, slot: &Slot, memo: &PodMemo) -> Labels {
        let (keys, records) = (self.keys, self.records(memo));
        if !slot.made {
            let news = records
                .into_iter()
                .filter(|(key, value)| slot.origin.get(key) != Some(&**value));
            return Labels::over(&slot.origin, news);
        }
        let mut pairs = named(keys, slot, EntityKind::Pod.as_str());
        pick(&mut pairs, &slot.origin, &[&keys.hostname, &keys.host_id]);
        if memo.record.is_some() {
            pick(&mut pairs, &slot.origin, &[&keys.nodename]);
        } else {
            pick(&mut pairs, &slot.origin, &[&keys.pod_id, &keys.namespace_id]);
        }
        Labels::from_pairs(pairs.into_iter().chain(records))
    }

    /// A container that no target reported takes after its pod. One whose target put its labels over those of the pod gets
    /// them over the pod's final ones.
    fn container(&self, slot: &Slot, pod: &Slot, memo: &PodMemo) -> Labels {
        let (keys, name) = (self.keys, slot.entity.container().unwrap_or_default());
        let wants_image = slot.made || slot.origin.get(label::CONTAINER_BASE_IMAGE).is_none();
        let record = memo.record.as_ref().filter(|_| wants_image);
        let known = record.and_then(|pod| pod.containers.iter().find(|known| *known.name == *name));
        let image = known.map(|known| (keys.image.clone(), known.image.clone()));
        if slot
            .origin
            .base()
            .is_some_and(|base| Arc::ptr_eq(base, &pod.origin))
            && !slot.made
        {
            let own = match image {
                None => return slot.origin.rebased(&pod.labels),
                Some(image) => Labels::from_pairs(slot.origin.own().iter().cloned().chain([image])),
            };
            return self.pool.labels(own).rebased(&pod.labels);
        }
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
        pairs.extend(image);
        Labels::from_pairs(pairs.into_iter().chain(self.records(memo)))
    }
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
