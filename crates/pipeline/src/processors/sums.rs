//! `namespace_aggregator`, `node_aggregator`, `cluster_aggregator`: sums over pods, and over namespaces.
//!
//! System daemons and the overhead of nodes are in none of them.
//!
//! Source: Heapster 1.5 metrics/processors/{namespace,node,cluster}_aggregator.go.

use super::final_labels::Keys;
use crate::table::{Run, Table};
use heapster_plugin::model::{Entities, Freezer, MetricId, Point, Scraped, Times, id, label};
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

/// Values for a node, of pods whose answer came before the node's.
#[derive(Debug)]
pub(super) struct Homeless {
    node: u32,
    values: [Option<Point>; NODE_METRICS.len()],
}

/// Adds the pods' values to their namespaces' sets; how many values did not fit.
pub(super) fn namespaces(table: &mut Table, answer: &Scraped) -> u64 {
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
        let values = NAMESPACE_METRICS.map(|metric| table.point(id, metric, answer));
        inconsistent += add_all(table, &values, parent);
    }
    inconsistent
}

/// Adds the pods' requests and limits to the sets of the nodes that their labels name. Those of pods whose node has no set
/// yet wait in `homeless`.
pub(super) fn nodes(
    table: &mut Table,
    answer: &Scraped,
    entities: &Entities,
    homeless: &mut Vec<Homeless>,
) -> u64 {
    let mut inconsistent = 0;
    for at in 0..table.pods.len() {
        let Some(id) = table.pods.get(at).copied() else {
            break;
        };
        let Some(node) = node_of(table, id, entities) else {
            continue;
        };
        let values = NODE_METRICS.map(|metric| table.point(id, metric, answer));
        if table.slot(node).is_some() {
            inconsistent += add_all(table, &values, node);
        } else {
            homeless.push(Homeless { node, values });
        }
    }
    inconsistent
}

/// Adds what waited for its node; a node without a set gets none.
pub(super) fn late(table: &mut Table, homeless: &mut Vec<Homeless>) -> u64 {
    let (mut inconsistent, mut left) = (0, 0_usize);
    for pod in homeless.drain(..) {
        if table.slot(pod.node).is_some() {
            inconsistent += add_all(table, &pod.values, pod.node);
        } else {
            left += 1;
        }
    }
    if left > 0 {
        tracing::debug!("{left} pods are on nodes without a metric set");
    }
    inconsistent
}

/// Replaces the cluster's set by the sum over namespaces.
pub(super) fn cluster(table: &mut Table, entities: &Entities, keys: &Keys, frozen: &Freezer) -> u64 {
    let entity = entities.cluster();
    let cluster = entity.id().0;
    table.touch(&entity, entities, frozen);
    if let Some(hand) = table.hand(cluster) {
        hand.slot.labels = keys.cluster.clone();
        (hand.work.times, hand.work.cpu) = (Times::default(), None);
        hand.work.extra = hand.points.reserve(NAMESPACE_METRICS.len());
        hand.work.labeled = Run::default();
    }
    let nothing = Scraped::default();
    let mut inconsistent = 0;
    for at in 0..table.namespaces.len() {
        let Some(id) = table.namespaces.get(at).copied() else {
            break;
        };
        let values = NAMESPACE_METRICS.map(|metric| table.point(id, metric, &nothing));
        inconsistent += add_all(table, &values, cluster);
    }
    inconsistent
}

/// Adds values to those of an open set; how many did not fit.
fn add_all(table: &mut Table, values: &[Option<Point>], to: u32) -> u64 {
    let left_out = values
        .iter()
        .flatten()
        .filter(|point| !table.add(to, **point))
        .count();
    u64::try_from(left_out).unwrap_or(u64::MAX)
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
