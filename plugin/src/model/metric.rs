//! What a metric is.

use std::fmt;

/// The number of a metric. Numbers below [`CATALOGUE`](super::CATALOGUE)`.len()` are known at compile time and ascend with
/// the names' bytes; higher ones are interned by [`MetricNames`](super::MetricNames).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MetricId(pub u32);

/// How values of a metric follow each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum MetricType {
    /// Grows from the collection start on.
    Cumulative = 0,
    /// A momentary value.
    Gauge = 1,
    /// The change since the last value.
    Delta = 2,
}

/// The kind of number a metric has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum ValueType {
    /// A signed 64-bit integer.
    Int64 = 0,
    /// A 64-bit floating point number.
    Double = 1,
}

/// What one step of a value is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Units {
    /// A plain number.
    Count = 0,
    /// Bytes.
    Bytes = 1,
    /// Milliseconds.
    Milliseconds = 2,
    /// Nanoseconds.
    Nanoseconds = 3,
    /// Thousandths of a CPU core.
    Millicores = 4,
}

/// The description of one metric of the [`CATALOGUE`](super::CATALOGUE).
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Full name, such as `cpu/usage_rate`.
    pub name: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    /// The declared type; single values may be emitted as another one (`restart_count`).
    pub metric_type: MetricType,
    /// The kind of number.
    pub value_type: ValueType,
    /// What the number counts.
    pub units: Units,
    /// Whether values carry labels of their own (`resource_id`, accelerator labels).
    pub labeled: bool,
}

macro_rules! text_form {
    ($type:ty { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $type {
            /// The text the original's wire formats use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text_form!(MetricType { Cumulative => "cumulative", Gauge => "gauge", Delta => "delta" });
text_form!(ValueType { Int64 => "int64", Double => "double" });
text_form!(Units { Count => "", Bytes => "bytes", Milliseconds => "ms", Nanoseconds => "ns", Millicores => "millicores" });
