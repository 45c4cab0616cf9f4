//! Label sets of a kubelet's entities.

use heapster_plugin::model::{EntityKind, Labels, Pool, label};
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

impl Words {
    /// What everything on a node has in common.
    pub(crate) fn common(&self, node: &NodeLabels) -> Labels {
        Labels::from_pairs([
            (self.nodename.clone(), node.name.clone()),
            (self.hostname.clone(), node.hostname.clone()),
            (self.host_id.clone(), node.host_id.clone()),
        ])
    }

    pub(crate) fn node(&self, common: &Arc<Labels>, schedulable: Option<bool>) -> Labels {
        let schedulable = schedulable.map(|value| (self.schedulable.clone(), value.to_string().into()));
        let own = [(self.kind.clone(), self.node.clone())];
        Labels::over(common, own.into_iter().chain(schedulable))
    }

    pub(crate) fn pod(&self, common: &Arc<Labels>, pool: &Pool, names: [&str; 3]) -> Labels {
        let [namespace, pod, uid] = names;
        let own = [
            (self.kind.clone(), self.pod.clone()),
            (self.namespace_name.clone(), pool.text(namespace)),
            (self.pod_name.clone(), pod.into()),
            (self.pod_id.clone(), uid.into()),
        ];
        Labels::over(common, own)
    }

    pub(crate) fn container(
        &self,
        pod: &Arc<Labels>,
        pool: &Pool,
        container: &str,
        image: Option<&str>,
    ) -> Labels {
        let own = [
            (self.kind.clone(), self.pod_container.clone()),
            (self.container_name.clone(), pool.text(container)),
        ];
        let image = image.map(|image| (self.container_base_image.clone(), pool.text(image)));
        let own = Labels::from_pairs(own.into_iter().chain(image));
        pool.labels(own).rebased(pod)
    }

    pub(crate) fn system(&self, common: &Arc<Labels>, pool: &Pool, container: &str) -> Labels {
        let own = [
            (self.kind.clone(), self.system_container.clone()),
            (self.container_name.clone(), pool.text(container)),
        ];
        pool.labels(Labels::from_pairs(own)).rebased(common)
    }
}
