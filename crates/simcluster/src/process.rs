//! CPU time and memory of processes, from the kernel's own account.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Resident memory of a process.
///
/// Units: KiB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Memory {
    /// Now.
    pub resident_kib: u64,
    /// At most so far.
    pub peak_kib: u64,
}

/// CPU time of this process, user and system.
#[must_use]
pub fn own_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

/// CPU time of a process, user and system; `None` when there is none of this id. The kernel tells it in ticks of 10 ms.
#[must_use]
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may hold anything.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let ticks_a_second = rustix::param::clock_ticks_per_second().max(1);
    Some(Duration::from_millis((user + system) * 1_000 / ticks_a_second))
}

/// Memory of a process, given as its id or `self`.
#[must_use]
pub fn memory(process: &str) -> Option<Memory> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    };
    Some(Memory {
        resident_kib: field("VmRSS:")?,
        peak_kib: field("VmHWM:")?,
    })
}

/// Lets the peak begin anew from what is resident now; only for processes of the same user.
pub fn reset_peak(pid: u32) {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_time_and_memory() {
        let pid = std::process::id();
        assert!(cpu(pid).is_some());
        let memory = memory("self").unwrap();
        assert!(memory.peak_kib >= memory.resident_kib && memory.resident_kib > 100);
        assert!(own_cpu() > Duration::ZERO);
        assert!(cpu(u32::MAX).is_none());
    }
}
