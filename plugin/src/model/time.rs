//! Points in time.

use std::fmt;
use std::num::NonZeroI64;
use std::time::Duration;

/// A point in time, in nanoseconds since the Unix epoch.
///
/// `Option<Timestamp>` is as small as an `i64`: the epoch itself cannot be expressed and reads as one nanosecond later.
/// "No time known" is `None`, which the wire formats print in the original's way as year 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(NonZeroI64);

#[allow(clippy::unwrap_used)] // evaluated by the compiler
const ONE: NonZeroI64 = NonZeroI64::new(1).unwrap();

impl Timestamp {
    /// The time `nanos` nanoseconds after the Unix epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        match NonZeroI64::new(nanos) {
            Some(nanos) => Self(nanos),
            None => Self(ONE),
        }
    }

    /// The time `seconds` seconds after the Unix epoch; what does not fit is held at the largest time.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self::from_nanos(seconds.saturating_mul(1_000_000_000))
    }

    /// This moment by the system's clock.
    #[must_use]
    pub fn now() -> Self {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Self::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0.get()
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.get().div_euclid(1_000_000_000)
    }

    /// The time from `earlier` to this one; zero when `earlier` is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.nanos().saturating_sub(earlier.nanos())).unwrap_or(0))
    }

    /// This time plus `by`, held at the largest time.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self::from_nanos(
            self.nanos()
                .saturating_add(i64::try_from(by.as_nanos()).unwrap_or(i64::MAX)),
        )
    }

    /// This time minus `by`, held at the smallest time.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self::from_nanos(
            self.nanos()
                .saturating_sub(i64::try_from(by.as_nanos()).unwrap_or(i64::MAX)),
        )
    }

    /// Reads an RFC 3339 time such as `2026-11-22T09:26:17.5Z`; `None` for anything else and for the zero time of Go.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time: jiff::Timestamp = text.parse().ok()?;
        let nanos = i64::try_from(time.as_nanosecond()).ok()?;
        Some(Self::from_nanos(nanos))
    }
}

/// RFC 3339 in UTC with up to nine fractional digits, trailing zeros removed: `2026-11-22T08:45:00.5Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.nanos())) {
            Ok(time) => fmt::Display::fmt(&time, f),
            Err(_) => f.write_str("0001-01-01T00:00:00Z"),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_time_costs_nothing() {
        assert_eq!(size_of::<Option<Timestamp>>(), 8);
    }

    #[test]
    fn the_epoch_reads_as_one_nanosecond_later() {
        assert_eq!(Timestamp::from_nanos(0).nanos(), 1);
        assert_eq!(Timestamp::from_nanos(-7).nanos(), -7);
    }

    #[test]
    fn text_and_nanoseconds_are_the_same_time() {
        let time = Timestamp::parse("2026-11-22T09:26:17.5+01:00").unwrap();
        assert_eq!(time.to_string(), "2026-11-22T08:26:17.5Z");
        assert_eq!(Timestamp::parse("0001-01-01T00:00:00Z"), None);
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
