//! Kubernetes quantities: a whole number with the largest suffix for which it stays whole.

/// The decimal form of a number of thousandths: `1500` is `1500m`, `2000` is `2`.
///
/// Units: thousandths of a unit (millicores for CPU). Source: Kubernetes resource quantities, canonical form.
pub(crate) fn milli(value: i64) -> String {
    const SUFFIXES: [&str; 8] = ["m", "", "k", "M", "G", "T", "P", "E"];
    scaled(value, 1000, &SUFFIXES)
}

/// The binary form of a number of whole units: `2048` is `2Ki`. Below 1024 the decimal rule holds: `1000` is `1k`.
///
/// Units: bytes. Source: Kubernetes resource quantities, canonical form.
pub(crate) fn binary(value: i64) -> String {
    const SUFFIXES: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if value.unsigned_abs() < 1024 {
        scaled(value, 1000, &["", "k"])
    } else {
        scaled(value, 1024, &SUFFIXES)
    }
}

fn scaled(mut value: i64, step: i64, suffixes: &[&str]) -> String {
    if value == 0 {
        return "0".to_owned();
    }
    let mut at = 0;
    while at + 1 < suffixes.len() && value % step == 0 {
        value /= step;
        at += 1;
    }
    format!("{value}{}", suffixes.get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cpu_takes_the_largest_suffix_that_keeps_it_whole() {
        for (millicores, text) in [
            (0, "0"),
            (1, "1m"),
            (150, "150m"),
            (1000, "1"),
            (1500, "1500m"),
            (1_000_000, "1k"),
            (-250, "-250m"),
        ] {
            assert_eq!(milli(millicores), text);
        }
    }

    #[test]
    fn memory_takes_binary_suffixes_and_decimal_ones_below_1024() {
        for (bytes, text) in [
            (0, "0"),
            (500, "500"),
            (1000, "1k"),
            (1023, "1023"),
            (1024, "1Ki"),
            (1536, "1536"),
            (1_263_616, "1234Ki"),
            (1_048_576, "1Mi"),
            (1_610_612_736, "1536Mi"),
            (1_073_741_824, "1Gi"),
            (1_000_001, "1000001"),
            (1_000_000, "1000000"),
            (-2048, "-2Ki"),
            (i64::MIN, "-8Ei"),
        ] {
            assert_eq!(binary(bytes), text);
        }
    }

    proptest! {
        #[test]
        fn a_quantity_reads_back_as_the_number_it_was_made_of(value: i64) {
            let text = binary(value);
            let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
            let factor: i128 = match text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-') {
                "" => 1, "k" => 1000, "Ki" => 1 << 10, "Mi" => 1 << 20, "Gi" => 1 << 30,
                "Ti" => 1 << 40, "Pi" => 1 << 50, "Ei" => 1 << 60, other => panic!("suffix {other}"),
            };
            prop_assert_eq!(digits.parse::<i128>().unwrap() * factor, i128::from(value));
        }
    }
}
