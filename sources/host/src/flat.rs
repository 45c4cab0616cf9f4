//! Files of one number, and files of `key value` lines: `meminfo`, `vmstat`, and those of cgroups.
//!
//! Apart from `procfs`, whose readers of such files refuse all for one odd line, and whose `Meminfo` panics on a key that
//! does not end in ASCII and on sizes that overflow.

/// The only number of a file.
///
/// Errors: anything but one unsigned integer of 64 bits with blanks around it.
pub(crate) fn number(text: &[u8]) -> Result<u64, String> {
    integer(text.trim_ascii()).ok_or_else(|| "no number".to_owned())
}

/// The values of `keys` in a file of lines `key value`, `key: value` or `key: value kB`.
///
/// Shape: one value a key, in the order of `keys`; `None` for a key without line or without number; of two lines the first.
/// Units: the file's; what is given in kB is multiplied by 1024 and held at the largest number.
/// Errors: none of the keys is there.
pub(crate) fn values<const N: usize>(text: &[u8], keys: [&str; N]) -> Result<[Option<u64>; N], String> {
    let mut values = [None; N];
    for line in text.split(|byte| *byte == b'\n') {
        let mut words = line
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|word| !word.is_empty());
        let (Some(key), Some(value)) = (words.next(), words.next()) else {
            continue;
        };
        let key = key.strip_suffix(b":").unwrap_or(key);
        let known = keys
            .iter()
            .zip(&mut values)
            .find(|(known, _)| known.as_bytes() == key);
        if let Some((_, slot)) = known.filter(|(_, slot)| slot.is_none()) {
            let unit = if words.next() == Some(b"kB") { 1024 } else { 1 };
            *slot = integer(value).map(|value| value.saturating_mul(unit));
        }
    }
    if values.iter().all(Option::is_none) {
        return Err(format!("none of {}", keys.join(", ")));
    }
    Ok(values)
}

/// The largest signed integer instead of a negative one.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn integer(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_alone() {
        assert_eq!(number(b"18446744073709551615\n"), Ok(u64::MAX));
        for odd in [
            "",
            "\n",
            "-1\n",
            "1 2\n",
            "max\n",
            "18446744073709551616\n",
            "\u{e9}",
        ] {
            assert!(number(odd.as_bytes()).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn sizes_in_kilobytes_read_as_bytes_and_never_wrap() {
        let text = b"A:  2 kB\nB:18446744073709551615 kB\nB: 18446744073709551615 kB\nC 7\n";
        assert_eq!(
            values(text, ["A", "B", "C"]),
            Ok([Some(2048), Some(u64::MAX), Some(7)])
        );
    }

    #[test]
    fn an_odd_line_takes_only_its_own_value() {
        let text = b"A nonsense\n\xff\xfe\nB 2\n\xc3\xa9 3\n\n";
        assert_eq!(values(text, ["A", "B"]), Ok([None, Some(2)]));
        assert!(values(text, ["C"]).is_err());
    }

    #[test]
    fn a_number_beyond_the_signed_range_is_held() {
        assert_eq!(int(u64::MAX), i64::MAX);
    }
}
