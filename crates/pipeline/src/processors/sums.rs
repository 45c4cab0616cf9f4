//! `namespace_aggregator`, `node_aggregator`, `cluster_aggregator`: sums over pods, and over namespaces.
//!
//! System daemons and the overhead of nodes are in none of them.
//!
//! Source: Heapster 1.5 metrics/processors/{namespace,node,cluster}_aggregator.go.

use super::final_labels::Keys;
use crate::table::{NONE, Run, Table};
use heapster_plugin::model::{Entities, MetricId, Scraped, Times, id, label};
use std::sync::Arc;

/// Summed into namespaces and the cluster.
const NAMESPACE_METRICS: [MetricId; 6] = [
    id::CPU_LIMIT,
    id::CPU_REQUEST,
    id::CPU_USAGE_RATE,
    id::MEMORY_LIMIT,
    id::MEMORY_REQUEST,
    id::MEMORY_USAGE,
];

/// Summed into nodes.
const NODE_METRICS: [MetricId; 6] = [
    id::CPU_LIMIT,
    id::CPU_REQUEST,
    id::EPHEMERAL_STORAGE_LIMIT,
    id::EPHEMERAL_STORAGE_REQUEST,
    id::MEMORY_LIMIT,
    id::MEMORY_REQUEST,
];

/// Adds the pods' values to their namespaces' sets; how many values did not fit.
pub(super) fn namespaces(table: &mut Table, answers: &[Scraped]) -> u64 {
    let mut inconsistent = 0;
    for at in 0..table.pods.len() {
        let Some(id) = table.pods.get(at).copied() else {
            break;
        };
        let Some(parent) = table
            .slot(id)
            .and_then(|slot| slot.parent.as_ref())
            .map(|parent| parent.id().0)
        else {
            continue;
        };
        inconsistent += add_all(table, answers, &NAMESPACE_METRICS, id, parent);
    }
    inconsistent
}

/// Adds the pods' requests and limits to the sets of the nodes that their labels name; a node without a set gets none.
pub(super) fn nodes(table: &mut Table, answers: &[Scraped], entities: &Entities) -> u64 {
    let (mut inconsistent, mut homeless) = (0, 0_usize);
    for at in 0..table.pods.len() {
        let Some(id) = table.pods.get(at).copied() else {
            break;
        };
        let Some(node) = node_of(table, id, entities) else {
            continue;
        };
        if table.slot(node).is_none() {
            homeless += 1;
            continue;
        }
        inconsistent += add_all(table, answers, &NODE_METRICS, id, node);
    }
    if homeless > 0 {
        tracing::debug!("{homeless} pods are on nodes without a metric set");
    }
    inconsistent
}

/// Replaces the cluster's set by the sum over namespaces.
pub(super) fn cluster(table: &mut Table, answers: &[Scraped], entities: &Entities, keys: &Keys) -> u64 {
    let entity = entities.cluster();
    let cluster = entity.id().0;
    table.touch(&entity, entities);
    if let Some((slot, arena, _)) = table.parts(cluster) {
        slot.labels = keys.cluster.clone();
        (slot.answer, slot.times, slot.cpu) = (NONE, Times::default(), None);
        (slot.extra, slot.labeled) = (arena.reserve(NAMESPACE_METRICS.len()), Run::default());
    }
    let mut inconsistent = 0;
    for at in 0..table.namespaces.len() {
        let Some(id) = table.namespaces.get(at).copied() else {
            break;
        };
        inconsistent += add_all(table, answers, &NAMESPACE_METRICS, id, cluster);
    }
    inconsistent
}

fn add_all(table: &mut Table, answers: &[Scraped], metrics: &[MetricId], from: u32, to: u32) -> u64 {
    let mut inconsistent = 0;
    for metric in metrics {
        if let Some(point) = table.point(from, *metric, answers)
            && !table.add(to, point, answers)
        {
            inconsistent += 1;
        }
    }
    inconsistent
}

/// The entity number of the node that a pod's labels name; looked up when the labels changed.
fn node_of(table: &mut Table, pod: u32, entities: &Entities) -> Option<u32> {
    let slot = table.slot_mut(pod)?;
    let labels = slot.labels.clone();
    let memo = slot.pod_mut()?;
    if !Arc::ptr_eq(&memo.node_labels, &labels) {
        let name = labels.get(label::NODENAME).filter(|name| !name.is_empty());
        memo.node = name.map(|name| entities.node(name));
        memo.node_labels = labels;
    }
    memo.node.as_ref().map(|node| node.id().0)
}
