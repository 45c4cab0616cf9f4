//! Queries of URLs.

use crate::out::Out;

/// Appends `text` as Go's `url.QueryEscape` does: a space is `+`, letters, digits and `-_.~` stay, every other byte is `%XX`.
pub fn push_query_escape(out: &mut impl Out, text: &str) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            continue;
        }
        // Inside a character of several bytes there is nothing left to write, and the range is no character boundary.
        out.push_text(text.get(written..at).unwrap_or_default());
        written = at + 1;
        if byte == b' ' {
            out.push_text("+");
            continue;
        }
        out.push_text("%");
        for digit in [byte >> 4, byte & 0xf].map(usize::from) {
            out.push_text("0123456789ABCDEF".get(digit..=digit).unwrap_or_default());
        }
    }
    out.push_text(text.get(written..).unwrap_or_default());
}
