//! Numbers as people read them: three digits, whatever the size.

use std::time::Duration;

/// What stands for a number that is not known.
pub(crate) const UNKNOWN: &str = "-";

const BINARY: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const DECIMAL: [&str; 6] = ["", "k", "M", "G", "T", "P"];

/// Bytes: `0 B`, `1.50 KiB`, `16.0 EiB`.
pub(crate) fn bytes(value: Option<f64>) -> String {
    let Some(value) = known(value) else {
        return UNKNOWN.to_owned();
    };
    let (number, unit) = scale(value, 1024.0, &BINARY);
    if unit == "B" {
        return format!("{number:.0} B");
    }
    format!("{} {unit}", three_digits(number))
}

/// Bytes a second: `1.50 KiB/s`.
pub(crate) fn rate(value: Option<f64>) -> String {
    match known(value) {
        Some(value) => format!("{}/s", bytes(Some(value))),
        None => UNKNOWN.to_owned(),
    }
}

/// Cores to the thousandth: `0.250`, `12.50`, `640.0`, `1.28k`.
pub(crate) fn cores(value: Option<f64>) -> String {
    let Some(value) = known(value) else {
        return UNKNOWN.to_owned();
    };
    match value {
        ..9.9995 => format!("{value:.3}"),
        ..99.995 => format!("{value:.2}"),
        ..999.5 => format!("{value:.1}"),
        _ => {
            let (number, unit) = scale(value, 1000.0, &DECIMAL);
            format!("{}{unit}", three_digits(number))
        }
    }
}

/// A share as a percentage: `7%`.
pub(crate) fn percent(share: Option<f64>) -> String {
    match known(share) {
        Some(share) if share < 9.995 => format!("{:.0}%", share * 100.0),
        Some(_) => ">999%".to_owned(),
        None => UNKNOWN.to_owned(),
    }
}

/// An age: `7 s`, `3 min 5 s`, `2 h 3 min`, `4 d 2 h`.
pub(crate) fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

fn known(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite() && *value >= 0.0)
}

/// `value` in the first unit in which it has at most three digits before the point; the last one takes what is larger.
fn scale<'a>(mut value: f64, base: f64, units: &[&'a str]) -> (f64, &'a str) {
    let mut unit = "";
    for (place, next) in units.iter().enumerate() {
        unit = next;
        if value < 999.5 || place + 1 == units.len() {
            break;
        }
        value /= base;
    }
    (value, unit)
}

fn three_digits(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        ..999_999.5 => format!("{value:.0}"),
        _ => format!("{value:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_three_digits() {
        for (value, text) in [
            (0.0, "0 B"),
            (999.0, "999 B"),
            (1000.0, "0.98 KiB"),
            (1536.0, "1.50 KiB"),
            (8_589_934_592.0, "8.00 GiB"),
            (1_072_693_248.0, "1.00 GiB"),
            (18_446_744_073_709_551_615.0, "16.0 EiB"),
            (1e300, "8.7e281 EiB"),
            (f64::NAN, "-"),
            (f64::INFINITY, "-"),
            (-1.0, "-"),
        ] {
            assert_eq!(bytes(Some(value)), text);
        }
        assert_eq!(rate(Some(2048.0)), "2.00 KiB/s");
        assert_eq!((bytes(None).as_str(), rate(None).as_str()), ("-", "-"));
    }

    #[test]
    fn cores_are_exact_where_they_are_few() {
        for (value, text) in [
            (0.0, "0.000"),
            (0.25, "0.250"),
            (9.9996, "10.00"),
            (99.996, "100.0"),
            (999.6, "1.00k"),
            (1_280.0, "1.28k"),
            (1.8e16, "18.0P"),
        ] {
            assert_eq!(cores(Some(value)), text);
        }
    }

    #[test]
    fn a_share_over_ten_is_not_counted_out() {
        assert_eq!(percent(Some(0.066)), "7%");
        assert_eq!(percent(Some(1.5)), "150%");
        assert_eq!(percent(Some(1e9)), ">999%");
        assert_eq!(percent(None), "-");
    }

    #[test]
    fn an_age_has_two_units_at_most() {
        for (seconds, text) in [
            (0, "0 s"),
            (185, "3 min 5 s"),
            (7_380, "2 h 3 min"),
            (352_800, "4 d 2 h"),
        ] {
            assert_eq!(age(Duration::from_secs(seconds)), text);
        }
    }
}
