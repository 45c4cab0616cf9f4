//! The node's CPU, memory, faults, load and uptime from `/proc`.

use crate::files::{Files, reason};
use crate::flat::{int, values};
use heapster_plugin::model::{MetricId, MetricType, Point, Timestamp, id};
use procfs::prelude::{FromBufReadSI, FromRead};
use procfs::{KernelStats, LoadAverage, LocalSystemInfo, Uptime};
use std::time::Duration;

/// Adds the node's values from `stat`, `loadavg`, `meminfo`, `vmstat` and `uptime`, and says when the machine was started.
///
/// Shape: at most 11 points, in no order.
/// Units: those of the catalogue; capacities in millicores and bytes.
/// Errors: none; a file that cannot be read is counted and its values are left out. The start is `None` when neither
/// `stat` nor `uptime` tells it.
/// Source: proc(5) and the pages of each file.
pub(crate) fn push(files: &mut Files, now: Timestamp, out: &mut Vec<Point>) -> Option<Timestamp> {
    let boot = push_cpu(files, out);
    let path = files.path("proc/loadavg");
    let load = files.read("loadavg", &path, |text| {
        let load = LoadAverage::from_read(text).map_err(reason)?.one;
        milliloads(load).ok_or_else(|| format!("a load of {load}"))
    });
    if let Some(load) = load {
        out.push(Point::gauge(id::CPU_LOAD, load));
    }
    push_memory(files, out);
    push_faults(files, out);
    let path = files.path("proc/uptime");
    let uptime = files.read("uptime", &path, |text| {
        let uptime = Uptime::from_read(text).map_err(reason)?.uptime;
        Duration::try_from_secs_f64(uptime).map_err(|error| format!("{uptime}: {error}"))
    });
    if let Some(uptime) = uptime {
        let millis = i64::try_from(uptime.as_millis()).unwrap_or(i64::MAX);
        out.push(Point::cumulative(id::UPTIME, millis));
    }
    boot.or_else(|| uptime.map(|uptime| now.minus(uptime)))
}

/// CPU time in use: user, nice, system, irq, softirq and steal, as the kernel sums them for its root cgroup. Guests are in
/// user and nice already.
fn push_cpu(files: &mut Files, out: &mut Vec<Point>) -> Option<Timestamp> {
    let path = files.path("proc/stat");
    let stats = files.read("stat", &path, |text| {
        KernelStats::from_buf_read(text, &LocalSystemInfo).map_err(reason)
    })?;
    let cpu = &stats.total;
    let others = [cpu.irq, cpu.softirq, cpu.steal].map(Option::unwrap_or_default);
    let ticks = [cpu.user, cpu.nice, cpu.system]
        .into_iter()
        .chain(others)
        .fold(0, u64::saturating_add);
    let tick_nanos = 1_000_000_000 / procfs::ticks_per_second().max(1);
    out.push(Point::cumulative(
        id::CPU_USAGE,
        int(ticks.saturating_mul(tick_nanos)),
    ));
    let cores = u32::try_from(stats.cpu_time.len()).unwrap_or(u32::MAX);
    if cores > 0 {
        out.push(capacity(id::CPU_NODE_CAPACITY, f64::from(cores) * 1000.0));
    }
    Some(Timestamp::from_secs(int(stats.btime)))
}

/// Usage is all memory that is not free, as a kubelet counts the root cgroup; the working set is without the file cache
/// that was not touched lately.
fn push_memory(files: &mut Files, out: &mut Vec<Point>) {
    let keys = [
        "MemTotal",
        "MemFree",
        "Cached",
        "Buffers",
        "AnonPages",
        "Inactive(file)",
    ];
    let path = files.path("proc/meminfo");
    let Some(read) = files.read("meminfo", &path, |text| values(text, keys)) else {
        return;
    };
    let [total, free, cached, buffers, anonymous, inactive] = read;
    let mut push = |metric, value: Option<u64>| {
        if let Some(value) = value {
            out.push(Point::gauge(metric, int(value)));
        }
    };
    let usage = total.zip(free).map(|(total, free)| total.saturating_sub(free));
    let working = usage
        .zip(inactive)
        .map(|(usage, inactive)| usage.saturating_sub(inactive));
    push(id::MEMORY_USAGE, usage);
    push(id::MEMORY_WORKING_SET, working);
    push(id::MEMORY_RSS, anonymous);
    push(
        id::MEMORY_CACHE,
        cached.map(|cached| cached.saturating_add(buffers.unwrap_or(0))),
    );
    if let Some(total) = total {
        out.push(capacity(id::MEMORY_NODE_CAPACITY, bytes(total)));
    }
}

fn push_faults(files: &mut Files, out: &mut Vec<Point>) {
    let path = files.path("proc/vmstat");
    let read = files.read("vmstat", &path, |text| values(text, ["pgfault", "pgmajfault"]));
    let [faults, major] = read.unwrap_or_default();
    for (metric, value) in [
        (id::MEMORY_PAGE_FAULTS, faults),
        (id::MEMORY_MAJOR_PAGE_FAULTS, major),
    ] {
        if let Some(value) = value {
            out.push(Point::cumulative(metric, int(value)));
        }
    }
}

/// A capacity: a float gauge, as the catalogue has it.
pub(crate) const fn capacity(metric: MetricId, value: f64) -> Point {
    Point::float(metric, MetricType::Gauge, value)
}

/// A number of bytes as a float.
#[allow(clippy::cast_precision_loss)] // exact up to 8 PiB, and no capacity is told to the byte beyond
pub(crate) const fn bytes(value: u64) -> f64 {
    value as f64
}

/// Thousandths of a runnable thread; `None` for what is no load.
#[allow(clippy::cast_possible_truncation)] // `as` saturates
fn milliloads(load: f32) -> Option<i64> {
    (load >= 0.0).then(|| (f64::from(load) * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_of_one_thread_is_a_thousand() {
        assert_eq!(milliloads(1.0), Some(1000));
        assert_eq!(milliloads(0.23), Some(230));
        assert_eq!(milliloads(f32::NAN), None);
        assert_eq!(milliloads(-1.0), None);
    }
}
