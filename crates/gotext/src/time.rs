//! Points in time.

use crate::out::{Out, push_padded};

/// Appends a time, in nanoseconds since the epoch, as Go's `time.RFC3339` does in UTC: `2018-03-01T12:00:00Z`. The part of a
/// second is cut off.
pub fn push_rfc3339(out: &mut impl Out, nanos: i64) {
    push_seconds(out, nanos);
    out.push_text("Z");
}

/// Appends a time, in nanoseconds since the epoch, as Go's `time.RFC3339Nano` does in UTC: up to nine decimals without
/// zeros at the end, none for a whole second (`2018-03-01T12:00:00.5Z`).
pub fn push_rfc3339_nano(out: &mut impl Out, nanos: i64) {
    push_seconds(out, nanos);
    let mut fraction = u64::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or_default();
    if fraction != 0 {
        let mut width = 9;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        out.push_text(".");
        push_padded(out, fraction, width);
    }
    out.push_text("Z");
}

fn push_seconds(out: &mut impl Out, nanos: i64) {
    let seconds = nanos.div_euclid(1_000_000_000);
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    for (separator, number, width) in [
        ("", year, 4),
        ("-", month, 2),
        ("-", day, 2),
        ("T", second / 3_600, 2),
        (":", second / 60 % 60, 2),
        (":", second % 60, 2),
    ] {
        out.push_text(separator);
        push_padded(out, u64::try_from(number).unwrap_or_default(), width);
    }
}

/// Year, month and day of a day counted from 1970-01-01. Years begin in March here, so that the leap day is the last one.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468; // from 0000-03-01
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153; // from March
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + i64::from(month >= 10);
    (year, if month < 10 { month + 3 } else { month - 9 }, day)
}
