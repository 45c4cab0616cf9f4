//! Files that may be replaced while the program runs.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What tells one version of a file from the next, without reading it. Symbolic links are followed, so that a mounted
/// secret, which Kubernetes replaces by turning a link, counts as changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Stamp(Option<(u64, u64, i64, i64, u64)>);

impl Stamp {
    /// The stamp of the file at `path` now; of a file that is not there, one that equals no other file's.
    pub(crate) fn of(path: &Path) -> Self {
        Self(
            fs::metadata(path)
                .ok()
                .map(|m| (m.dev(), m.ino(), m.mtime(), m.mtime_nsec(), m.len())),
        )
    }
}
