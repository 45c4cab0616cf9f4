//! The labels of labeled values, made once for each file system and disk.

use heapster_plugin::model::{Labels, label};
use std::collections::HashMap;
use std::sync::Arc;

/// Labels by `resource_id`.
#[derive(Default, Debug)]
pub(crate) struct Resources {
    labels: HashMap<String, Arc<Labels>>,
    /// The `resource_id` that is looked up.
    id: String,
}

impl Resources {
    /// The labels for `resource_id` `folder` + `name`; the same `Arc` as long as any batch refers to it.
    pub(crate) fn labels(&mut self, folder: &str, name: &str) -> Arc<Labels> {
        self.id.clear();
        self.id.push_str(folder);
        self.id.push_str(name);
        if let Some(labels) = self.labels.get(&self.id) {
            return labels.clone();
        }
        let labels = Arc::new(Labels::from_pairs([(label::RESOURCE_ID, self.id.as_str())]));
        self.labels.insert(self.id.clone(), labels.clone());
        labels
    }

    /// Forgets what no batch refers to any more.
    pub(crate) fn sweep(&mut self) {
        self.labels.retain(|_, labels| Arc::strong_count(labels) > 1);
    }
}
