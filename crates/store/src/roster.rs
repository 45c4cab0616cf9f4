//! Which entities a frame has data of, by number.
//!
//! Numbers of entities are given out again once nobody holds the entity, so data by number are safe only beside the
//! entities themselves. Rosters hold them in groups of 64 numbers; a group in which nobody came or went is shared with the
//! roster before, so that a hundred frames of a calm cluster cost as much as one.

use heapster_plugin::model::{Batch, Entity, EntityId};
use std::sync::Arc;

const GROUP: usize = 64;

/// The entities with numbers `64 g .. 64 g + 64`.
#[derive(Debug)]
pub(crate) struct Group {
    members: [Option<Arc<Entity>>; GROUP],
    count: usize,
}

impl Group {
    fn of(member: impl FnMut(usize) -> Option<Arc<Entity>>) -> Self {
        let members = std::array::from_fn(member);
        let count = members.iter().flatten().count();
        Self { members, count }
    }
}

/// The entities of one frame.
#[derive(Clone, Default, Debug)]
pub(crate) struct Roster(Arc<[Arc<Group>]>);

impl Roster {
    /// The groups, for counting memory.
    pub(crate) fn groups(&self) -> &[Arc<Group>] {
        &self.0
    }

    /// The numbers of all entities.
    pub(crate) fn ids(&self) -> impl Iterator<Item = EntityId> {
        let members = self.0.iter().flat_map(|group| group.members.iter().flatten());
        members.map(|entity| entity.id())
    }

    /// The entities of all of `rosters`. Numbers must not have been given out twice between them, which holds for
    /// rosters that are alive at the same time.
    pub(crate) fn union<'a>(rosters: &(impl Iterator<Item = &'a Self> + Clone)) -> Self {
        let groups = rosters.clone().map(|roster| roster.0.len()).max().unwrap_or(0);
        let merged = (0..groups).map(|at| {
            let mut parts: Vec<&Arc<Group>> = rosters.clone().filter_map(|roster| roster.0.get(at)).collect();
            parts.dedup_by(|a, b| Arc::ptr_eq(a, b));
            match parts.as_slice() {
                [one] => Arc::clone(one),
                several => Arc::new(Group::of(|slot| {
                    let mut found = several
                        .iter()
                        .filter_map(|group| group.members.get(slot)?.clone());
                    found.next()
                })),
            }
        });
        Self(merged.collect())
    }
}

/// Makes the roster of a batch from the one before.
#[derive(Debug)]
pub(crate) struct Roll {
    before: Roster,
    /// By group: how many members were seen, and whether one of them is not in the group before.
    groups: Vec<(usize, bool)>,
}

impl Roll {
    pub(crate) fn new(before: Roster, id_bound: usize) -> Self {
        Self {
            before,
            groups: vec![(0, false); id_bound.div_ceil(GROUP)],
        }
    }

    /// Notes one entity of the batch.
    pub(crate) fn see(&mut self, entity: &Arc<Entity>) {
        let (group, slot) = (entity.id().index() / GROUP, entity.id().index() % GROUP);
        let before = self
            .before
            .0
            .get(group)
            .and_then(|group| group.members.get(slot)?.as_ref());
        let known = before.is_some_and(|before| Arc::ptr_eq(before, entity));
        if let Some((count, changed)) = self.groups.get_mut(group) {
            *count += 1;
            *changed |= !known;
        }
    }

    /// The roster of `batch`, all of whose entities were seen.
    pub(crate) fn finish(self, batch: &Batch) -> Roster {
        let same = |(at, (count, changed)): (usize, &(usize, bool))| {
            let before = self.before.0.get(at)?;
            (!changed && before.count == *count).then(|| Arc::clone(before))
        };
        let kept: Vec<Option<Arc<Group>>> = self.groups.iter().enumerate().map(same).collect();
        if kept.len() == self.before.0.len() && kept.iter().all(Option::is_some) {
            return self.before;
        }
        let fresh = |at: usize| {
            let entity = |slot: usize| {
                let id = EntityId(u32::try_from(at * GROUP + slot).ok()?);
                batch.by_id(id).map(|set| set.entity().clone())
            };
            Arc::new(Group::of(entity))
        };
        let groups = kept.into_iter().enumerate();
        Roster(
            groups
                .map(|(at, kept)| kept.unwrap_or_else(|| fresh(at)))
                .collect(),
        )
    }
}

/// One more than the highest number of an entity of `batch`.
pub(crate) fn id_bound(batch: &Batch) -> usize {
    batch
        .sets()
        .map(|set| set.entity().id().index() + 1)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::{Model, Timestamp};
    use heapster_plugin::testkit::batch;

    fn roster(model: &Model, before: &Roster, nodes: &[Arc<Entity>]) -> Roster {
        let sets: Vec<_> = nodes
            .iter()
            .map(|node| (node.clone(), &[] as _, &[] as _))
            .collect();
        let batch = batch(model, Timestamp::from_secs(1), &sets);
        let mut roll = Roll::new(before.clone(), id_bound(&batch));
        batch.sets().for_each(|set| roll.see(set.entity()));
        roll.finish(&batch)
    }

    #[test]
    fn groups_without_a_change_are_shared() {
        let model = Model::default();
        let mut nodes: Vec<_> = (0..200)
            .map(|at| model.entities.node(&format!("n{at}")))
            .collect();
        let first = roster(&model, &Roster::default(), &nodes);
        let same = roster(&model, &first, &nodes);
        assert!(Arc::ptr_eq(&first.0, &same.0));
        nodes.remove(70);
        let less = roster(&model, &first, &nodes);
        let shared: Vec<bool> = first
            .0
            .iter()
            .zip(less.0.iter())
            .map(|(a, b)| Arc::ptr_eq(a, b))
            .collect();
        assert_eq!(shared, [true, false, true, true]);
        assert_eq!((first.ids().count(), less.ids().count()), (200, 199));
        let union = Roster::union(&[&less, &first].into_iter());
        assert_eq!(union.ids().count(), 200);
        assert!(Arc::ptr_eq(&union.0[0], &first.0[0]));
    }

    #[test]
    fn a_shorter_batch_has_a_shorter_roster() {
        let model = Model::default();
        let nodes: Vec<_> = (0..200)
            .map(|at| model.entities.node(&format!("n{at}")))
            .collect();
        let first = roster(&model, &Roster::default(), &nodes);
        let short = roster(&model, &first, &nodes[..64]);
        assert_eq!(short.ids().count(), 64);
    }
}
