//! What a batch that goes out as text leaves behind.

use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};

/// How many values of a batch have no line.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Skipped {
    /// The protocol cannot express them.
    pub unrepresentable: usize,
    /// Their lines are longer than the server takes.
    pub too_large: usize,
}

impl Skipped {
    /// What became of `batch`, all of whose lines were sent.
    #[must_use]
    pub fn outcome(self, batch: &Batch) -> Outcome {
        let skipped = self.unrepresentable + self.too_large;
        Outcome::all(batch.value_count().saturating_sub(skipped))
            .and_rejected(Rejection::Unrepresentable, self.unrepresentable)
            .and_rejected(Rejection::TooLarge, self.too_large)
    }
}
