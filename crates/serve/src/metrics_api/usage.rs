//! CPU and memory as the legacy API shows them.

use super::subjects::PodSubject;
use crate::json::Json;
use crate::quantity;
use heapster_plugin::model::{Batch, CpuRate, SetView, id};
use std::sync::Arc;

/// CPU in millicores and memory in bytes, with the measurement that the CPU stands for.
#[derive(Clone, Copy)]
pub(super) struct Usage {
    cpu: i64,
    memory: i64,
    pub(super) measured: Option<CpuRate>,
}

impl Usage {
    /// `None` unless both values are there.
    pub(super) fn of(set: Option<SetView<'_>>) -> Option<Self> {
        let set = set?;
        Some(Self {
            cpu: set.value(id::CPU_USAGE_RATE)?.as_i64(),
            memory: set.value(id::MEMORY_WORKING_SET)?.as_i64(),
            measured: set.cpu(),
        })
    }

    pub(super) fn write(self, json: &mut Json) {
        json.key("usage");
        json.object(|json| {
            json.field("cpu", &quantity::milli(self.cpu));
            json.field("memory", &quantity::binary(self.memory));
        });
    }
}

/// The usage of every container of the pod's spec, in its order; `None` when one of them lacks a value.
pub(super) fn of_containers(batch: &Batch, pod: &PodSubject) -> Option<Vec<(Arc<str>, Usage)>> {
    let mut key = format!("namespace:{}/pod:{}/container:", pod.namespace, pod.name);
    let head = key.len();
    let mut all = Vec::with_capacity(pod.containers.len());
    for name in &pod.containers {
        key.truncate(head);
        key.push_str(name);
        all.push((name.clone(), Usage::of(batch.by_key(&key))?));
    }
    Some(all)
}
