//! Labels: sorted key and value text, shared by every batch in which they do not change.

use std::sync::Arc;

/// The keys the core sets itself.
pub mod label {
    /// Kind of the set: `cluster`, `ns`, `node`, `pod`, `pod_container`, `sys_container`.
    pub const TYPE: &str = "type";
    /// Name of the node in the Kubernetes API.
    pub const NODENAME: &str = "nodename";
    /// Host name of the node: its Hostname address, else its name.
    pub const HOSTNAME: &str = "hostname";
    /// Identifier of the node: external id or an annotation; may be empty.
    pub const HOST_ID: &str = "host_id";
    /// `true` or `false`; nodes of the legacy source only.
    pub const SCHEDULABLE: &str = "schedulable";
    /// Namespace.
    pub const NAMESPACE_NAME: &str = "namespace_name";
    /// UID of the namespace.
    pub const NAMESPACE_ID: &str = "namespace_id";
    /// Pod.
    pub const POD_NAME: &str = "pod_name";
    /// UID of the pod.
    pub const POD_ID: &str = "pod_id";
    /// Container, or system container.
    pub const CONTAINER_NAME: &str = "container_name";
    /// Image of the container.
    pub const CONTAINER_BASE_IMAGE: &str = "container_base_image";
    /// User labels, `key:value` joined by the label separator.
    pub const LABELS: &str = "labels";
    /// Which device, volume or filesystem a labeled value belongs to.
    pub const RESOURCE_ID: &str = "resource_id";
    /// Accelerator make.
    pub const MAKE: &str = "make";
    /// Accelerator model.
    pub const MODEL: &str = "model";
    /// Accelerator identity.
    pub const ACCELERATOR_ID: &str = "accelerator_id";
}

/// An immutable set of labels, sorted bytewise by key; a key occurs once.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Labels(Box<[(Arc<str>, Arc<str>)]>);

impl Labels {
    /// Labels from pairs in any order; of two pairs with one key the later one stays.
    pub fn from_pairs<K: Into<Arc<str>>, V: Into<Arc<str>>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut all: Vec<(Arc<str>, Arc<str>)> =
            pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        all.reverse();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|a, b| a.0 == b.0);
        Self(all.into())
    }

    /// The value of `key`, if there is one; an empty text is a value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.shared(key).map(|value| &**value)
    }

    /// The shared value of `key`, to be used in other labels without copying.
    #[must_use]
    pub fn shared(&self, key: &str) -> Option<&Arc<str>> {
        self.0
            .binary_search_by(|(k, _)| (**k).cmp(key))
            .ok()
            .and_then(|i| self.0.get(i))
            .map(|(_, value)| value)
    }

    /// All pairs, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        self.0.iter().map(|(k, v)| (&**k, &**v))
    }

    /// All pairs as shared text, sorted by key.
    pub fn iter_shared(&self) -> impl ExactSizeIterator<Item = &(Arc<str>, Arc<str>)> {
        self.0.iter()
    }

    /// How many pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_sorted_and_the_later_of_two_stays() {
        let labels = Labels::from_pairs([("b", "1"), ("a", "2"), ("b", "3")]);
        assert_eq!(labels.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
        assert_eq!(labels.get("b"), Some("3"));
        assert_eq!(labels.get("c"), None);
    }
}
