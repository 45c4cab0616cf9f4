//! Quantiles over the last ten minutes in little memory.
//!
//! A value falls into a bin whose width is 2 % of it, so that the middle of the bin is within 1 % (the binning of
//! DDSketch). One sorted list holds the bins that are in use; a bin has one small counter for each of five slots of two
//! minutes, and leaves the list when the last slot that counted into it is over. So a series costs twelve bytes for each
//! *different* value of the last ten minutes: a node that is asked every five seconds has at most 120 of them, 1.5 KB.
//! Five sketches with dense bins (the crate `sketches-ddsketch`), one a slot, take 1 KB each per tenfold spread of the values.

use std::time::Duration;
use tokio::time::Instant;

/// The quantiles that are printed.
pub(crate) const QUANTILES: [(f64, &str); 3] = [(0.5, "0.5"), (0.9, "0.9"), (0.99, "0.99")];
/// The most that one summary takes in memory, in bytes, however many values it gets and however far they are spread.
pub const SUMMARY_BYTES: usize = MAX_BINS * size_of::<Bin>() + size_of::<Summary>();
/// Bins in use at a time: values spread 7,000-fold without a gap. Beyond that the smallest values share one bin.
const MAX_BINS: usize = 448;
const SLOTS: usize = 5;
const SLOT: Duration = Duration::from_secs(120);
/// Width of a bin as a ratio: (1 + a) / (1 - a) for an accuracy a of 1 %.
const GAMMA: f64 = 1.01 / 0.99;
/// The bin of zero and of whatever is below.
const ZERO: i16 = i16::MIN;

/// A summary: sum and count since the start, quantiles over the last ten minutes.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) sum: f64,
    pub(crate) count: u64,
    bins: Vec<Bin>,
    newest: usize,
    newest_began: Instant,
}

#[derive(Clone, Debug)]
struct Bin {
    index: i16,
    counts: [u16; SLOTS],
}

impl Bin {
    fn total(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }
}

impl Summary {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            sum: 0.0,
            count: 0,
            bins: Vec::new(),
            newest: 0,
            newest_began: now,
        }
    }

    /// Adds one value; a NaN is left out.
    pub(crate) fn observe(&mut self, value: f64, now: Instant) {
        if value.is_nan() {
            return;
        }
        self.turn(now);
        self.sum += value;
        self.count += 1;
        let index = bin_of(value);
        let at = match self.bins.binary_search_by_key(&index, |bin| bin.index) {
            Ok(at) => at,
            Err(at) => self.insert(at, index),
        };
        let newest = self.newest;
        if self.count_at(at).is_some_and(|count| *count == u16::MAX) {
            self.halve();
        }
        if let Some(count) = self.bins.get_mut(at).and_then(|bin| bin.counts.get_mut(newest)) {
            *count = count.saturating_add(1);
        }
    }

    /// The value below which the share `q` of the last ten minutes' values lies; NaN when there are none.
    ///
    /// Units: those of the observed values. Errors: within 1 %.
    pub(crate) fn quantile(&mut self, q: f64, now: Instant) -> f64 {
        self.turn(now);
        let total: u64 = self.bins.iter().map(Bin::total).sum();
        let rank = rank(q, total);
        let mut seen = 0;
        for bin in &self.bins {
            seen += bin.total();
            if seen >= rank {
                return middle(bin.index);
            }
        }
        f64::NAN
    }

    /// Bytes of memory, its own and what it points to.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.bins.capacity() * size_of::<Bin>()
    }

    fn count_at(&mut self, at: usize) -> Option<&mut u16> {
        let newest = self.newest;
        self.bins.get_mut(at).and_then(|bin| bin.counts.get_mut(newest))
    }

    /// Puts an empty bin at `at` and says where it is then: with all bins in use the two lowest become one first.
    fn insert(&mut self, at: usize, index: i16) -> usize {
        let bin = Bin {
            index,
            counts: [0; SLOTS],
        };
        if self.bins.len() < MAX_BINS {
            if self.bins.len() == self.bins.capacity() {
                self.bins.reserve_exact(8);
            }
            self.bins.insert(at, bin);
            return at;
        }
        if at == 0 {
            return 0;
        }
        let lowest = self.bins.remove(0);
        self.bins.insert(at - 1, bin);
        if let Some(next) = self.bins.first_mut() {
            for (count, more) in next.counts.iter_mut().zip(lowest.counts) {
                *count = count.saturating_add(more);
            }
        }
        at - 1
    }

    /// A counter is full: from here on old values weigh half. The shares stay what they are.
    fn halve(&mut self) {
        for bin in &mut self.bins {
            for count in &mut bin.counts {
                *count = count.div_ceil(2);
            }
        }
    }

    /// Forgets the slots that are over.
    fn turn(&mut self, now: Instant) {
        let mut turned = false;
        let mut slots = 0;
        while now.saturating_duration_since(self.newest_began) >= SLOT {
            if slots == SLOTS {
                self.newest_began = now;
                break;
            }
            slots += 1;
            turned = true;
            self.newest_began += SLOT;
            self.newest = (self.newest + 1) % SLOTS;
            let newest = self.newest;
            for bin in &mut self.bins {
                if let Some(count) = bin.counts.get_mut(newest) {
                    *count = 0;
                }
            }
        }
        if turned {
            self.bins.retain(|bin| bin.total() > 0);
            self.bins
                .shrink_to(self.bins.len().next_multiple_of(8).min(MAX_BINS));
        }
    }
}

/// The smallest rank that reaches the share `q` of `total`, from one on.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)] // totals are far below 2^53 and not negative
fn rank(q: f64, total: u64) -> u64 {
    ((q * total as f64).ceil() as u64).max(1)
}

#[allow(clippy::cast_possible_truncation)] // `as` holds what is out of range at the ends, which is what is wanted
fn bin_of(value: f64) -> i16 {
    if value <= 0.0 {
        return ZERO;
    }
    ((value.ln() / GAMMA.ln()).ceil() as i16).max(ZERO + 1)
}

fn middle(index: i16) -> f64 {
    if index == ZERO {
        return 0.0;
    }
    2.0 * GAMMA.powi(i32::from(index)) / (GAMMA + 1.0)
}

#[cfg(test)]
mod tests;
