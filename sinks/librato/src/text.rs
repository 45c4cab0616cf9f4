//! What names and tags may hold.
//!
//! Source: Heapster 1.5 common/librato/librato.go; Librato's API for tagged measurements.

/// Which text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// The name of a metric: letters, digits, `.`, `:`, `_`; a slash is a dot. The original replaced `-` too, so it stays
    /// replaced; and it let `;<=>?@[\]^` pass, which the API refuses.
    Name,
    /// The name of a tag: letters, digits, `-`, `.`, `:`, `_`.
    Key,
    /// The value of a tag: as its name, and spaces.
    Value,
}

impl Kind {
    const fn longest(self) -> usize {
        match self {
            Self::Key => 64,
            Self::Name | Self::Value => 255,
        }
    }

    const fn takes(self, byte: u8) -> bool {
        match byte {
            b'-' => !matches!(self, Self::Name),
            b' ' => matches!(self, Self::Value),
            b'.' | b':' | b'_' => true,
            _ => byte.is_ascii_alphanumeric(),
        }
    }
}

/// Appends `text` with `_` for each character that may not stand there, cut where it is too long; `from` is where the whole
/// text begins in `out`. What is appended needs no escapes in JSON.
pub(crate) fn push_clean(out: &mut Vec<u8>, from: usize, kind: Kind, text: &str) {
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if kind.takes(*byte) {
            continue;
        }
        out.extend_from_slice(bytes.get(written..at).unwrap_or_default());
        written = at + 1;
        // One for each character, not for each of its bytes.
        if *byte == b'/' && kind == Kind::Name {
            out.push(b'.');
        } else if !(0x80..0xc0).contains(byte) {
            out.push(b'_');
        }
    }
    out.extend_from_slice(bytes.get(written..).unwrap_or_default());
    out.truncate(from.saturating_add(kind.longest()));
}

/// The same as a text of its own.
pub(crate) fn clean(kind: Kind, text: &str) -> String {
    let mut out = Vec::new();
    push_clean(&mut out, 0, kind, text);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_keeps_what_it_may_hold() {
        let text = "a/b-c;d=[e]^ é:1._";
        assert_eq!(clean(Kind::Name, text), "a.b_c_d__e____:1._");
        assert_eq!(clean(Kind::Key, text), "a_b-c_d__e____:1._");
        assert_eq!(clean(Kind::Value, text), "a_b-c_d__e__ _:1._");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = "x".repeat(300);
        assert_eq!(
            [Kind::Name, Kind::Key, Kind::Value].map(|kind| clean(kind, &long).len()),
            [255, 64, 255]
        );
    }

    #[test]
    fn the_length_counts_from_where_the_text_begins() {
        let mut out = b"ab".to_vec();
        push_clean(&mut out, 1, Kind::Key, &"y".repeat(80));
        assert_eq!(out.len(), 65);
    }
}
