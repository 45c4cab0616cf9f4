//! Everything at once: `/api/v1/metric-export`.

use super::program::Program;
use crate::Fallible;
use heapster_simcluster::process;
use std::time::Duration;
use tokio::time::Instant;

/// What it took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exported {
    pub(super) took: Duration,
    pub(super) cpu: Duration,
    pub(super) bytes: u64,
    /// Values in it.
    pub(super) values: u64,
    /// How much higher than the resident memory before the peak meanwhile was, in KiB.
    pub(super) more_kib: u64,
    pub(super) status: u16,
}

/// Asks once and counts the values while they arrive.
pub(super) async fn measure(program: &Program) -> Fallible<Exported> {
    let mut connection = program.connect().await?;
    process::reset_peak(program.pid());
    let before = program.memory().map_or(0, |memory| memory.resident_kib);
    let (cpu, started) = (program.cpu(), Instant::now());
    let mut count = Count::default();
    let answer = connection
        .get("/api/v1/metric-export", |piece| count.add(piece))
        .await?;
    let peak = program.memory().map_or(0, |memory| memory.peak_kib);
    Ok(Exported {
        took: started.elapsed(),
        cpu: program.cpu().saturating_sub(cpu),
        bytes: answer.bytes,
        values: count.found,
        more_kib: peak.saturating_sub(before),
        status: answer.status,
    })
}

const MARK: &[u8] = b"\"value\":";

/// Counts a mark in text that comes in pieces.
#[derive(Default)]
struct Count {
    found: u64,
    /// How much of the mark was there at the end of the last piece.
    begun: usize,
}

impl Count {
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            if MARK.get(self.begun) == Some(byte) {
                self.begun += 1;
                if self.begun == MARK.len() {
                    self.found += 1;
                    self.begun = 0;
                }
            } else {
                self.begun = usize::from(*byte == b'"');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_over_the_ends_of_pieces() {
        let text = br#"[{"value":1,"values":2,"value":3},{""value":4}]"#;
        for at in 0..text.len() {
            let (one, two) = text.split_at(at);
            let mut count = Count::default();
            count.add(one);
            count.add(two);
            assert_eq!(count.found, 3, "cut at {at}");
        }
    }
}
