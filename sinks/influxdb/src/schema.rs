//! How values become lines.

/// The unit of timestamps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Precision {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}

/// How a batch becomes lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Schema {
    pub(crate) with_fields: bool,
    pub(crate) without_counters: bool,
    pub(crate) cluster_name: String,
    pub(crate) precision: Precision,
    /// Labels that are no tags.
    pub(crate) dropped: Vec<&'static str>,
}
