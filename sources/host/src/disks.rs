//! Bytes read from and written to the machine's disks.

use crate::files::{Files, reason};
use crate::flat::int;
use crate::resources::Resources;
use heapster_plugin::model::{Point, Scraped, id};
use procfs::DiskStats;
use procfs::prelude::FromBufRead;

/// The kernel counts in these whatever the disk's own sectors are.
const SECTOR_BYTES: u64 = 512;

/// Devices that are no disks: files and memory behind a block device, and drives.
const NO_DISKS: &[&str] = &["loop", "ram", "zram", "sr", "fd"];

/// Adds `disk/io_read_bytes` and `disk/io_write_bytes` of each whole disk to the set begun last.
///
/// Shape: two values a disk that was ever used; `resource_id` is `/dev/NAME`; partitions are left out.
/// Units: bytes since the disk appeared, as gauges: so the original emits them.
/// Errors: none; a file that cannot be read is counted.
/// Source: the kernel's Documentation/admin-guide/iostats.rst.
pub(crate) fn push(files: &mut Files, resources: &mut Resources, out: &mut Scraped) {
    let path = files.path("proc/diskstats");
    let read = files.read("diskstats", &path, |text| {
        DiskStats::from_buf_read(text).map_err(reason)
    });
    let Some(DiskStats(disks)) = read else {
        return;
    };
    let whole = files.path("sys/block");
    let knows_whole = whole.is_dir();
    for disk in disks {
        let idle = disk.sectors_read == 0 && disk.sectors_written == 0;
        let no_disk = NO_DISKS.iter().any(|kind| is_numbered(&disk.name, kind));
        // In /sys a slash of a device's name is written as an exclamation mark.
        if idle || no_disk || (knows_whole && !whole.join(disk.name.replace('/', "!")).exists()) {
            continue;
        }
        let labels = resources.labels("/dev/", &disk.name);
        let read = int(disk.sectors_read.saturating_mul(SECTOR_BYTES));
        let written = int(disk.sectors_written.saturating_mul(SECTOR_BYTES));
        out.push_labeled(Point::gauge(id::DISK_IO_READ_BYTES, read), labels.clone());
        out.push_labeled(Point::gauge(id::DISK_IO_WRITE_BYTES, written), labels);
    }
}

fn is_numbered(name: &str, kind: &str) -> bool {
    name.strip_prefix(kind)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_whose_name_begins_alike_is_kept() {
        assert!(is_numbered("sr0", "sr"));
        assert!(!is_numbered("srv1", "sr"));
        assert!(!is_numbered("loop", "loop"));
    }
}
