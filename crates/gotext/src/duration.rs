//! Durations: `1h2m3.5s`.

use std::fmt::Write as _;
use std::time::Duration;

/// Reads a duration: a sequence of decimal numbers with units `ns`, `us`, `µs`, `ms`, `s`, `m`, `h`, or a bare `0`.
///
/// # Errors
/// Go's own texts: `time: invalid duration "abc"`, `time: missing unit in duration "5"`, `time: unknown unit "d" in
/// duration "1d"`; a negative duration is refused as invalid, since nothing here can take one.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid = || format!("time: invalid duration {}", crate::quote(text));
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" || rest == "-0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let number_end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, tail) = rest.split_at(number_end);
        let unit_end = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(invalid());
        }
        let scale: u128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "" => return Err(format!("time: missing unit in duration {}", crate::quote(text))),
            other => {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    crate::quote(other),
                    crate::quote(text)
                ));
            }
        };
        nanos = digits(whole)
            .and_then(|whole| whole.checked_mul(scale))
            .and_then(|part| part.checked_add(fraction_of(fraction, scale)))
            .and_then(|part| nanos.checked_add(part))
            .filter(|total| *total <= i64::MAX as u128)
            .ok_or_else(invalid)?;
        rest = tail;
    }
    u64::try_from(nanos)
        .map(Duration::from_nanos)
        .map_err(|_| invalid())
}

fn digits(text: &str) -> Option<u128> {
    if text.is_empty() {
        Some(0)
    } else {
        text.parse().ok()
    }
}

fn fraction_of(digits: &str, scale: u128) -> u128 {
    let mut place = scale;
    let mut sum = 0;
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        place /= 10;
        sum += u128::from(digit) * place;
    }
    sum
}

/// Writes a duration as Go prints it: `0s`, `1.5µs`, `100ms`, `1m0s`, `1h0m0.5s`.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0s".to_owned();
    }
    for (limit, scale, unit) in [
        (1_000, 1, "ns"),
        (1_000_000, 1_000, "µs"),
        (1_000_000_000, 1_000_000, "ms"),
    ] {
        if nanos < limit {
            return format!("{}{unit}", decimal(nanos, scale));
        }
    }
    let minutes = nanos / 60_000_000_000;
    let mut out = String::new();
    if minutes >= 60 {
        push(&mut out, minutes / 60, 'h');
    }
    if minutes > 0 {
        push(&mut out, minutes % 60, 'm');
    }
    out.push_str(&decimal(nanos % 60_000_000_000, 1_000_000_000));
    out.push('s');
    out
}

fn push(out: &mut String, number: u128, unit: char) {
    // Writing to a String does not fail.
    let _infallible = write!(out, "{number}{unit}");
}

fn decimal(nanos: u128, scale: u128) -> String {
    let (whole, part) = (nanos / scale, nanos % scale);
    if part == 0 {
        return whole.to_string();
    }
    let width = scale.ilog10() as usize;
    format!("{whole}.{}", format!("{part:0width$}").trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        for (text, nanos) in [
            ("0s", 0),
            ("1ns", 1),
            ("1.5µs", 1_500),
            ("100ms", 100_000_000),
            ("20s", 20_000_000_000),
            ("1m0s", 60_000_000_000),
            ("1m0.5s", 60_500_000_000),
            ("1h0m0s", 3_600_000_000_000),
            ("10.000123456s", 10_000_123_456),
        ] {
            let duration = Duration::from_nanos(nanos);
            assert_eq!(format_duration(duration), text);
            assert_eq!(parse_duration(text), Ok(duration));
        }
    }

    #[test]
    fn every_spelling_of_go_is_read() {
        for (text, seconds) in [
            ("90s", 90.0),
            ("1m30s", 90.0),
            ("1.5h", 5400.0),
            ("0", 0.0),
            (".5s", 0.5),
            ("+5s", 5.0),
        ] {
            assert_eq!(parse_duration(text).unwrap().as_secs_f64(), seconds, "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused_in_its_words() {
        for (text, error) in [
            ("abc", r#"time: invalid duration "abc""#),
            ("", r#"time: invalid duration """#),
            ("5", r#"time: missing unit in duration "5""#),
            ("1d", r#"time: unknown unit "d" in duration "1d""#),
            ("1.2.3s", r#"time: invalid duration "1.2.3s""#),
            ("-5s", r#"time: invalid duration "-5s""#),
            ("9999999999h", r#"time: invalid duration "9999999999h""#),
        ] {
            assert_eq!(parse_duration(text).unwrap_err(), error);
        }
    }
}
