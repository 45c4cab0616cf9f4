//! `namespace_based_enricher`: the UIDs of namespaces.
//!
//! Source: Heapster 1.5 metrics/processors/namespace_based_enricher.go. Differs: a namespace that does not exist is
//! reported once while it lasts, not for each set and cycle.

use crate::table::{Memo, Table};
use heapster_plugin::cluster::Cluster;
use std::sync::Arc;

/// Gives each namespace from the position `fresh` on, and each pod of the answer in hand, the record that the cluster has of
/// the namespace.
pub(super) fn run(table: &mut Table, cluster: &dyn Cluster, fresh: usize) {
    for at in fresh..table.namespaces.len() {
        let Some(slot) = table
            .namespaces
            .get(at)
            .copied()
            .and_then(|id| table.slot_mut(id))
        else {
            continue;
        };
        let name = slot.entity.namespace().unwrap_or_default();
        let record = cluster.namespace(name);
        if record.is_none() && !slot.warned {
            tracing::warn!("Namespace doesn't exist: {name}");
        }
        slot.warned = record.is_none();
        if let Memo::Namespace(known) = &mut slot.memo
            && known.as_ref().map(Arc::as_ptr) != record.as_ref().map(Arc::as_ptr)
        {
            *known = record;
            slot.dirty = true;
        }
    }
    for at in 0..table.pods.len() {
        let Some(id) = table.pods.get(at).copied() else {
            break;
        };
        let Some(slot) = table.slot(id) else { continue };
        let namespace = slot.parent.as_ref().and_then(|parent| table.slot(parent.id().0));
        let record = match namespace.map(|slot| &slot.memo) {
            Some(Memo::Namespace(Some(record))) => Some(record),
            Some(Memo::None | Memo::Pod(_) | Memo::Node(_) | Memo::Namespace(None)) | None => None,
        };
        let known = slot.pod().and_then(|memo| memo.namespace.as_ref());
        if known.map(Arc::as_ptr) == record.map(Arc::as_ptr) {
            continue;
        }
        let record = record.cloned();
        let stamp = table.stamp();
        if let Some(memo) = table.slot_mut(id).and_then(|slot| slot.pod_mut()) {
            memo.namespace = record;
            memo.stamp = stamp;
        }
    }
}
