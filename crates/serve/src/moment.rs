//! Times as text, fast: a large answer holds a million of them.

use heapster_plugin::model::Timestamp;

const SECONDS_A_DAY: i64 = 86_400;

/// Appends a time in RFC 3339, UTC, with up to nine fractional digits and no zeros at their end: the text of the time's
/// own `Display`, without a formatter in between.
///
/// Source of the calendar: days since 0000-03-01 in eras of 400 years (Howard Hinnant, `civil_from_days`).
pub(crate) fn push_time(out: &mut String, time: Timestamp) {
    let (seconds, nanos) = (time.secs(), time.nanos().rem_euclid(1_000_000_000));
    let (days, of_day) = (
        seconds.div_euclid(SECONDS_A_DAY),
        seconds.rem_euclid(SECONDS_A_DAY),
    );
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    push_padded(out, year, 4);
    for (mark, number) in [
        ('-', month),
        ('-', day),
        ('T', of_day / 3600),
        (':', of_day / 60 % 60),
        (':', of_day % 60),
    ] {
        out.push(mark);
        push_padded(out, number, 2);
    }
    if nanos != 0 {
        out.push('.');
        push_padded(out, nanos, 9);
        out.truncate(out.trim_end_matches('0').len());
    }
    out.push('Z');
}

/// Appends the last `digits` decimal digits of a number that is not negative.
fn push_padded(out: &mut String, number: i64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        out.push(char::from_digit(u32::try_from(digit).unwrap_or(0), 10).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(nanos: i64) -> String {
        let mut out = String::new();
        push_time(&mut out, Timestamp::from_nanos(nanos));
        out
    }

    #[test]
    fn leap_days_and_both_ends_of_time_are_right() {
        for time in [
            "2024-02-29T23:59:59Z",
            "2000-02-29T00:00:00Z",
            "1970-01-01T00:00:00.5Z",
        ] {
            assert_eq!(text(Timestamp::parse(time).unwrap().nanos()), time);
        }
        for nanos in [i64::MIN, i64::MAX] {
            assert_eq!(text(nanos), Timestamp::from_nanos(nanos).to_string());
        }
    }

    proptest! {
        #[test]
        fn the_text_is_that_of_the_timestamp_itself(nanos: i64) {
            prop_assert_eq!(text(nanos), Timestamp::from_nanos(nanos).to_string());
        }
    }
}
