//! Booleans and integers.

use crate::out::Out;

/// Appends an integer in decimal.
pub fn push_int(out: &mut impl Out, value: i64) {
    out.push_text(itoa::Buffer::new().format(value));
}

/// Appends an unsigned integer in decimal.
pub fn push_uint(out: &mut impl Out, value: u64) {
    out.push_text(itoa::Buffer::new().format(value));
}

/// Reads a boolean: `1 t T TRUE true True 0 f F FALSE false False`.
///
/// # Errors
/// The text of Go's own error for anything else: `strconv.ParseBool: parsing "maybe": invalid syntax`.
pub fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(invalid("ParseBool", text)),
    }
}

/// Reads a signed integer with base prefix (`0x`, `0o`, `0b`, or a leading `0` for octal), sign, and `_` between digits
/// after a prefix.
///
/// # Errors
/// `strconv.ParseInt: parsing "abc": invalid syntax`, or `…: value out of range`.
pub fn parse_int(text: &str) -> Result<i64, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = magnitude("ParseInt", text, digits)?;
    let value = i128::from(magnitude) * if negative { -1 } else { 1 };
    i64::try_from(value).map_err(|_| out_of_range("ParseInt", text))
}

/// Reads an unsigned integer with the bases of [`parse_int`].
///
/// # Errors
/// `strconv.ParseUint: parsing "-1": invalid syntax`, or `…: value out of range`.
pub fn parse_uint(text: &str) -> Result<u64, String> {
    magnitude("ParseUint", text, text)
}

fn magnitude(function: &str, whole: &str, digits: &str) -> Result<u64, String> {
    let lower = digits.to_ascii_lowercase();
    let (radix, rest) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)),
        [b'0', b'b', ..] => (2, lower.get(2..)),
        [b'0', b'o', ..] => (8, lower.get(2..)),
        [b'0', _, ..] => (8, lower.get(1..)),
        _ => (10, Some(lower.as_str())),
    };
    let rest = rest.unwrap_or("");
    let plain = if radix == 10 {
        rest.to_owned()
    } else {
        rest.replace('_', "")
    };
    if plain.is_empty() || !plain.chars().all(|c| c.is_digit(radix)) {
        return Err(invalid(function, whole));
    }
    u64::from_str_radix(&plain, radix).map_err(|_| out_of_range(function, whole))
}

fn invalid(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing {}: invalid syntax", quote(text))
}

fn out_of_range(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing {}: value out of range", quote(text))
}

/// Puts text between double quotes as Go's `%q` does for printable text.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_those_of_go() {
        assert_eq!(parse_bool("T"), Ok(true));
        assert_eq!(parse_bool("False"), Ok(false));
        assert_eq!(
            parse_bool("yes").unwrap_err(),
            r#"strconv.ParseBool: parsing "yes": invalid syntax"#
        );
    }

    #[test]
    fn integers_take_every_base() {
        for (text, value) in [
            ("10", 10),
            ("-0x1F", -31),
            ("017", 15),
            ("0o17", 15),
            ("0b11", 3),
            ("+5", 5),
            ("0", 0),
        ] {
            assert_eq!(parse_int(text), Ok(value), "{text}");
        }
        assert_eq!(parse_int("-9223372036854775808"), Ok(i64::MIN));
        for bad in ["", "-", "abc", "1_0", "08", "0x", "1.5", " 1"] {
            assert!(parse_int(bad).unwrap_err().ends_with("invalid syntax"), "{bad}");
        }
        assert!(
            parse_int("9223372036854775808")
                .unwrap_err()
                .ends_with("value out of range")
        );
        assert!(parse_uint("-1").is_err());
    }
}
