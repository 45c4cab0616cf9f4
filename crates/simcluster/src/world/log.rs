//! The numbered changes, a bounded number of them.

use super::Object;
use std::collections::VecDeque;

/// What happened to an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Verb {
    Added,
    Modified,
    Deleted,
}

/// One change; the object is as it was after it, or at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Change {
    pub version: u64,
    pub verb: Verb,
    pub object: Object,
}

/// The log does not reach back to the version asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too old resource version: {asked} ({oldest})")]
#[allow(missing_docs)]
pub struct Gone {
    pub asked: u64,
    pub oldest: u64,
}

#[derive(Debug)]
pub(crate) struct Log {
    changes: VecDeque<Change>,
    kept: usize,
    version: u64,
    /// Changes after this one are all in the log.
    oldest: u64,
}

impl Log {
    pub(crate) fn new(version: u64, kept: usize) -> Self {
        Self {
            changes: VecDeque::new(),
            kept,
            version,
            oldest: version,
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn oldest(&self) -> u64 {
        self.oldest
    }

    /// The version that the next change gets.
    pub(crate) fn next_version(&self) -> u64 {
        self.version + 1
    }

    pub(crate) fn push(&mut self, verb: Verb, object: Object) {
        self.version += 1;
        self.changes.push_back(Change {
            version: self.version,
            verb,
            object,
        });
        while self.changes.len() > self.kept {
            if let Some(gone) = self.changes.pop_front() {
                self.oldest = gone.version;
            }
        }
    }

    pub(crate) fn trim(&mut self) {
        self.version += 1;
        self.changes.clear();
        self.oldest = self.version;
    }

    pub(crate) fn after(&self, version: u64) -> Result<impl Iterator<Item = &Change>, Gone> {
        if version < self.oldest {
            return Err(Gone {
                asked: version,
                oldest: self.oldest,
            });
        }
        let from = self.changes.partition_point(|change| change.version <= version);
        Ok(self.changes.range(from..))
    }
}
