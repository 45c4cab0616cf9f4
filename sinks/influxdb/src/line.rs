//! Parts of the line protocol: `measurement,tag=value field=number time`.
//!
//! A backslash stands before what would end a part. The protocol has no way to write a line end, nor a backslash at the end of a
//! part, which would swallow what follows: a line end becomes `\n` in two characters, backslashes at the end are left out.

/// Which part of a line, and with it which characters are escaped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// Escapes `,` and space.
    Measurement,
    /// Escapes `,`, `=` and space; keys and values alike.
    Tag,
    /// Escapes `,`, `=`, `"` and space.
    FieldKey,
}

impl Part {
    const fn escapes(self, byte: u8) -> bool {
        match byte {
            b',' | b' ' => true,
            b'=' => !matches!(self, Self::Measurement),
            b'"' => matches!(self, Self::FieldKey),
            _ => false,
        }
    }
}

/// Appends `text` as such a part.
pub(crate) fn push(part: Part, text: &str, out: &mut Vec<u8>) {
    let mut rest = text.trim_end_matches('\\').as_bytes();
    let special = |byte: &u8| part.escapes(*byte) || matches!(byte, b'\n' | b'\r');
    while let Some((plain, [byte, after @ ..])) = rest
        .iter()
        .position(special)
        .and_then(|at| rest.split_at_checked(at))
    {
        out.extend_from_slice(plain);
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            byte => out.extend_from_slice(&[b'\\', *byte]),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
}

/// Appends `,key=value`; nothing when key or value is empty or of backslashes alone.
pub(crate) fn push_tag(key: &str, value: &str, out: &mut Vec<u8>) {
    let empty = |text: &str| text.trim_end_matches('\\').is_empty();
    if empty(key) || empty(value) {
        return;
    }
    out.push(b',');
    push(Part::Tag, key, out);
    out.push(b'=');
    push(Part::Tag, value, out);
}

#[cfg(test)]
pub(crate) mod tests;
