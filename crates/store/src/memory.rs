//! How much memory the store takes.

use crate::roster::{Group, Roster};
use crate::snapshot::Snapshot;
use crate::store::Store;
use std::collections::HashSet;
use std::sync::Arc;

impl Store {
    /// Bytes of what is kept beside the newest batch: all frames, segments and lists of entities. The entities themselves
    /// and labels are shared with the rest of the program and not counted. Costs a look at each list, not at each value.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.snapshot().map_or(0, |snapshot| history(&snapshot))
    }

    /// Bytes of everything that the store keeps, the newest batch included.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.snapshot()
            .map_or(0, |snapshot| history(&snapshot) + snapshot.newest.memory())
    }
}

fn history(snapshot: &Snapshot) -> usize {
    let frames = || snapshot.short.iter().chain(&snapshot.chain);
    let packed: usize = frames().map(|frame| frame.bytes()).sum();
    let sealed: usize = snapshot.segments.iter().map(|segment| segment.bytes()).sum();
    let rosters = frames().map(|frame| &frame.roster);
    let rosters = rosters.chain(snapshot.segments.iter().map(|segment| &segment.roster));
    packed + sealed + rosters_bytes(rosters)
}

/// What is shared counts once.
fn rosters_bytes<'a>(rosters: impl Iterator<Item = &'a Roster>) -> usize {
    let (mut lists, mut groups, mut bytes) = (HashSet::new(), HashSet::new(), 0);
    for roster in rosters {
        if !lists.insert(roster.groups().as_ptr()) {
            continue;
        }
        bytes += size_of_val(roster.groups());
        let fresh = roster
            .groups()
            .iter()
            .filter(|group| groups.insert(Arc::as_ptr(group)));
        bytes += fresh.count() * size_of::<Group>();
    }
    bytes
}
