//! Label sets of a kubelet's entities.

use heapster_plugin::model::{EntityKind, Labels, label};
use std::sync::Arc;

/// What the Kubernetes API says about the node; it becomes labels of everything on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeLabels {
    /// metadata.name; also names the node's set, whatever the kubelet calls itself.
    pub name: Arc<str>,
    /// Hostname address, else the name.
    pub hostname: Arc<str>,
    /// External id or annotation; may be empty.
    pub host_id: Arc<str>,
    /// Whether pods may be put on it; `None` leaves the label out.
    pub schedulable: Option<bool>,
}

/// The label keys and values that never change, as shared text.
#[derive(Debug)]
pub(crate) struct Words {
    kind: Arc<str>,
    nodename: Arc<str>,
    hostname: Arc<str>,
    host_id: Arc<str>,
    schedulable: Arc<str>,
    namespace_name: Arc<str>,
    pod_name: Arc<str>,
    pod_id: Arc<str>,
    container_name: Arc<str>,
    container_base_image: Arc<str>,
    node: Arc<str>,
    pod: Arc<str>,
    pod_container: Arc<str>,
    system_container: Arc<str>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            kind: label::TYPE.into(),
            nodename: label::NODENAME.into(),
            hostname: label::HOSTNAME.into(),
            host_id: label::HOST_ID.into(),
            schedulable: label::SCHEDULABLE.into(),
            namespace_name: label::NAMESPACE_NAME.into(),
            pod_name: label::POD_NAME.into(),
            pod_id: label::POD_ID.into(),
            container_name: label::CONTAINER_NAME.into(),
            container_base_image: label::CONTAINER_BASE_IMAGE.into(),
            node: EntityKind::Node.as_str().into(),
            pod: EntityKind::Pod.as_str().into(),
            pod_container: EntityKind::PodContainer.as_str().into(),
            system_container: EntityKind::SystemContainer.as_str().into(),
        }
    }
}

type Pair = (Arc<str>, Arc<str>);

impl Words {
    fn common(&self, node: &NodeLabels) -> [Pair; 3] {
        [
            (self.nodename.clone(), node.name.clone()),
            (self.hostname.clone(), node.hostname.clone()),
            (self.host_id.clone(), node.host_id.clone()),
        ]
    }

    pub(crate) fn node(&self, node: &NodeLabels) -> Labels {
        let schedulable = node
            .schedulable
            .map(|value| (self.schedulable.clone(), value.to_string().into()));
        let own = [(self.kind.clone(), self.node.clone())];
        Labels::from_pairs(self.common(node).into_iter().chain(own).chain(schedulable))
    }

    pub(crate) fn pod(&self, node: &NodeLabels, namespace: &str, pod: &str, uid: &str) -> Labels {
        let own = [
            (self.kind.clone(), self.pod.clone()),
            (self.namespace_name.clone(), namespace.into()),
            (self.pod_name.clone(), pod.into()),
            (self.pod_id.clone(), uid.into()),
        ];
        Labels::from_pairs(self.common(node).into_iter().chain(own))
    }

    pub(crate) fn container(&self, pod: &Labels, container: &str, image: Option<&str>) -> Labels {
        let own = [
            (self.kind.clone(), self.pod_container.clone()),
            (self.container_name.clone(), container.into()),
        ];
        let image = image.map(|image| (self.container_base_image.clone(), image.into()));
        Labels::from_pairs(pod.iter_shared().cloned().chain(own).chain(image))
    }

    pub(crate) fn system(&self, node: &NodeLabels, container: &str) -> Labels {
        let own = [
            (self.kind.clone(), self.system_container.clone()),
            (self.container_name.clone(), container.into()),
        ];
        Labels::from_pairs(self.common(node).into_iter().chain(own))
    }
}
