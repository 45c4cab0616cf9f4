//! The table of living entities.

use super::entity::{Entity, EntityId, EntityKind};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Numbers to give out: the lowest free ones first come back last in, first out.
#[derive(Debug, Default)]
pub(super) struct Ids(Mutex<(u32, Vec<u32>)>);

impl Ids {
    fn take(&self) -> EntityId {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, free) = &mut *inner;
        EntityId(free.pop().unwrap_or_else(|| {
            *next += 1;
            *next - 1
        }))
    }

    pub(super) fn release(&self, id: EntityId) {
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
        f.debug_struct("Entities")
            .field("bound", &self.id_bound())
            .finish_non_exhaustive()
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
        self.intern(
            EntityKind::SystemContainer,
            format!("node:{node}/container:{container}"),
            [first, first],
        )
    }

    /// The living entity with this key text, if there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Arc<Entity>> {
        let hash = self.hasher.hash_one(key);
        find_in(
            &self.shard(hash).lock().unwrap_or_else(PoisonError::into_inner),
            hash,
            key,
        )
    }

    /// One more than the highest number ever given out: the length of a dense table by [`EntityId`].
    #[must_use]
    pub fn id_bound(&self) -> usize {
        self.ids.bound()
    }

    /// Frees the table entries of entities that are gone. Worth a call each cycle.
    pub fn sweep(&self) {
        for shard in &self.shards {
            shard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|(_, entity)| entity.strong_count() > 0);
        }
    }

    fn intern(&self, kind: EntityKind, key: String, cuts: [u32; 2]) -> Arc<Entity> {
        let hash = self.hasher.hash_one(key.as_str());
        let mut shard = self.shard(hash).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entity) = find_in(&shard, hash, &key) {
            return entity;
        }
        let ids = self.ids.clone();
        let entity = Arc::new(Entity {
            id: ids.take(),
            kind,
            key: key.into(),
            cuts,
            ids,
        });
        shard.insert_unique(hash, (hash, Arc::downgrade(&entity)), |(hash, _)| *hash);
        entity
    }

    #[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)] // the remainder is below the number of shards
    fn shard(&self, hash: u64) -> &Mutex<Table> {
        &self.shards[(hash % SHARDS as u64) as usize]
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
mod tests;
