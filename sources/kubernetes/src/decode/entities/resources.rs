//! What answers name beside entities: filesystems, disks, accelerators and custom metrics.

use super::Cache;
use heapster_plugin::model::{Labels, MetricId, label};
use std::hash::BuildHasher;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Resource {
    hash: u64,
    names: [Box<str>; 4],
    labels: Arc<Labels>,
    pub(super) seen: u64,
}

#[derive(Debug)]
pub(super) struct Custom {
    hash: u64,
    name: Box<str>,
    metric: MetricId,
    pub(super) seen: u64,
}

impl Cache {
    /// The labels of a filesystem or disk.
    pub(crate) fn resource(&mut self, prefix: &'static str, name: &str) -> Arc<Labels> {
        self.labels(["resource", prefix, name, ""], || {
            Labels::from_pairs([(label::RESOURCE_ID, format!("{prefix}{name}"))])
        })
    }

    /// The labels of an accelerator.
    pub(crate) fn accelerator(&mut self, make: &str, model: &str, id: &str) -> Arc<Labels> {
        self.labels(["accelerator", make, model, id], || {
            Labels::from_pairs([
                (label::MAKE, make),
                (label::MODEL, model),
                (label::ACCELERATOR_ID, id),
            ])
        })
    }

    /// The metric `custom/NAME`; `None` when the program knows too many names already.
    pub(crate) fn custom(&mut self, name: &str) -> Option<MetricId> {
        let hash = self.hasher.hash_one(name);
        let cycle = self.cycle;
        if let Some(entry) = self.customs.find_mut(hash, |entry| *entry.name == *name) {
            entry.seen = cycle;
            return Some(entry.metric);
        }
        let metric = self.model.metrics.intern(&format!("custom/{name}"))?;
        let entry = Custom {
            hash,
            name: name.into(),
            metric,
            seen: cycle,
        };
        self.customs.insert_unique(hash, entry, |entry| entry.hash);
        Some(metric)
    }

    fn labels(&mut self, names: [&str; 4], make: impl FnOnce() -> Labels) -> Arc<Labels> {
        let hash = self.hasher.hash_one(names);
        let cycle = self.cycle;
        let is = |entry: &Resource| entry.names.iter().zip(names).all(|(own, name)| **own == *name);
        if let Some(entry) = self.resources.find_mut(hash, is) {
            entry.seen = cycle;
            return entry.labels.clone();
        }
        let labels = Arc::new(make());
        let entry = Resource {
            hash,
            names: names.map(Into::into),
            labels: labels.clone(),
            seen: cycle,
        };
        self.resources.insert_unique(hash, entry, |entry| entry.hash);
        labels
    }
}
