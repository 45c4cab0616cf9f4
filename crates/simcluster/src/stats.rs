//! What was asked of the cluster, in total and round by round.
//!
//! A round is what a client asks of all kubelets in one cycle: the n-th request for figures to any node belongs to round n. No
//! client has to say when its cycle begins, but one that asks a kubelet twice a cycle is seen to make two rounds.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Rounds that are remembered.
const KEPT: usize = 64;

/// One round so far.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// From 0.
    pub number: u64,
    /// When its first request came.
    pub first_request: Instant,
    /// When its last request so far came.
    pub last_request: Instant,
    /// When its last answer so far was made up to its last byte.
    pub last_byte: Instant,
    /// Requests.
    pub requests: u32,
    /// Answers that were made whole.
    pub whole: u32,
    /// Bytes of these.
    pub bytes: u64,
}

/// Counts of all kinds.
#[derive(Debug, Default)]
struct Counts {
    connections: AtomicU64,
    requests: AtomicU64,
    refused: AtomicU64,
    bytes: AtomicU64,
    api_requests: AtomicU64,
    api_bytes: AtomicU64,
}

/// Totals since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub struct Totals {
    pub connections: u64,
    /// For figures.
    pub kubelet_requests: u64,
    pub kubelet_bytes: u64,
    pub api_requests: u64,
    pub api_bytes: u64,
    /// Without the right token.
    pub refused: u64,
}

/// The account of a cluster.
#[derive(Debug)]
pub struct Stats {
    counts: Counts,
    rounds: Mutex<Rounds>,
}

#[derive(Debug)]
struct Rounds {
    /// Requests so far by node.
    asked: Vec<u64>,
    recent: VecDeque<Round>,
    next: u64,
}

impl Stats {
    pub(crate) fn new(nodes: u32) -> Self {
        Self {
            counts: Counts::default(),
            rounds: Mutex::new(Rounds {
                asked: vec![0; usize::try_from(nodes).unwrap_or(0)],
                recent: VecDeque::new(),
                next: 0,
            }),
        }
    }

    pub(crate) fn connected(&self) {
        self.counts.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.counts.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn api_asked(&self) {
        self.counts.api_requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn api_sent(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(0);
        self.counts.api_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts a request for figures; the answer is the number of its round.
    pub(crate) fn asked(&self, node: u32) -> u64 {
        self.counts.requests.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let mut rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(asked) = usize::try_from(node)
            .ok()
            .and_then(|node| rounds.asked.get_mut(node))
        else {
            return 0;
        };
        let number = *asked;
        *asked += 1;
        if number >= rounds.next {
            rounds.next = number + 1;
            rounds.recent.push_back(Round {
                number,
                first_request: now,
                last_request: now,
                last_byte: now,
                requests: 0,
                whole: 0,
                bytes: 0,
            });
            if rounds.recent.len() > KEPT {
                rounds.recent.pop_front();
            }
        }
        if let Some(round) = rounds.round(number) {
            round.last_request = now;
            round.requests += 1;
        }
        number
    }

    /// Counts an answer that was made whole.
    pub(crate) fn answered(&self, round: u64, bytes: u64) {
        self.counts.bytes.fetch_add(bytes, Ordering::Relaxed);
        let now = Instant::now();
        let mut rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(round) = rounds.round(round) {
            round.last_byte = now;
            round.whole += 1;
            round.bytes += bytes;
        }
    }

    /// The newest rounds, oldest first.
    #[must_use]
    pub fn rounds(&self) -> Vec<Round> {
        let rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        rounds.recent.iter().copied().collect()
    }

    /// The newest round.
    #[must_use]
    pub fn newest(&self) -> Option<Round> {
        let rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        rounds.recent.back().copied()
    }

    /// Totals since the start.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Totals {
            connections: read(&self.counts.connections),
            kubelet_requests: read(&self.counts.requests),
            kubelet_bytes: read(&self.counts.bytes),
            api_requests: read(&self.counts.api_requests),
            api_bytes: read(&self.counts.api_bytes),
            refused: read(&self.counts.refused),
        }
    }
}

impl Rounds {
    fn round(&mut self, number: u64) -> Option<&mut Round> {
        self.recent.iter_mut().rev().find(|round| round.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_request_to_any_node_belongs_to_round_n() {
        let stats = Stats::new(2);
        assert_eq!([stats.asked(0), stats.asked(1), stats.asked(1)], [0, 0, 1]);
        stats.answered(0, 10);
        let rounds = stats.rounds();
        assert_eq!(rounds.len(), 2);
        assert_eq!((rounds[0].requests, rounds[0].whole, rounds[0].bytes), (2, 1, 10));
        assert_eq!(stats.newest().unwrap().number, 1);
    }
}
