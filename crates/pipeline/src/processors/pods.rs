//! `pod_based_enricher`: what the API server knows of pods and their containers.
//!
//! Source: Heapster 1.5 metrics/processors/pod_based_enricher.go.

use crate::table::Table;
use heapster_plugin::cluster::{Cluster, Container, Pod};
use heapster_plugin::model::{Entities, Entity, Freezer, Point, id};
use std::sync::Arc;

/// Gives each pod the record that the cluster has of it, adds requests, limits and restart counts to its containers, and
/// a set to each container of the record that has none. A pod that the cluster does not know stays as it is.
///
/// The labels follow in [`final_labels`](super::final_labels).
pub(super) fn run(table: &mut Table, cluster: &dyn Cluster, entities: &Entities, frozen: &Freezer) {
    for at in 0..table.pods.len() {
        let Some(id) = table.pods.get(at).copied() else {
            break;
        };
        let Some(slot) = table.slot(id) else { continue };
        let entity = &slot.entity;
        let record = cluster.pod(
            entity.namespace().unwrap_or_default(),
            entity.pod().unwrap_or_default(),
        );
        remember(table, id, record.as_ref(), entities);
        let Some(record) = record else { continue };
        if let Some(hand) = table.hand(id)
            && record.start_time.is_some()
        {
            hand.work.times.entity_create = record.start_time;
        }
        let containers = table
            .slot_mut(id)
            .and_then(|slot| slot.pod_mut())
            .map(|memo| std::mem::take(&mut memo.containers));
        let containers = containers.unwrap_or_default();
        for (entity, container) in containers.iter().zip(&record.containers) {
            let sources = (entity, entities, frozen);
            enrich(table, id, &record, sources, container);
        }
        if let Some(memo) = table.slot_mut(id).and_then(|slot| slot.pod_mut()) {
            memo.containers = containers;
        }
    }
}

/// Keeps `record`, and what is made from it, until it is another one.
fn remember(table: &mut Table, id: u32, record: Option<&Arc<Pod>>, entities: &Entities) {
    let known = table
        .slot(id)
        .and_then(|slot| slot.pod())
        .and_then(|memo| memo.record.as_ref());
    if known.map(Arc::as_ptr) == record.map(Arc::as_ptr) {
        return;
    }
    let stamp = table.stamp();
    let Some(memo) = table.slot_mut(id).and_then(|slot| slot.pod_mut()) else {
        return;
    };
    memo.stamp = stamp;
    memo.record = record.cloned();
    memo.containers = record.map_or_else(Box::default, |pod| {
        let entity =
            |container: &Container| entities.pod_container(&pod.namespace, &pod.name, &container.name);
        pod.containers.iter().map(entity).collect()
    });
}

/// Adds to the set of one container, or makes one.
fn enrich(
    table: &mut Table,
    pod: u32,
    record: &Pod,
    (entity, entities, frozen): (&Arc<Entity>, &Entities, &Freezer),
    container: &Container,
) {
    let id = entity.id().0;
    if table.touch(entity, entities, frozen) {
        let (Some(slot), Some(work)) = (table.slot(pod), table.work(pod)) else {
            return;
        };
        let (origin, created) = (slot.origin.clone(), work.times.collection_start);
        if let Some(hand) = table.hand(id) {
            hand.slot.derive(&origin, true);
            hand.work.times.entity_create = created;
        }
    } else if let Some(restarts) = container.restart_count {
        table.put(id, Point::gauge(id::RESTART_COUNT, restarts));
        if let Some(hand) = table.hand(id)
            && record.start_time.is_some()
        {
            hand.work.times.entity_create = record.start_time;
        }
    }
    if let Some(hand) = table.hand(id) {
        hand.points.put_all(&mut hand.work.extra, &container.resources);
    }
}
