//! JSON strings.

use crate::out::Out;

/// Appends `text` as a JSON string with Go's escapes: `<`, `>`, `&`, U+2028 and U+2029 are written as `\u…`.
pub fn push_json_string(out: &mut impl Out, text: &str) {
    push(out, text, true);
}

/// The same with `<`, `>` and `&` as they are, as a Go encoder writes after `SetEscapeHTML(false)`.
pub fn push_json_string_plain(out: &mut impl Out, text: &str) {
    push(out, text, false);
}

fn push(out: &mut impl Out, text: &str, html: bool) {
    out.push_text("\"");
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, byte) in bytes.iter().enumerate() {
        // What is not escaped goes on; U+2028 and U+2029 are the bytes E2 80 A8 and E2 80 A9.
        let (escape, length) = match byte {
            b'"' => ("\\\"", 1),
            b'\\' => ("\\\\", 1),
            b'\n' => ("\\n", 1),
            b'\r' => ("\\r", 1),
            b'\t' => ("\\t", 1),
            0x08 => ("\\b", 1),
            0x0c => ("\\f", 1),
            b'<' if html => ("\\u003c", 1),
            b'>' if html => ("\\u003e", 1),
            b'&' if html => ("\\u0026", 1),
            0xe2 => match bytes.get(at + 1..at + 3) {
                Some([0x80, 0xa8]) => ("\\u2028", 3),
                Some([0x80, 0xa9]) => ("\\u2029", 3),
                _ => continue,
            },
            0x00..=0x0f => ("\\u000", 0),
            0x10..=0x1f => ("\\u001", 0),
            _ => continue,
        };
        out.push_text(text.get(written..at).unwrap_or_default());
        out.push_text(escape);
        if length == 0 {
            let digit = usize::from(byte & 0xf);
            out.push_text("0123456789abcdef".get(digit..=digit).unwrap_or_default());
        }
        written = at + length.max(1);
    }
    out.push_text(text.get(written..).unwrap_or_default());
    out.push_text("\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_in_go_and_read_back() {
        let text = "a<b>&\"\\\n\u{1}\u{2028}ü€";
        let mut out = String::new();
        push_json_string(&mut out, text);
        assert_eq!(out, r#""a\u003cb\u003e\u0026\"\\\n\u0001\u2028ü€""#);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
