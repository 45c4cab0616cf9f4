//! What answers name beside entities: filesystems, disks, accelerators and custom metrics.

use super::{Cache, ShortHash};
use heapster_plugin::model::{Labels, MetricId, label};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Resource {
    hash: ShortHash,
    pub(super) seen: u32,
    labels: Arc<Labels>,
}

#[derive(Debug)]
pub(super) struct Custom {
    hash: ShortHash,
    pub(super) seen: u32,
    name: Box<str>,
    metric: MetricId,
}

impl Cache {
    /// The labels of a filesystem or disk.
    pub(crate) fn resource(&mut self, prefix: &'static str, name: &str) -> Arc<Labels> {
        let hash = ShortHash::of(&self.hasher, (prefix, name));
        let is = |labels: &Labels| {
            let own = labels.get(label::RESOURCE_ID);
            own.and_then(|own| own.strip_prefix(prefix)) == Some(name)
        };
        if let Some(known) = self.known_resource(hash, is) {
            return known;
        }
        let id = self.model.pool.text(&format!("{prefix}{name}"));
        self.keep_resource(hash, &Labels::from_pairs([(self.words.resource_id.clone(), id)]))
    }

    /// The labels of an accelerator.
    pub(crate) fn accelerator(&mut self, make: &str, model: &str, id: &str) -> Arc<Labels> {
        let pairs = [
            (label::MAKE, make),
            (label::MODEL, model),
            (label::ACCELERATOR_ID, id),
        ];
        let hash = ShortHash::of(&self.hasher, (make, model, id));
        let is = |labels: &Labels| pairs.iter().all(|(key, value)| labels.get(key) == Some(value));
        if let Some(known) = self.known_resource(hash, is) {
            return known;
        }
        self.keep_resource(hash, &Labels::from_pairs(pairs))
    }

    /// The metric `custom/NAME`; `None` when the program knows too many names already.
    pub(crate) fn custom(&mut self, name: &str) -> Option<MetricId> {
        let hash = ShortHash::of(&self.hasher, name);
        let cycle = self.cycle;
        if let Some(entry) = self.customs.find_mut(hash.full(), |entry| *entry.name == *name) {
            entry.seen = cycle;
            return Some(entry.metric);
        }
        let metric = self.model.metrics.intern(&format!("custom/{name}"))?;
        let entry = Custom {
            hash,
            seen: cycle,
            name: name.into(),
            metric,
        };
        self.customs
            .insert_unique(hash.full(), entry, |entry| entry.hash.full());
        Some(metric)
    }

    fn known_resource(&mut self, hash: ShortHash, is: impl Fn(&Labels) -> bool) -> Option<Arc<Labels>> {
        let cycle = self.cycle;
        let entry = self.resources.find_mut(hash.full(), |entry| is(&entry.labels))?;
        entry.seen = cycle;
        Some(entry.labels.clone())
    }

    fn keep_resource(&mut self, hash: ShortHash, labels: &Labels) -> Arc<Labels> {
        let labels = Arc::new(self.model.pool.labels(labels));
        let entry = Resource {
            hash,
            seen: self.cycle,
            labels: labels.clone(),
        };
        self.resources
            .insert_unique(hash.full(), entry, |entry| entry.hash.full());
        labels
    }
}
