//! The parts of a line, and the characters that they may hold.
//!
//! Source: the Wavefront data format; names and keys hold letters, digits and `,-./_`, a proxy refuses lines with others.

/// Appends a part of a metric's name or a tag's key. Slashes of a metric become dots before this.
pub(crate) fn push_name(out: &mut Vec<u8>, text: &str) {
    for c in text.chars() {
        let legal = matches!(c, ','..='9' | 'A'..='Z' | 'a'..='z' | '_');
        out.push(u8::try_from(c).ok().filter(|_| legal).unwrap_or(b'-'));
    }
}

/// Appends a metric's name with dots for slashes.
pub(crate) fn push_metric(out: &mut Vec<u8>, name: &str) {
    for (at, part) in name.split('/').enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        push_name(out, part);
    }
}

/// Appends a value between double quotes. A quote in it is escaped, and what would end the line or hide the closing quote is
/// replaced.
pub(crate) fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let stays = |byte: u8| byte >= b' ' && !matches!(byte, b'"' | b'\\' | 0x7f..);
    if text.bytes().all(stays) {
        out.extend_from_slice(text.as_bytes());
    } else {
        for c in text.chars() {
            match c {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.push(b'/'),
                c if c.is_control() => out.push(b' '),
                c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }
    out.push(b'"');
}

/// Appends `KEY="VALUE" `, nothing for an empty key or value.
pub(crate) fn push_tag(out: &mut Vec<u8>, key: &str, value: &str) {
    if !key.is_empty() && !value.is_empty() {
        push_name(out, key);
        out.push(b'=');
        push_quoted(out, value);
        out.push(b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_keep_what_a_proxy_takes() {
        assert_eq!(
            text(|out| push_name(out, "label.beta.kubernetes.io/os,A_z-0 ü\"=~")),
            "label.beta.kubernetes.io/os,A_z-0-----"
        );
        assert_eq!(text(|out| push_metric(out, "cpu/usage_rate")), "cpu.usage_rate");
        assert_eq!(text(|out| push_metric(out, "custom/a:b")), "custom.a-b");
    }

    #[test]
    fn values_cannot_leave_their_quotes_or_their_line() {
        assert_eq!(text(|out| push_quoted(out, "back end: ü")), "\"back end: ü\"");
        assert_eq!(text(|out| push_quoted(out, "a\"b\\\nc\u{7f}")), "\"a\\\"b/ c \"");
    }

    #[test]
    fn an_empty_tag_is_left_out() {
        assert_eq!(text(|out| push_tag(out, "k", "v")), "k=\"v\" ");
        assert_eq!(text(|out| push_tag(out, "k", "")), "");
        assert_eq!(text(|out| push_tag(out, "", "v")), "");
    }
}
