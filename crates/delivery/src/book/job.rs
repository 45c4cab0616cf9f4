//! What passes between the book and its spool.

use heapster_spool::Head;
use std::sync::Arc;

/// A parcel that is to be written.
#[derive(Debug)]
pub(crate) struct Append<P> {
    pub(crate) seq: u64,
    pub(crate) head: Head,
    pub(crate) parcel: Arc<P>,
}

/// What the spool has to do next.
#[derive(Debug)]
pub(crate) enum Job<P> {
    /// Records below this number are done.
    Advance(u64),
    /// Write what is left of the record in hand.
    SaveRest(Append<P>),
    /// Read the record with this number.
    Load(u64),
    /// Write a new record.
    Append(Append<P>),
}

/// How writing a record ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It is there.
    Written,
    /// It never will be.
    TooLarge,
    /// It is not; another try may do.
    Failed,
}

/// How reading a record ended.
#[derive(Debug)]
pub(crate) enum Loaded<P> {
    /// This is it.
    Parcel(Arc<P>),
    /// It is not as it was written.
    Damaged,
    /// The disk does not answer as it should; another try may do.
    Failed,
}
