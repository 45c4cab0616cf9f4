//! What the system knows about this process.

use procfs::process::{LimitValue, Process};

/// Name, kind, description and value.
type Reading = (&'static str, &'static str, &'static str, f64);

/// The families `process_*`; those that the system does not tell are left out.
///
/// Units: seconds, bytes, Unix time. Source: `/proc/self`; the names are those of all Prometheus clients.
pub(crate) fn read() -> Vec<Reading> {
    let mut all = Vec::with_capacity(6);
    let Ok(process) = Process::myself() else {
        return all;
    };
    if let Ok(limits) = process.limits() {
        let most = match limits.max_open_files.soft_limit {
            LimitValue::Unlimited => u64::MAX,
            LimitValue::Value(most) => most,
        };
        all.push((
            "process_max_fds",
            "gauge",
            "Most file descriptors that may be open",
            float(most),
        ));
    }
    if let Ok(open) = process.fd_count() {
        let open = float(u64::try_from(open).unwrap_or(u64::MAX));
        all.push((
            "process_open_fds",
            "gauge",
            "File descriptors that are open",
            open,
        ));
    }
    let Ok(stat) = process.stat() else {
        return all;
    };
    let ticks = float(procfs::ticks_per_second());
    let spent = float(stat.utime.saturating_add(stat.stime)) / ticks;
    let resident = float(stat.rss.saturating_mul(procfs::page_size()));
    all.push((
        "process_cpu_seconds_total",
        "counter",
        "CPU time used, user and system, in seconds",
        spent,
    ));
    all.push((
        "process_resident_memory_bytes",
        "gauge",
        "Memory held in RAM, in bytes",
        resident,
    ));
    let addressed = float(stat.vsize);
    all.push((
        "process_virtual_memory_bytes",
        "gauge",
        "Address space, in bytes",
        addressed,
    ));
    if let Ok(boot) = procfs::boot_time_secs() {
        let start = float(boot) + float(stat.starttime) / ticks;
        all.push((
            "process_start_time_seconds",
            "gauge",
            "When the process began, in Unix time",
            start,
        ));
    }
    all
}

#[allow(clippy::cast_precision_loss)] // what the wire format does with large numbers anyway
fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_all_six_families() {
        let all = read();
        assert_eq!(all.len(), 6, "{all:?}");
        assert!(all.iter().all(|(_, _, _, value)| *value >= 0.0));
    }
}
