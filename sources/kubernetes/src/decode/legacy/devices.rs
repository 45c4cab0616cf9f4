//! Disks and mounted filesystems of the legacy answer.

use crate::decode::json::{Fields, Flag, Int, Object, Text, skip};
use crate::decode::sets::Sets;
use heapster_plugin::model::{MetricId, id};
use serde::de::MapAccess;
use std::borrow::Cow;

/// One of `filesystem`.
#[derive(Default)]
pub(super) struct Mount<'de> {
    device: Cow<'de, str>,
    capacity: Option<i64>,
    usage: Option<i64>,
    available: Option<i64>,
    has_inodes: bool,
    inodes: Option<i64>,
    inodes_free: Option<i64>,
}

impl<'de> Fields<'de> for Mount<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "device" => map.next_value_seed(Text(&mut self.device)),
            "capacity" => map.next_value_seed(Int(&mut self.capacity)),
            "usage" => map.next_value_seed(Int(&mut self.usage)),
            "available" => map.next_value_seed(Int(&mut self.available)),
            "has_inodes" => map.next_value_seed(Flag(&mut self.has_inodes)),
            "inodes" => map.next_value_seed(Int(&mut self.inodes)),
            "inodes_free" => map.next_value_seed(Int(&mut self.inodes_free)),
            _ => skip(map),
        }
    }
}

type Figure = fn(&Mount<'_>) -> Option<i64>;

/// In the order in which they are written.
const FIGURES: [(MetricId, Figure); 5] = [
    (id::FILESYSTEM_USAGE, |mount| mount.usage),
    (id::FILESYSTEM_LIMIT, |mount| mount.capacity),
    (id::FILESYSTEM_AVAILABLE, |mount| mount.available),
    (id::FILESYSTEM_INODES, |mount| {
        mount.inodes.filter(|_| mount.has_inodes)
    }),
    (id::FILESYSTEM_INODES_FREE, |mount| {
        mount.inodes_free.filter(|_| mount.has_inodes)
    }),
];

impl Mount<'_> {
    pub(super) fn emit(mounts: &[Self], to: &mut Sets<'_>) {
        for (metric, figure) in FIGURES {
            for mount in mounts {
                let labels = to.cache.resource("", &mount.device);
                to.labeled(metric, figure(mount), &labels);
            }
        }
    }
}

/// One of `diskio.io_service_bytes`.
#[derive(Default)]
pub(super) struct Disk<'de> {
    device: Cow<'de, str>,
    major: Option<i64>,
    minor: Option<i64>,
    bytes: Bytes,
}

#[derive(Default)]
struct Bytes {
    read: Option<i64>,
    write: Option<i64>,
}

impl<'de> Fields<'de> for Disk<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "device" => map.next_value_seed(Text(&mut self.device)),
            "major" => map.next_value_seed(Int(&mut self.major)),
            "minor" => map.next_value_seed(Int(&mut self.minor)),
            "stats" => map.next_value_seed(Object(&mut self.bytes)),
            _ => skip(map),
        }
    }
}

impl<'de> Fields<'de> for Bytes {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "Read" => map.next_value_seed(Int(&mut self.read)),
            "Write" => map.next_value_seed(Int(&mut self.write)),
            _ => skip(map),
        }
    }
}

impl Disk<'_> {
    /// The device, or `MAJOR:MINOR` for a disk without a name.
    fn name(&self) -> Cow<'_, str> {
        if self.device.is_empty() {
            Cow::Owned(format!("{}:{}", self.major.unwrap_or(0), self.minor.unwrap_or(0)))
        } else {
            Cow::Borrowed(&self.device)
        }
    }

    /// Cumulative figures, written as gauges as ever; a missing figure is zero.
    pub(super) fn emit(disks: &[Self], to: &mut Sets<'_>) {
        for (metric, write) in [(id::DISK_IO_READ_BYTES, false), (id::DISK_IO_WRITE_BYTES, true)] {
            for disk in disks {
                let labels = to.cache.resource("", &disk.name());
                let value = if write { disk.bytes.write } else { disk.bytes.read };
                to.labeled(metric, Some(value.unwrap_or(0)), &labels);
            }
        }
    }
}
