//! How full the machine's file systems are.

use crate::files::Files;
use crate::flat::int;
use crate::node::{bytes, capacity};
use crate::resources::Resources;
use heapster_plugin::model::{Point, Scraped, id};
use rustix::fs::StatVfs;

/// Adds what is stored on `/` and its size.
pub(crate) fn push_root(files: &mut Files, out: &mut Vec<Point>) {
    let path = files.path("/");
    if let Some(stat) = files.judge("statvfs", rustix::fs::statvfs(&path)) {
        out.push(Point::gauge(id::EPHEMERAL_STORAGE_USAGE, int(used(&stat))));
        out.push(capacity(id::EPHEMERAL_STORAGE_NODE_CAPACITY, bytes(size(&stat))));
    }
}

/// Adds the values of the file systems at `mount_points` to the set begun last, `resource_id` being the mount point.
///
/// Shape: usage, limit, available, then inodes and free inodes where the file system has a fixed number of them.
/// Units: bytes; inodes as numbers.
/// Errors: none; a file system that does not answer is counted and left out.
/// Source: statvfs(3).
pub(crate) fn push(files: &mut Files, mount_points: &[String], resources: &mut Resources, out: &mut Scraped) {
    for mount_point in mount_points {
        let path = files.path(mount_point);
        // A file can be mounted on a file: that is a container's, and no place to keep data.
        if !path.is_dir() {
            continue;
        }
        let Some(stat) = files.judge("statvfs", rustix::fs::statvfs(&path)) else {
            continue;
        };
        if stat.f_blocks > 0 {
            push_one(&stat, resources, mount_point, out);
        }
    }
}

fn push_one(stat: &StatVfs, resources: &mut Resources, mount_point: &str, out: &mut Scraped) {
    let labels = resources.labels("", mount_point);
    let mut push = |metric, value| out.push_labeled(Point::gauge(metric, int(value)), labels.clone());
    push(id::FILESYSTEM_USAGE, used(stat));
    push(id::FILESYSTEM_LIMIT, size(stat));
    push(
        id::FILESYSTEM_AVAILABLE,
        stat.f_bavail.saturating_mul(stat.f_frsize),
    );
    if stat.f_files > 0 {
        push(id::FILESYSTEM_INODES, stat.f_files);
        push(id::FILESYSTEM_INODES_FREE, stat.f_ffree);
    }
}

fn size(stat: &StatVfs) -> u64 {
    stat.f_blocks.saturating_mul(stat.f_frsize)
}

fn used(stat: &StatVfs) -> u64 {
    stat.f_blocks
        .saturating_sub(stat.f_bfree)
        .saturating_mul(stat.f_frsize)
}
