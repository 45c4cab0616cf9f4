//! Pauses between tries.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// Doubling pauses from one second to half a minute. Each is cut by up to a half at random, so that several programs whose
/// backend was away do not come back to it at the same moment.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    random: u64,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        let random = RandomState::new().build_hasher().finish() | 1;
        Self { next: FIRST, random }
    }

    /// The pause before the next try.
    pub(crate) fn pause(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        // xorshift64: no more is needed to spread pauses
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let cut = u32::try_from(self.random % 500).unwrap_or(0);
        whole - whole * cut / 1000
    }

    /// The backend took something: the next pause is short again.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_and_are_cut_by_less_than_a_half() {
        let mut backoff = Backoff::new();
        for whole in [1, 2, 4, 8, 16, 30, 30].map(Duration::from_secs) {
            let pause = backoff.pause();
            assert!(pause <= whole && pause > whole / 2, "{pause:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }

    #[test]
    fn two_pauses_differ() {
        let (mut a, mut b) = (Backoff::new(), Backoff::new());
        let pauses = |backoff: &mut Backoff| [(); 8].map(|()| backoff.pause());
        assert_ne!(pauses(&mut a), pauses(&mut b));
    }
}
