//! Kubernetes quantities: `100m`, `1Gi`, `1e3`, `12E`, `0.5`, `1n`.
//!
//! Source: the serialization format of Kubernetes (apimachinery `resource.Quantity`), whose `Value()` and `MilliValue()` round
//! up, away from zero.

/// How many digits are kept exactly; more only say that there is something above.
const DIGITS: u64 = 1_000_000_000_000_000_000;

/// The quantity in whole units, rounded away from zero and held inside the range of `i64`; `None` for what is no quantity.
pub(crate) fn whole(text: &str) -> Option<i64> {
    scaled(text, 0)
}

/// The quantity in thousandths, rounded away from zero and held inside the range of `i64`; `None` for what is no quantity.
pub(crate) fn milli(text: &str) -> Option<i64> {
    scaled(text, 3)
}

fn scaled(text: &str, thousandths: i64) -> Option<i64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = unsigned
        .find(|sign: char| !sign.is_ascii_digit() && sign != '.')
        .unwrap_or(unsigned.len());
    let (digits, suffix) = unsigned.split_at_checked(end)?;
    let number = Number::of(digits)?;
    let (kibi, decimal) = suffix_of(suffix)?;
    let size = number.times(kibi, decimal.saturating_add(thousandths));
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    Some(if negative { -size } else { size })
}

/// Digits as `mantissa` × 10^`exponent`, and whether there was more.
struct Number {
    mantissa: u64,
    exponent: i64,
    more: bool,
}

impl Number {
    fn of(digits: &str) -> Option<Self> {
        let mut number = Self {
            mantissa: 0,
            exponent: 0,
            more: false,
        };
        let (mut dots, mut count) = (0_i64, 0);
        for byte in digits.bytes() {
            if byte == b'.' {
                dots += 1;
                continue;
            }
            count += 1;
            let digit = u64::from(byte.wrapping_sub(b'0'));
            if number.mantissa < DIGITS {
                number.mantissa = number.mantissa * 10 + digit;
                number.exponent -= dots;
            } else {
                number.more |= digit != 0;
                number.exponent += 1 - dots;
            }
        }
        (count > 0 && dots <= 1).then_some(number)
    }

    /// The number times 1024^`kibi` times 10^`decimal`, rounded up and held inside the range of `u128`.
    fn times(&self, kibi: u32, decimal: i64) -> u128 {
        let exponent = self.exponent.saturating_add(decimal);
        let mantissa = u128::from(self.mantissa) << (10 * kibi.min(6));
        let power = u32::try_from(exponent.unsigned_abs())
            .ok()
            .and_then(|power| 10_u128.checked_pow(power));
        let more = u128::from(self.more);
        match power {
            _ if mantissa == 0 => more,
            Some(power) if exponent < 0 => {
                (mantissa / power).saturating_add(u128::from(!mantissa.is_multiple_of(power)).max(more))
            }
            Some(power) => mantissa.saturating_mul(power).saturating_add(more),
            None if exponent < 0 => 1,
            None => u128::MAX,
        }
    }
}

/// Powers of 1024 and of 10 that a suffix stands for.
fn suffix_of(suffix: &str) -> Option<(u32, i64)> {
    Some(match suffix {
        "" => (0, 0),
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        "Ki" => (1, 0),
        "Mi" => (2, 0),
        "Gi" => (3, 0),
        "Ti" => (4, 0),
        "Pi" => (5, 0),
        "Ei" => (6, 0),
        other => (0, i64::from(other.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_form_is_read_and_rounded_away_from_zero() {
        for (text, value, thousandths) in [
            ("100m", 1, 100),
            ("1Gi", 1 << 30, 1000 << 30),
            ("1e3", 1000, 1_000_000),
            ("1E-3", 1, 1),
            ("12E", i64::MAX, i64::MAX),
            ("9E", 9_000_000_000_000_000_000, i64::MAX),
            ("0.5", 1, 500),
            (".5", 1, 500),
            ("5.", 5, 5000),
            ("1n", 1, 1),
            ("100u", 1, 1),
            ("0", 0, 0),
            ("0.000Ki", 0, 0),
            ("1.5Ki", 1536, 1_536_000),
            ("3900m", 4, 3900),
            ("-1.2", -2, -1200),
            ("+2k", 2000, 2_000_000),
            ("1.0000000000000000000000001", 2, 1001),
            ("1.0000000000000000000000000", 1, 1000),
            (
                "1000000000000000000.0000000000001",
                1_000_000_000_000_000_001,
                i64::MAX,
            ),
            ("99999999999999999999999", i64::MAX, i64::MAX),
            ("-99999999999999999999999", -i64::MAX, -i64::MAX),
            ("1e-2147483648", 1, 1),
            ("1e2147483647", i64::MAX, i64::MAX),
            ("0e2147483647", 0, 0),
        ] {
            assert_eq!(
                (whole(text), milli(text)),
                (Some(value), Some(thousandths)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_quantity_gives_nothing() {
        for text in [
            "",
            "m",
            ".",
            "1.2.3",
            "1 Gi",
            "1K",
            "1ki",
            "1e",
            "1ee3",
            "--1",
            "1mm",
            "½",
            "1e99999999999",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_number_is_the_next_whole_one(value in 0_u64..1 << 53, decimals in 0_u32..12, power in 0_u32..4) {
            let divisor = 10_u64.pow(decimals);
            let text = format!("{}.{:0width$}", value / divisor, value % divisor, width = decimals as usize);
            for (suffix, factor) in [("", 1), ("k", 1000), ("Ki", 1024), ("e3", 1000), ("E+0", 1)] {
                let exact = i128::from(value) * factor;
                let expected = exact.div_euclid(divisor.into()) + i128::from(exact.rem_euclid(divisor.into()) != 0);
                let text = format!("{text}{suffix}");
                prop_assert_eq!(whole(&text).map(i128::from), Some(expected.min(i64::MAX.into())), "{}", &text);
                let negative = format!("-{text}");
                prop_assert_eq!(whole(&negative), whole(&text).map(|value| -value));
            }
            let text = format!("{value}e-{power}");
            prop_assert_eq!(whole(&text), i64::try_from(value.div_ceil(10_u64.pow(power))).ok());
        }

        #[test]
        fn any_text_is_read_or_not(text in "[-+.0-9eEmunkKMGTPi]{0,30}") {
            if let (Some(value), Some(thousandths)) = (whole(&text), milli(&text)) {
                prop_assert!(value.unsigned_abs() <= thousandths.unsigned_abs());
            }
        }
    }
}
