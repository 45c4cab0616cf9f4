//! What is mounted where: the file systems to measure and the trees of cgroups.
//!
//! The table is read every cycle and looked into only when it changed.

use crate::files::{Files, reason};
use procfs::MountEntry;
use procfs::prelude::FromBufRead;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Read-only images, which are always full.
const IMAGES: &[&str] = &["squashfs", "erofs", "iso9660", "udf", "cramfs"];

/// The table of mounts.
#[derive(Default, Debug)]
pub(crate) struct Mounts {
    text: Vec<u8>,
    /// Mount points of the file systems that count, sorted.
    pub(crate) filesystems: Vec<String>,
    /// The trees of cgroups. They stay known while the table cannot be read.
    pub(crate) trees: Trees,
}

/// Where the trees of cgroups are, the prefix of [`Files`] included.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Trees {
    /// Version 1, controller `cpuacct`.
    pub(crate) cpuacct: Option<PathBuf>,
    /// Version 2; beside the others on a machine that has both.
    pub(crate) unified: Option<PathBuf>,
    /// Version 1, controller `memory`.
    pub(crate) memory: Option<PathBuf>,
}

impl Mounts {
    /// Reads the table.
    ///
    /// Errors: none; a table that cannot be read is counted, and no file system counts.
    /// Source: proc_mounts(5).
    pub(crate) fn refresh(&mut self, files: &mut Files) {
        let path = files.of_machine("mounts");
        let known = &mut self.text;
        let read = files.read("mounts", &path, |text| {
            if text == known.as_slice() {
                return Ok(None);
            }
            let entries = parse(text)?;
            text.clone_into(known);
            Ok(Some(entries))
        });
        match read {
            Some(Some(entries)) => {
                self.trees = Trees::among(&entries, files);
                self.filesystems = filesystems(entries);
            }
            Some(None) => {}
            None => {
                self.text.clear();
                self.filesystems.clear();
            }
        }
    }
}

/// The entries of the table. A line that cannot be read takes only itself away.
fn parse(text: &[u8]) -> Result<Vec<MountEntry>, String> {
    let mut entries = Vec::new();
    let mut refused = "the table is empty".to_owned();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match Vec::<MountEntry>::from_buf_read(line) {
            Ok(entry) => entries.extend(entry),
            Err(error) => refused = reason(error),
        }
    }
    if entries.is_empty() {
        return Err(refused);
    }
    Ok(entries)
}

impl Trees {
    /// The roots.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Path> {
        [&self.cpuacct, &self.unified, &self.memory]
            .into_iter()
            .filter_map(Option::as_deref)
    }

    /// Of several mounts of one tree the one with the shortest path counts: the others are those of containers.
    fn among(entries: &[MountEntry], files: &Files) -> Self {
        let shortest = |is_it: &dyn Fn(&MountEntry) -> bool| {
            entries
                .iter()
                .filter(|entry| is_it(entry))
                .min_by_key(|entry| entry.fs_file.len())
                .map(|entry| files.path(&entry.fs_file))
        };
        let controls = |entry: &MountEntry, controller: &str| {
            entry.fs_vfstype == "cgroup" && entry.fs_mntops.contains_key(controller)
        };
        Self {
            cpuacct: shortest(&|entry| controls(entry, "cpuacct")),
            unified: shortest(&|entry| entry.fs_vfstype == "cgroup2"),
            memory: shortest(&|entry| controls(entry, "memory")),
        }
    }
}

/// The mount points to measure: those that keep data on a block device of this machine, of each device the shortest, and `/`
/// whatever it is; of two at one place the one mounted last. Left out are network file systems, whose server can be gone
/// and would hold up the reading.
fn filesystems(entries: Vec<MountEntry>) -> Vec<String> {
    let mut visible: HashMap<String, MountEntry> = HashMap::new();
    for mut entry in entries {
        entry.fs_file = entry.fs_file.replace("\\040", " ");
        visible.insert(entry.fs_file.clone(), entry);
    }
    let mut entries: Vec<MountEntry> = visible.into_values().filter(counts).collect();
    entries.sort_by(|a, b| (a.fs_file.len(), &a.fs_file).cmp(&(b.fs_file.len(), &b.fs_file)));
    let mut devices: Vec<String> = Vec::new();
    let mut points = Vec::new();
    for entry in entries {
        if !devices.contains(&entry.fs_spec) {
            devices.push(entry.fs_spec);
            points.push(entry.fs_file);
        }
    }
    points.sort();
    points
}

fn counts(entry: &MountEntry) -> bool {
    let kind = entry.fs_vfstype.as_str();
    let on_device = entry.fs_spec.starts_with("/dev/") && !IMAGES.contains(&kind);
    entry.fs_file == "/" || on_device || kind == "zfs"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(mounts: &str) -> Vec<String> {
        filesystems(parse(mounts.as_bytes()).unwrap())
    }

    #[test]
    fn a_device_counts_once_at_its_shortest_mount_point() {
        let mounts = "/dev/sda1 /var/lib/docker ext4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /data\\040x xfs rw 0 0\n";
        assert_eq!(points(mounts), ["/", "/data x"]);
    }

    #[test]
    fn what_is_not_on_a_disk_of_this_machine_is_left_out() {
        let mounts = "proc /proc proc rw 0 0\ntmpfs /run tmpfs rw 0 0\nnas:/x /x nfs4 rw 0 0\n\
                      /dev/loop0 /snap/a/1 squashfs ro 0 0\ntank/home /home zfs rw 0 0\noverlay / overlay rw 0 0\n";
        assert_eq!(points(mounts), ["/", "/home"]);
    }

    #[test]
    fn what_is_mounted_over_is_not_seen() {
        let mounts = "/dev/sda1 /data ext4 rw 0 0\ntmpfs /data tmpfs rw 0 0\n";
        assert!(points(mounts).is_empty());
    }

    #[test]
    fn a_line_that_is_no_text_takes_only_itself_away() {
        let table = b"/dev/sdb1 /\xff xfs rw 0 0\nhalf a line\n/dev/sda1 / ext4 rw 0 0\n";
        assert_eq!(filesystems(parse(table).unwrap()), ["/"]);
        assert!(parse(b"half a line\n").is_err());
        assert!(parse(b"").is_err());
    }
}
