//! One cgroup: where it is, since when, and what it uses. Versions 1 and 2, and machines that have both.

use crate::files::Files;
use crate::flat::{number, values};
use crate::mounts::Trees;
use heapster_plugin::model::Timestamp;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A cgroup in one or more trees. The figures of CPU and memory each come from one tree for as long as it lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cgroup {
    cpuacct: bool,
    unified: bool,
    memory: bool,
    /// Tells it from an earlier one of the same name: device and inode of its directory.
    pub(crate) instance: (u64, u64),
    /// When it was made, or a later time when the kernel does not tell.
    pub(crate) created: Timestamp,
    /// Whether there may be cgroups below.
    pub(crate) is_parent: bool,
}

/// What a cgroup and all below it use; `None` is "the kernel does not say".
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Usage {
    /// CPU time in nanoseconds.
    pub(crate) cpu: Option<u64>,
    /// All memory, in bytes.
    pub(crate) memory: Option<u64>,
    /// Memory without the file cache that was not touched lately, in bytes.
    pub(crate) working_set: Option<u64>,
    /// Anonymous memory in bytes.
    pub(crate) rss: Option<u64>,
    /// File cache in bytes.
    pub(crate) cache: Option<u64>,
    /// Page faults.
    pub(crate) faults: Option<u64>,
    /// Page faults that read from a disk.
    pub(crate) major_faults: Option<u64>,
}

impl Cgroup {
    /// The cgroup at `path` below the roots of `trees`; `None` when there is none. `place` is scratch.
    pub(crate) fn find(trees: &Trees, path: &str, place: &mut PathBuf) -> Option<Self> {
        let mut directory = |tree: &Option<PathBuf>| {
            go(place, tree.as_deref()?, path, "");
            place.symlink_metadata().ok().filter(Metadata::is_dir)
        };
        let cpuacct = directory(&trees.cpuacct);
        let unified = directory(&trees.unified);
        let memory = directory(&trees.memory);
        let all = || [&cpuacct, &unified, &memory].into_iter().flatten();
        let first = all().next()?;
        Some(Self {
            cpuacct: cpuacct.is_some(),
            unified: unified.is_some(),
            memory: memory.is_some(),
            instance: (first.dev(), first.ino()),
            created: all().map(oldest).min()?,
            // A directory of the kernel's has two links and one more for each directory in it.
            is_parent: all().any(|directory| directory.nlink() != 2),
        })
    }

    /// Reads what the cgroup uses.
    ///
    /// Errors: none. A missing file is a controller that is off, or a cgroup that has just gone, and no failure; one that
    /// cannot be read is counted.
    /// Source: the kernel's Documentation/admin-guide/cgroup-v1/{cpuacct,memory}.rst and cgroup-v2.rst.
    pub(crate) fn usage(&self, files: &mut Files, trees: &Trees, path: &str, place: &mut PathBuf) -> Usage {
        let mut usage = Usage::default();
        if let (true, Some(tree)) = (self.cpuacct, &trees.cpuacct) {
            go(place, tree, path, "cpuacct.usage");
            usage.cpu = files.read_if_there("cpuacct.usage", place, number);
        } else if let (true, Some(tree)) = (self.unified, &trees.unified) {
            go(place, tree, path, "cpu.stat");
            let read = files.read_if_there("cpu.stat", place, |text| values(text, ["usage_usec"]));
            let [micros] = read.unwrap_or_default();
            usage.cpu = micros.map(|micros| micros.saturating_mul(1000));
        }
        if let (true, Some(tree)) = (self.memory, &trees.memory) {
            go(place, tree, path, "memory.usage_in_bytes");
            usage.memory = files.read_if_there("memory.usage_in_bytes", place, number);
            go(place, tree, path, "memory.stat");
            let keys = [
                "total_inactive_file",
                "total_rss",
                "total_cache",
                "total_pgfault",
                "total_pgmajfault",
            ];
            usage.add_memory(files, place, keys);
        } else if let (true, Some(tree)) = (self.unified, &trees.unified) {
            go(place, tree, path, "memory.current");
            usage.memory = files.read_if_there("memory.current", place, number);
            go(place, tree, path, "memory.stat");
            let keys = ["inactive_file", "anon", "file", "pgfault", "pgmajfault"];
            usage.add_memory(files, place, keys);
        }
        usage
    }
}

impl Usage {
    fn add_memory(&mut self, files: &mut Files, place: &Path, keys: [&str; 5]) {
        let read = files.read_if_there("memory.stat", place, |text| values(text, keys));
        let [inactive, rss, cache, faults, major_faults] = read.unwrap_or_default();
        self.working_set = self
            .memory
            .zip(inactive)
            .map(|(usage, inactive)| usage.saturating_sub(inactive));
        self.rss = rss;
        self.cache = cache;
        self.faults = faults;
        self.major_faults = major_faults;
    }
}

/// Makes `place` the path of `file` of the cgroup `path` in `tree`.
pub(crate) fn go(place: &mut PathBuf, tree: &Path, path: &str, file: &str) {
    place.clear();
    place.push(tree);
    for part in [path, file] {
        if !part.is_empty() {
            place.push(part);
        }
    }
}

/// The oldest of a directory's times. The kernel keeps no birth time for cgroups; the access time of one that systemd made
/// stays at its creation, the others move when something is made in it.
fn oldest(directory: &Metadata) -> Timestamp {
    let nanos = |seconds: i64, nanos: i64| {
        Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
    };
    nanos(directory.atime(), directory.atime_nsec())
        .min(nanos(directory.mtime(), directory.mtime_nsec()))
        .min(nanos(directory.ctime(), directory.ctime_nsec()))
}
