//! What an entity measures at a second: a pure function.
//!
//! With `age` the seconds since the start (0 before it), `draw(n)` a number made from the entity's key, and `scale` 1 for a
//! container, 4 for a system container and 40 for a node:
//!
//! | value | function |
//! |---|---|
//! | CPU, nanoseconds | `scale · (idle · age + busy · b(age))`; `idle` 1 to 41 ms/s, `busy` up to 300 ms/s, `b` counts every first half minute |
//! | working set | `scale · (8 MiB + draw % 120 MiB) + 64 KiB · w(age)`; `w` rises and falls by one a second, 0 to 300 |
//! | usage, RSS | working set + `draw % 32 MiB`; three quarters of the working set |
//! | page faults, major | `age · (1 + draw % 100)`; one in ten minutes |
//! | network bytes, errors | `age · (1,000 + draw % 100,000)`; one in an hour |
//! | filesystem | used = `draw % 64 MiB + 4 KiB · (age mod 3,600)` of 250 GiB; inodes used `8 + draw % 1,000` of 16 Mi |
//!
//! Counters never fall while an entity lives; a restarted container starts again from 0, with a new start time.

/// Mixes two numbers into one that looks random (SplitMix64).
#[must_use]
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
/// Size of every filesystem.
pub const CAPACITY_BYTES: u64 = 250 << 30;
/// Inodes of every filesystem.
pub const INODES: u64 = 16 << 20;

/// Something that is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entity {
    /// Where its values come from.
    pub key: u64,
    /// The second it started, as the kubelet tells it.
    pub start: i64,
    /// The second its counters count from; later than the start only when the kubelet lies.
    pub counts_from: i64,
    /// How much larger it is than a container.
    pub scale: u64,
}

/// CPU and memory.
///
/// Units: nanoseconds of CPU since the start, nanoseconds a second now, bytes, faults since the start.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs)] // the names say it
pub struct Usage {
    pub cpu_nanos: u64,
    pub cpu_nano_cores: u64,
    pub working_set: u64,
    pub usage: u64,
    pub rss: u64,
    pub page_faults: u64,
    pub major_page_faults: u64,
}

/// Bytes and errors since the start.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs)] // the names say it
pub struct Network {
    pub rx_bytes: u64,
    pub rx_errors: u64,
    pub tx_bytes: u64,
    pub tx_errors: u64,
}

/// Bytes and inodes in use.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs)] // the names say it
pub struct Filesystem {
    pub used_bytes: u64,
    pub inodes_used: u64,
}

/// Seconds in the first half of each minute, of the first `t`.
fn busy(t: u64) -> u64 {
    t / 60 * 30 + (t % 60).min(30)
}

impl Entity {
    pub(crate) fn new(key: u64, start: i64, scale: u64) -> Self {
        Self {
            key,
            start,
            counts_from: start,
            scale,
        }
    }

    /// A number that belongs to the entity.
    #[must_use]
    pub fn draw(&self, n: u64) -> u64 {
        mix(self.key, n)
    }

    /// Seconds for which the counters have run.
    #[must_use]
    pub fn age(&self, second: i64) -> u64 {
        u64::try_from(second.saturating_sub(self.counts_from)).unwrap_or(0)
    }

    /// CPU and memory at `second`.
    #[must_use]
    pub fn usage(&self, second: i64) -> Usage {
        let age = self.age(second);
        let (cpu, memory) = (self.draw(10), self.draw(11));
        let phase = cpu % 60;
        let idle = self.scale * (1_000_000 + (cpu >> 8) % 40_000_000);
        let more = self.scale * ((cpu >> 36) % 300_000_000);
        let now_busy = (age + phase) % 60 < 30;
        let wave = (age + memory % 600) % 600;
        let working_set =
            self.scale * (8 * MIB + (memory >> 16) % (120 * MIB)) + 64 * KIB * wave.abs_diff(300);
        Usage {
            cpu_nanos: idle * age + more * (busy(age + phase) - busy(phase)),
            cpu_nano_cores: idle + if now_busy { more } else { 0 },
            working_set,
            usage: working_set + (memory >> 8) % (32 * MIB),
            rss: working_set / 4 * 3,
            page_faults: age * (1 + memory % 100),
            major_page_faults: age / 600,
        }
    }

    /// The network at `second`.
    #[must_use]
    pub fn network(&self, second: i64) -> Network {
        let age = self.age(second);
        let draw = self.draw(12);
        Network {
            rx_bytes: age * self.scale * (1_000 + draw % 100_000),
            rx_errors: age / 3_600,
            tx_bytes: age * self.scale * (1_000 + (draw >> 32) % 100_000),
            tx_errors: age / 3_600,
        }
    }

    /// The filesystem of this number at `second`.
    #[must_use]
    pub fn filesystem(&self, number: u64, second: i64) -> Filesystem {
        let draw = self.draw(20 + number);
        Filesystem {
            used_bytes: self.scale * (draw % (64 * MIB)) + 4 * KIB * (self.age(second) % 3_600),
            inodes_used: 8 + (draw >> 40) % 1_000,
        }
    }
}

impl Usage {
    /// Adds a container to its pod's figures.
    pub fn add(&mut self, other: &Self) {
        self.cpu_nanos += other.cpu_nanos;
        self.cpu_nano_cores += other.cpu_nano_cores;
        self.working_set += other.working_set;
        self.usage += other.usage;
        self.rss += other.rss;
        self.page_faults += other.page_faults;
        self.major_page_faults += other.major_page_faults;
    }
}

#[cfg(test)]
mod tests;
