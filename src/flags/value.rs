//! Checks of single values, with the texts of Go's own errors, and the comma-separated lists.

use super::record::Kind;
use heapster_gotext::{parse_bool, parse_duration, parse_int};
use heapster_plugin::uri::Uri;
use std::net::IpAddr;

/// Whether a flag of `kind` can take `text`.
///
/// # Errors
/// The reason, as the original words it.
pub(crate) fn check(kind: Kind, text: &str) -> Result<(), String> {
    match kind {
        Kind::Text | Kind::Path => Ok(()),
        Kind::Bool => parse_bool(text).map(drop),
        Kind::Int => parse_int(text).map(drop),
        Kind::Duration => parse_duration(text).map(drop),
        Kind::Csv => csv(text).map(drop),
        Kind::Uri => uri(text).map(drop),
        Kind::Address => match text.trim().parse::<IpAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("failed to parse IP: {text:?}")),
        },
        Kind::Severity => severity(text).map(drop),
        Kind::Modules => modules(text).map(drop),
        Kind::NamedPair => match text.contains(',') {
            true => Ok(()),
            false => Err("expected comma separated certificate and key file paths".to_owned()),
        },
    }
}

/// Reads the URI of a source or sink; variables come from the environment.
///
/// # Errors
/// The text of the URI's own error.
pub(crate) fn uri(text: &str) -> Result<Uri, String> {
    Uri::parse(text, |name| std::env::var(name).ok()).map_err(|error| error.to_string())
}

/// The number of a severity: 0 for INFO to 3 for FATAL.
///
/// # Errors
/// Anything that is neither a name nor a number.
pub(crate) fn severity(text: &str) -> Result<u8, String> {
    const NAMES: [&str; 4] = ["INFO", "WARNING", "ERROR", "FATAL"];
    if let Some(at) = NAMES.iter().position(|name| text.eq_ignore_ascii_case(name)) {
        return Ok(u8::try_from(at).unwrap_or(3));
    }
    let number = parse_int(text)?;
    Ok(u8::try_from(number.clamp(0, 3)).unwrap_or(0))
}

/// Reads `pattern=N,…`.
///
/// # Errors
/// A part without `=`, without a pattern, or whose level is no number.
pub(crate) fn modules(text: &str) -> Result<Vec<(String, i64)>, String> {
    let syntax = || "syntax error: expect comma-separated list of filename=N".to_owned();
    text.split(',')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (pattern, level) = part.rsplit_once('=').ok_or_else(syntax)?;
            if pattern.is_empty() {
                return Err(syntax());
            }
            Ok((pattern.to_owned(), parse_int(level)?))
        })
        .collect()
}

/// Reads one record of comma-separated values; double quotes enclose values with commas or quotes, which are doubled.
///
/// # Errors
/// A quote inside a value that is not quoted, text behind a closing quote, or no closing quote.
pub(crate) fn csv(text: &str) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    if text.is_empty() {
        return Ok(values);
    }
    let mut rest = text;
    loop {
        let (value, tail) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted)?,
            None => {
                let (value, tail) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                if value.contains('"') {
                    return Err("parse error on line 1: bare \" in non-quoted field".to_owned());
                }
                (value.to_owned(), tail)
            }
        };
        values.push(value);
        match tail.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(values),
        }
    }
}

/// The value up to its closing quote, and what follows that: a comma or nothing.
fn quoted_value(text: &str) -> Result<(String, &str), String> {
    let stray = || "parse error on line 1: extraneous or missing \" in quoted-field".to_owned();
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, tail) = rest.split_once('"').ok_or_else(stray)?;
        value.push_str(part);
        if let Some(after) = tail.strip_prefix('"') {
            value.push('"');
            rest = after;
        } else if tail.is_empty() || tail.starts_with(',') {
            return Ok((value, tail));
        } else {
            return Err(stray());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_csv_record() {
        assert_eq!(csv("a,b").unwrap(), ["a", "b"]);
        assert_eq!(
            csv("\"a,b\",c\"").unwrap_err(),
            "parse error on line 1: bare \" in non-quoted field"
        );
        assert_eq!(csv("\"a,\"\"b\",c").unwrap(), ["a,\"b", "c"]);
        assert_eq!(csv("").unwrap(), [""; 0]);
        assert_eq!(csv("a,").unwrap(), ["a", ""]);
        assert!(csv("\"a").is_err() && csv("\"a\"b").is_err());
    }

    #[test]
    fn a_module_pattern_may_be_a_star() {
        assert_eq!(modules("*=4").unwrap(), [("*".to_owned(), 4)]);
        assert_eq!(
            modules("manager=2,k*=1").unwrap(),
            [("manager".to_owned(), 2), ("k*".to_owned(), 1)]
        );
        assert!(modules("manager").is_err() && modules("=1").is_err() && modules("a=b").is_err());
    }

    #[test]
    fn severities_have_names_and_numbers() {
        assert_eq!(
            (severity("warning"), severity("2"), severity("9")),
            (Ok(1), Ok(2), Ok(3))
        );
        assert!(severity("loud").is_err());
    }
}
