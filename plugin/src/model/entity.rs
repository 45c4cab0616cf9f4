//! What metrics are about: the cluster, its namespaces, nodes, pods and containers.

use super::entities::Ids;
use std::fmt;
use std::sync::Arc;

/// The kinds of entities. The order is that of [`EntityKind::as_str`]'s list in the documentation of the original.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EntityKind {
    /// The whole cluster: key `cluster`.
    Cluster,
    /// A namespace: key `namespace:NS`.
    Namespace,
    /// A node: key `node:NODE`.
    Node,
    /// A pod: key `namespace:NS/pod:POD`.
    Pod,
    /// A container of a pod: key `namespace:NS/pod:POD/container:C`.
    PodContainer,
    /// A container of a node that belongs to no pod: key `node:NODE/container:C`; C may hold slashes.
    SystemContainer,
}

impl EntityKind {
    /// The value of the label `type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Namespace => "ns",
            Self::Node => "node",
            Self::Pod => "pod",
            Self::PodContainer => "pod_container",
            Self::SystemContainer => "sys_container",
        }
    }
}

/// A small number that stands for a living entity.
///
/// Two entities that live at the same time never share one; the number of an entity that nobody refers to any more is
/// given out again. Whoever keeps data by number keeps the [`Arc<Entity>`] beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntityId(pub u32);

impl EntityId {
    /// The number as an index into dense tables.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One thing that is measured. Made by [`Entities`](crate::model::Entities) only, so that equal keys share one entity.
pub struct Entity {
    pub(super) id: EntityId,
    pub(super) kind: EntityKind,
    pub(super) key: Box<str>,
    /// Where the first and the second name of the key end (see [`names`](Self::names)).
    pub(super) cuts: [u32; 2],
    pub(super) ids: Arc<Ids>,
}

impl Entity {
    /// The entity's number.
    #[must_use]
    pub const fn id(&self) -> EntityId {
        self.id
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> EntityKind {
        self.kind
    }

    /// The key text, such as `namespace:shop/pod:web-0/container:nginx`.
    #[must_use]
    pub const fn key(&self) -> &str {
        &self.key
    }

    /// The namespace, for namespaces, pods and their containers.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        match self.kind {
            EntityKind::Namespace | EntityKind::Pod | EntityKind::PodContainer => Some(self.first()),
            EntityKind::Cluster | EntityKind::Node | EntityKind::SystemContainer => None,
        }
    }

    /// The node, for nodes and system containers. (A pod's node is in its labels.)
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        match self.kind {
            EntityKind::Node | EntityKind::SystemContainer => Some(self.first()),
            EntityKind::Cluster | EntityKind::Namespace | EntityKind::Pod | EntityKind::PodContainer => None,
        }
    }

    /// The pod, for pods and their containers.
    #[must_use]
    pub fn pod(&self) -> Option<&str> {
        match self.kind {
            EntityKind::Pod | EntityKind::PodContainer => {
                self.key.get(self.cut(0) + "/pod:".len()..self.cut(1))
            }
            EntityKind::Cluster | EntityKind::Namespace | EntityKind::Node | EntityKind::SystemContainer => {
                None
            }
        }
    }

    /// The container, for containers of pods and of nodes.
    #[must_use]
    pub fn container(&self) -> Option<&str> {
        let start = match self.kind {
            EntityKind::PodContainer => self.cut(1),
            EntityKind::SystemContainer => self.cut(0),
            EntityKind::Cluster | EntityKind::Namespace | EntityKind::Node | EntityKind::Pod => return None,
        };
        self.key.get(start + "/container:".len()..)
    }

    fn first(&self) -> &str {
        let start = self.key.find(':').map_or(0, |colon| colon + 1);
        self.key.get(start..self.cut(0)).unwrap_or("")
    }

    const fn cut(&self, index: usize) -> usize {
        let [first, second] = self.cuts;
        if index == 0 {
            first as usize
        } else {
            second as usize
        }
    }
}

impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.key, self.id.0)
    }
}

impl Drop for Entity {
    fn drop(&mut self) {
        self.ids.release(self.id);
    }
}
