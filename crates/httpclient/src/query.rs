//! Text inside a URL.

use heapster_gotext::push_query_escape;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// `name=value&…` in the order given, escaped as Go's `url.QueryEscape` does: a space is `+`.
#[must_use]
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        push_query_escape(&mut out, name);
        out.push('=');
        push_query_escape(&mut out, value);
    }
    out
}

/// One segment of a path, with `%2F` for a slash.
#[must_use]
pub fn path_segment(text: &str) -> String {
    percent_encode(text.as_bytes(), RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_escaped_as_go_does() {
        let text = query([
            ("db", ""),
            ("q", "CREATE DATABASE k8s WITH NAME \"default\" é&+%"),
        ]);
        assert_eq!(
            text,
            "db=&q=CREATE+DATABASE+k8s+WITH+NAME+%22default%22+%C3%A9%26%2B%25"
        );
    }

    #[test]
    fn a_path_segment_holds_no_slash() {
        assert_eq!(path_segment("a b/c~d"), "a%20b%2Fc~d");
    }
}
