//! Times as kubelets write them.

use heapster_plugin::model::Timestamp;

/// Reads an RFC 3339 time such as `2026-11-22T09:26:17.5+01:00`. Year 1, years that do not fit and anything else give `None`.
///
/// A summary holds some hundred times, so this is by hand: fixed places, no calendar library.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *date
    else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if !(1..=12).contains(&month) || !(1..=days(year, month)).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let offset = match zone {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    seconds
        .checked_mul(1_000_000_000)?
        .checked_add(nanos)
        .map(Timestamp::from_nanos)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn two(high: u8, low: u8) -> Option<i64> {
    Some(digit(high)? * 10 + digit(low)?)
}

/// Nanoseconds of a fraction, if there is one, and what follows; digits beyond the ninth are dropped.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', digits)) = rest.split_first() else {
        return Some((0, rest));
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = digits.split_at_checked(count)?;
    if digits.is_empty() {
        return None;
    }
    let mut nanos = 0;
    for place in 0..9 {
        nanos = nanos * 10 + digits.get(place).map_or(Some(0), |byte| digit(*byte))?;
    }
    Some((nanos, zone))
}

const fn days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01; years begin in March here, so that a leap day ends one.
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let in_year = (month * 153 + 2) / 5 + day - 1;
    let in_era = year * 365 + year / 4 - year / 100 + year / 400 + in_year;
    in_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_read_as_the_model_reads_them() {
        for text in [
            "2026-11-22T09:26:17Z",
            "2026-11-22T09:26:17.5+01:00",
            "2024-02-29T23:59:59.999999999-11:30",
            "1970-01-01T00:00:00Z",
            "1900-03-01T00:00:00Z",
            "2000-02-29t00:00:00z",
        ] {
            assert_eq!(parse(text), Timestamp::parse(text), "{text}");
            assert!(parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22 09:26:17Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T09:26:17",
            "2026-11-22T09:26:17.Z",
            "2026-11-22T09:26:17+0100",
            "2026-11-22T09:26:17Züge",
            "２026-11-22T09:26:17Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_time_the_model_writes_reads_back(nanos in i64::MIN / 2..i64::MAX / 2) {
            let time = Timestamp::from_nanos(nanos);
            prop_assert_eq!(parse(&time.to_string()), Some(time));
        }

        #[test]
        fn no_text_stops_the_reader(text in ".{0,40}") {
            parse(&text);
        }
    }
}
