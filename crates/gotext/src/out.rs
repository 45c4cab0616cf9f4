//! Where text is appended.

/// A buffer that text is appended to: a `String`, or a `Vec<u8>` for bodies of requests.
pub trait Out {
    /// Appends `text`.
    fn push_text(&mut self, text: &str);
}

impl Out for String {
    fn push_text(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Out for Vec<u8> {
    fn push_text(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

/// Appends ASCII digits.
pub(crate) fn push_ascii(out: &mut impl Out, digits: &[u8]) {
    out.push_text(std::str::from_utf8(digits).unwrap_or_default());
}

/// Appends the last `width` decimal digits of `value`, with zeros in front.
pub(crate) fn push_padded(out: &mut impl Out, value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    for digit in digits.iter_mut().rev().take(width) {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    push_ascii(
        out,
        digits
            .get(digits.len().saturating_sub(width)..)
            .unwrap_or_default(),
    );
}
