//! What became of every item, as numbers that always add up.

use heapster_plugin::model::Timestamp;
use heapster_plugin::sink::Rejection;
use std::path::PathBuf;
use std::time::Duration;

/// Why items were given up. A closed list: they are label values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drop {
    /// The queue was full of newer parcels.
    QueueFull,
    /// The spool was full of newer parcels.
    SpoolFull,
    /// They waited longer than `maxage`.
    TooOld,
    /// The sink panicked.
    Panic,
    /// The sink did not say what became of them.
    Unreported,
    /// They could not be read back from the spool.
    Damaged,
    /// The program ended.
    Stopped,
}

impl Drop {
    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::SpoolFull => "spool_full",
            Self::TooOld => "too_old",
            Self::Panic => "panic",
            Self::Unreported => "unreported",
            Self::Damaged => "damaged",
            Self::Stopped => "stopped",
        }
    }
}

/// The ledger of one sink, at one moment: made = accepted + rejected + dropped + waiting.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ledger {
    /// Items meant for this sink: those of this run, and those that were in the spool when it began.
    pub made: u64,
    /// Items that the backend has.
    pub accepted: u64,
    /// Items that the backend will never take, by reason.
    pub rejected: Vec<(Rejection, u64)>,
    /// Items given up before the backend had them, by reason.
    pub dropped: Vec<(Drop, u64)>,
}

impl Ledger {
    /// Items that wait, or are on their way.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let rejected: u64 = self.rejected.iter().map(|(_, count)| count).sum();
        let dropped: u64 = self.dropped.iter().map(|(_, count)| count).sum();
        self.made.saturating_sub(self.accepted + rejected + dropped)
    }

    pub(crate) fn make(&mut self, count: u64) {
        self.made += count;
    }

    pub(crate) fn accept(&mut self, count: u64) {
        self.accepted += count;
    }

    pub(crate) fn reject(&mut self, reason: Rejection, count: u64) {
        add(&mut self.rejected, reason, count);
    }

    pub(crate) fn drop(&mut self, reason: Drop, count: u64) {
        add(&mut self.dropped, reason, count);
    }
}

fn add<R: PartialEq>(all: &mut Vec<(R, u64)>, reason: R, count: u64) {
    match all.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, known)) => *known += count,
        None if count > 0 => all.push((reason, count)),
        None => {}
    }
}

/// How a sink is, at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What became of every item.
    pub ledger: Ledger,
    /// Parcels that wait, on disk or in memory, without the one on its way.
    pub waiting_parcels: usize,
    /// How many of them are in memory.
    pub in_memory: usize,
    /// How many may wait in memory.
    pub capacity: usize,
    /// Whether one is on its way, or waits for its next try.
    pub in_hand: bool,
    /// Writes that failed, since the start.
    pub failures: u64,
    /// Writes that failed since the last one that did not.
    pub consecutive_failures: u64,
    /// When the last failure was, and what the sink said.
    pub last_error: Option<(Timestamp, String)>,
    /// When the backend last took anything.
    pub last_accepted: Option<Timestamp>,
    /// Time to the next try, while one is waited for.
    pub next_try: Option<Duration>,
    /// The spool, if there is one.
    pub spool: Option<SpoolSnapshot>,
}

/// How a spool is, at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpoolSnapshot {
    /// Its folder.
    pub folder: PathBuf,
    /// Parcels on disk.
    pub parcels: usize,
    /// Bytes of its files.
    pub bytes: u64,
    /// Its bound.
    pub max_bytes: u64,
    /// Why it cannot be used now.
    pub error: Option<String>,
}
