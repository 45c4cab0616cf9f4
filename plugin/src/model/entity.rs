//! What metrics are about: the cluster, its namespaces, nodes, pods and containers.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError, Weak};

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

/// One thing that is measured. Made by [`Entities`] only, so that equal keys share one entity.
pub struct Entity {
    id: EntityId,
    kind: EntityKind,
    key: Box<str>,
    /// Where the first and the second name of the key end (see [`names`](Self::names)).
    cuts: [u32; 2],
    ids: Arc<Ids>,
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
            EntityKind::Cluster | EntityKind::Namespace | EntityKind::Node | EntityKind::SystemContainer => None,
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
        if index == 0 { first as usize } else { second as usize }
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

/// Numbers to give out: the lowest free ones first come back last in, first out.
#[derive(Debug, Default)]
struct Ids(Mutex<(u32, Vec<u32>)>);

impl Ids {
    fn take(&self) -> EntityId {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, free) = &mut *inner;
        EntityId(free.pop().unwrap_or_else(|| {
            *next += 1;
            *next - 1
        }))
    }

    fn release(&self, id: EntityId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.push(id.0);
    }

    fn bound(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 as usize
    }
}

type Table = HashTable<(u64, Weak<Entity>)>;

const SHARDS: usize = 16;

/// The table of living entities: from names to the one shared [`Entity`].
///
/// Look-ups take one of sixteen locks for the time of one probe; sources keep the entities they meet every cycle beside
/// their targets and come here for new ones only.
#[derive(Default)]
pub struct Entities {
    hasher: DefaultHashBuilder,
    shards: [Mutex<Table>; SHARDS],
    ids: Arc<Ids>,
}

impl fmt::Debug for Entities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entities").field("bound", &self.id_bound()).finish_non_exhaustive()
    }
}

impl Entities {
    /// The cluster.
    pub fn cluster(&self) -> Arc<Entity> {
        self.intern(EntityKind::Cluster, "cluster".to_owned(), [7, 7])
    }

    /// A namespace.
    pub fn namespace(&self, namespace: &str) -> Arc<Entity> {
        let key = format!("namespace:{namespace}");
        let cut = end(&key);
        self.intern(EntityKind::Namespace, key, [cut, cut])
    }

    /// A node.
    pub fn node(&self, node: &str) -> Arc<Entity> {
        let key = format!("node:{node}");
        let cut = end(&key);
        self.intern(EntityKind::Node, key, [cut, cut])
    }

    /// A pod.
    pub fn pod(&self, namespace: &str, pod: &str) -> Arc<Entity> {
        let key = format!("namespace:{namespace}/pod:{pod}");
        let cuts = [cut("namespace:", namespace), end(&key)];
        self.intern(EntityKind::Pod, key, cuts)
    }

    /// A container of a pod.
    pub fn pod_container(&self, namespace: &str, pod: &str, container: &str) -> Arc<Entity> {
        let first = cut("namespace:", namespace);
        let cuts = [first, first.saturating_add(cut("/pod:", pod))];
        let key = format!("namespace:{namespace}/pod:{pod}/container:{container}");
        self.intern(EntityKind::PodContainer, key, cuts)
    }

    /// A container of a node that belongs to no pod.
    pub fn system_container(&self, node: &str, container: &str) -> Arc<Entity> {
        let first = cut("node:", node);
        self.intern(EntityKind::SystemContainer, format!("node:{node}/container:{container}"), [first, first])
    }

    /// The living entity with this key text, if there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Arc<Entity>> {
        let hash = self.hasher.hash_one(key);
        find_in(&self.shard(hash).lock().unwrap_or_else(PoisonError::into_inner), hash, key)
    }

    /// One more than the highest number ever given out: the length of a dense table by [`EntityId`].
    #[must_use]
    pub fn id_bound(&self) -> usize {
        self.ids.bound()
    }

    /// Frees the table entries of entities that are gone. Worth a call each cycle.
    pub fn sweep(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).retain(|(_, entity)| entity.strong_count() > 0);
        }
    }

    fn intern(&self, kind: EntityKind, key: String, cuts: [u32; 2]) -> Arc<Entity> {
        let hash = self.hasher.hash_one(key.as_str());
        let mut shard = self.shard(hash).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entity) = find_in(&shard, hash, &key) {
            return entity;
        }
        let ids = self.ids.clone();
        let entity = Arc::new(Entity { id: ids.take(), kind, key: key.into(), cuts, ids });
        shard.insert_unique(hash, (hash, Arc::downgrade(&entity)), |(hash, _)| *hash);
        entity
    }

    #[allow(clippy::indexing_slicing)] // the remainder is below the number of shards
    fn shard(&self, hash: u64) -> &Mutex<Table> {
        &self.shards[(hash % SHARDS as u64) as usize % SHARDS]
    }
}

/// The entity must not be dropped while the shard is locked by its finder only through `ids`, whose lock is another one.
fn find_in(table: &Table, hash: u64, key: &str) -> Option<Arc<Entity>> {
    let mut found = None;
    table.find(hash, |(_, weak)| {
        found = weak.upgrade().filter(|entity| &*entity.key == key);
        found.is_some()
    });
    found
}

fn end(key: &str) -> u32 {
    u32::try_from(key.len()).unwrap_or(u32::MAX)
}

fn cut(head: &str, name: &str) -> u32 {
    u32::try_from(head.len() + name.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_from_the_key() {
        let all = Entities::default();
        let container = all.pod_container("shop", "web-0", "nginx");
        assert_eq!(container.key(), "namespace:shop/pod:web-0/container:nginx");
        assert_eq!((container.namespace(), container.pod()), (Some("shop"), Some("web-0")));
        assert_eq!((container.container(), container.node()), (Some("nginx"), None));
        let system = all.system_container("n1", "system.slice/docker.service");
        assert_eq!((system.node(), system.container()), (Some("n1"), Some("system.slice/docker.service")));
        assert_eq!(all.node("n1").node(), Some("n1"));
        assert_eq!(all.namespace("shop").namespace(), Some("shop"));
        assert_eq!(all.pod("shop", "web-0").pod(), Some("web-0"));
        assert_eq!(all.cluster().key(), "cluster");
    }

    #[test]
    fn equal_keys_share_one_entity() {
        let all = Entities::default();
        let one = all.pod("a", "b");
        assert!(Arc::ptr_eq(&one, &all.pod("a", "b")));
        assert!(Arc::ptr_eq(&one, &all.find("namespace:a/pod:b").unwrap()));
        assert!(all.find("namespace:a/pod:c").is_none());
    }

    #[test]
    fn the_number_of_a_dropped_entity_is_given_out_again() {
        let all = Entities::default();
        let (first, keep) = (all.node("a").id(), all.node("keep"));
        let second = all.node("b");
        assert_eq!(second.id(), first);
        assert_ne!(keep.id(), first);
        assert_eq!(all.id_bound(), 2);
        all.sweep();
        assert!(all.find("node:a").is_none());
        assert!(all.find("node:b").is_some());
    }
}
