//! One request of several.

use std::ops::Range;

/// The body of one request, and which values of the batch it is about.
#[derive(Debug)]
pub struct Chunk {
    /// The body.
    pub body: Vec<u8>,
    /// The positions of its values in the batch, with those that could not be written.
    pub positions: Range<usize>,
    /// The positions of values that no body can hold.
    pub unwritten: Vec<usize>,
    /// How many values are in the body.
    pub written: usize,
}
