//! Query parameters: the first of a name counts, unknown ones are ignored.

use heapster_gotext::quote;
use heapster_plugin::model::Timestamp;
use percent_encoding::percent_decode_str;

/// The decoded value of the first parameter with this name; an empty one counts as absent.
pub(crate) fn first(query: Option<&str>, name: &str) -> Option<String> {
    query?
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, _)| decode(key) == name)
        .map(|(_, value)| decode(value))
        .filter(|value| !value.is_empty())
}

/// Whether a parameter with this name is there, whatever its value.
pub(crate) fn given(query: Option<&str>, name: &str) -> bool {
    query.is_some_and(|query| {
        query
            .split('&')
            .any(|pair| pair.split('=').next().is_some_and(|key| decode(key) == name))
    })
}

/// Whether the switch with this name is on: it is given, and neither `false` nor `0`.
pub(crate) fn on(query: Option<&str>, name: &str) -> bool {
    given(query, name) && !matches!(first(query, name).as_deref(), Some("false" | "0"))
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// The pairs of `key:value,key:value`; values may hold colons.
///
/// # Errors
/// `invalid label pair "x"` for an item without colon, key or value.
pub(crate) fn label_pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |item: &str| match item.split_once(':') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("invalid label pair {}", quote(item))),
    };
    text.split(',').map(pair).collect()
}

/// Reads an RFC 3339 time as strictly as the original: capital `T` and `Z`, no blanks, any number of fractional digits.
/// Years that nanoseconds since 1970 cannot hold are held at the first and last that they can.
///
/// # Errors
/// `timestamp argument cannot be parsed: ` and what Go's parser says.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    shape(text).and_then(|()| moment(text)).map_err(|tail| {
        format!(
            "timestamp argument cannot be parsed: parsing time {}{tail}",
            quote(text)
        )
    })
}

fn shape(text: &str) -> Result<(), String> {
    const PARTS: [(&str, usize); 11] = [
        ("2006", 4),
        ("-", 0),
        ("01", 2),
        ("-", 0),
        ("02", 2),
        ("T", 0),
        ("15", 2),
        (":", 0),
        ("04", 2),
        (":", 0),
        ("05", 2),
    ];
    let mut rest = text;
    for (part, digits) in PARTS {
        let next = if digits == 0 {
            rest.strip_prefix(part)
        } else {
            after_digits(rest, digits)
        };
        rest = next.ok_or_else(|| cannot(rest, part))?;
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if after.len() == fraction.len() {
            return Err(cannot(rest, "Z07:00"));
        }
        rest = after;
    }
    let after_zone = rest.strip_prefix('Z').or_else(|| {
        let offset = rest.strip_prefix(['+', '-'])?;
        after_digits(after_digits(offset, 2)?.strip_prefix(':')?, 2)
    });
    match after_zone {
        None => Err(cannot(rest, "Z07:00")),
        Some("") => Ok(()),
        Some(extra) => Err(format!(": extra text: {}", quote(extra))),
    }
}

fn cannot(rest: &str, part: &str) -> String {
    format!(
        " as \"2006-01-02T15:04:05Z07:00\": cannot parse {} as {}",
        quote(rest),
        quote(part)
    )
}

fn after_digits(text: &str, count: usize) -> Option<&str> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
}

/// The moment of a text of the right shape.
fn moment(text: &str) -> Result<Timestamp, String> {
    let number = |at: usize, len: usize| {
        let digits = text.get(at..at + len).unwrap_or_default();
        digits.parse::<u32>().unwrap_or_default()
    };
    let year = number(0, 4);
    let fields = [
        ("month", 5, 1..=12),
        ("day", 8, 1..=31),
        ("hour", 11, 0..=23),
        ("minute", 14, 0..=59),
        ("second", 17, 0..=59),
    ];
    for (name, at, range) in fields {
        if !range.contains(&number(at, 2)) {
            return Err(format!(": {name} out of range"));
        }
    }
    match Timestamp::parse(&nine_digits(text)) {
        Some(time) => Ok(time),
        None if year <= 1678 => Ok(Timestamp::from_nanos(i64::MIN)),
        None if year >= 2261 => Ok(Timestamp::from_nanos(i64::MAX)),
        None => Err(": day out of range".to_owned()),
    }
}

/// The text with at most nine fractional digits; more than nanoseconds are cut.
fn nine_digits(text: &str) -> String {
    let Some((whole, rest)) = text.split_once('.') else {
        return text.to_owned();
    };
    let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = rest.strip_suffix(zone).unwrap_or_default();
    format!("{whole}.{}{zone}", digits.get(..9).unwrap_or(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_repeated_parameter_counts_and_an_empty_one_is_absent() {
        let query = Some("a=1&start=x%20y+z&start=2&end=&v");
        assert_eq!(first(query, "start").as_deref(), Some("x y z"));
        assert_eq!(first(query, "end"), None);
        assert_eq!(first(None, "start"), None);
        assert!(given(query, "v") && given(query, "end") && !given(query, "w"));
    }

    #[test]
    fn a_switch_is_on_when_it_is_given_unless_it_is_false() {
        let query = Some("a&b=true&c=false&d=0");
        assert_eq!(
            ["a", "b", "c", "d", "e"].map(|name| on(query, name)),
            [true, true, false, false, false]
        );
    }

    #[test]
    fn label_values_may_hold_colons() {
        let pairs = label_pairs("resource_id:8:0,a:b").unwrap();
        assert_eq!(
            pairs,
            [("resource_id".into(), "8:0".into()), ("a".into(), "b".into())]
        );
        for bad in ["x", "a:", ":b", "a:b,"] {
            let item = bad.rsplit(',').next().unwrap();
            assert_eq!(label_pairs(bad), Err(format!("invalid label pair \"{item}\"")));
        }
    }

    #[test]
    fn times_are_read_with_any_fraction_and_offset() {
        for (text, utc) in [
            ("2026-11-22T08:45:00Z", "2026-11-22T08:45:00Z"),
            ("2026-11-22T08:45:00.5+01:00", "2026-11-22T07:45:00.5Z"),
            (
                "2026-11-22T08:45:00.1234567891234Z",
                "2026-11-22T08:45:00.123456789Z",
            ),
        ] {
            assert_eq!(time(text).unwrap().to_string(), utc);
        }
        assert_eq!(
            time("0001-01-01T00:00:00Z").unwrap(),
            Timestamp::from_nanos(i64::MIN)
        );
        assert_eq!(
            time("9999-12-31T23:59:59Z").unwrap(),
            Timestamp::from_nanos(i64::MAX)
        );
    }

    #[test]
    fn times_are_read_strictly() {
        let head = "timestamp argument cannot be parsed: parsing time";
        assert_eq!(
            time("abc").unwrap_err(),
            format!("{head} \"abc\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"abc\" as \"2006\"")
        );
        let cases = [
            "",
            "1479800000",
            "2026-11-22",
            "2026-11-22 08:45:00Z",
            "2026-11-22t08:45:00z",
            "2026-11-22T08:45:00",
            "2026-11-22T08:45:00 01:00",
            "2026-11-22T08:45:00.Z",
            "2026-13-22T08:45:00Z",
            "2026-02-30T08:45:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T08:45:00Zx",
            "2026-11-22T08:45:00+0100",
        ];
        for text in cases {
            assert!(time(text).unwrap_err().starts_with(head), "{text}");
        }
    }
}
