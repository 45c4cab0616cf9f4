//! `node_autoscaling_enricher`: what nodes have, what of it pods can get, and what share of that is used and requested.
//!
//! Source: Heapster 1.5 metrics/processors/node_autoscaling_enricher.go. The shares are of what pods can get, although the
//! original's descriptions say capacity.

use crate::label_copier::LabelCopier;
use crate::table::{Memo, Table};
use heapster_plugin::cluster::{Cluster, Node};
use heapster_plugin::model::{Labels, MetricId, MetricType, Point, Scraped, id};
use std::sync::Arc;

/// The metrics of one resource.
struct Resource {
    capacity: MetricId,
    allocatable: MetricId,
    utilization: MetricId,
    reservation: MetricId,
    used: MetricId,
    requested: MetricId,
}

const CPU: Resource = Resource {
    capacity: id::CPU_NODE_CAPACITY,
    allocatable: id::CPU_NODE_ALLOCATABLE,
    utilization: id::CPU_NODE_UTILIZATION,
    reservation: id::CPU_NODE_RESERVATION,
    used: id::CPU_USAGE_RATE,
    requested: id::CPU_REQUEST,
};

const MEMORY: Resource = Resource {
    capacity: id::MEMORY_NODE_CAPACITY,
    allocatable: id::MEMORY_NODE_ALLOCATABLE,
    utilization: id::MEMORY_NODE_UTILIZATION,
    reservation: id::MEMORY_NODE_RESERVATION,
    used: id::MEMORY_USAGE,
    requested: id::MEMORY_REQUEST,
};

const EPHEMERAL_STORAGE: Resource = Resource {
    capacity: id::EPHEMERAL_STORAGE_NODE_CAPACITY,
    allocatable: id::EPHEMERAL_STORAGE_NODE_ALLOCATABLE,
    utilization: id::EPHEMERAL_STORAGE_NODE_UTILIZATION,
    reservation: id::EPHEMERAL_STORAGE_NODE_RESERVATION,
    used: id::EPHEMERAL_STORAGE_USAGE,
    requested: id::EPHEMERAL_STORAGE_REQUEST,
};

/// Adds labels and shares to the sets of the nodes that the cluster knows.
pub(super) fn run(table: &mut Table, cluster: &dyn Cluster, copier: &LabelCopier) {
    for at in 0..table.nodes.len() {
        let Some(id) = table.nodes.get(at).copied() else {
            break;
        };
        let Some(slot) = table.slot_mut(id) else { continue };
        let record = cluster.node(slot.entity.node().unwrap_or_default());
        let Memo::Node(known) = &mut slot.memo else {
            continue;
        };
        if slot.dirty || known.as_ref().map(Arc::as_ptr) != record.as_ref().map(Arc::as_ptr) {
            slot.labels = record.as_ref().map_or_else(
                || slot.origin.clone(),
                |node| {
                    let own = slot.origin.iter_shared().cloned();
                    Arc::new(Labels::from_pairs(own.chain(copier.copy(&node.labels))))
                },
            );
            known.clone_from(&record);
            slot.dirty = false;
        }
        if let Some(node) = record {
            add(table, id, &node);
        }
    }
}

fn add(table: &mut Table, id: u32, node: &Node) {
    let (capacity, allocatable) = (&node.capacity, &node.allocatable);
    shares(
        table,
        id,
        &CPU,
        capacity.cpu_millicores,
        allocatable.cpu_millicores,
    );
    shares(
        table,
        id,
        &MEMORY,
        capacity.memory_bytes,
        allocatable.memory_bytes,
    );
    let storage = (
        capacity.ephemeral_storage_bytes,
        allocatable.ephemeral_storage_bytes,
    );
    if let (Some(capacity), Some(allocatable)) = storage {
        shares(table, id, &EPHEMERAL_STORAGE, capacity, allocatable);
    }
}

#[allow(clippy::cast_precision_loss)] // the original's metrics are floats
fn shares(table: &mut Table, id: u32, resource: &Resource, capacity: i64, allocatable: i64) {
    let nothing = Scraped::default();
    let mut put = |metric, value| table.put(id, Point::float(metric, MetricType::Gauge, value));
    put(resource.capacity, capacity as f64);
    put(resource.allocatable, allocatable as f64);
    if allocatable == 0 {
        return;
    }
    for (share, part) in [
        (resource.utilization, resource.used),
        (resource.reservation, resource.requested),
    ] {
        let part = table
            .point(id, part, &nothing)
            .map_or(0.0, |point| point.value().as_f64());
        table.put(
            id,
            Point::float(share, MetricType::Gauge, part / allocatable as f64),
        );
    }
}
