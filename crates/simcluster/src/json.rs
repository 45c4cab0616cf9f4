//! Writes JSON field by field into one buffer: no tree, no allocation a field.
//!
//! Indented text is what a kubelet sends (one space a level), compact text what an API server sends.

use crate::modes::Lie;
use bytes::Bytes;
use std::io::Write as _;

/// A full chunk is handed on.
pub(crate) const CHUNK: usize = 32 * 1024;
const INDENT: &[u8] = b"\n                ";

/// A document being written.
#[derive(Debug)]
pub(crate) struct Writer {
    out: Vec<u8>,
    pretty: bool,
    depth: usize,
    /// Whether the innermost list or object has an element already.
    filled: bool,
    /// How numbers are falsified.
    lie: Option<Lie>,
    numbers: u64,
    time: (i64, Vec<u8>),
}

impl Writer {
    pub(crate) fn new(pretty: bool, lie: Option<Lie>) -> Self {
        Self {
            out: Vec::with_capacity(CHUNK + CHUNK / 4),
            pretty,
            depth: 0,
            filled: false,
            lie,
            numbers: 0,
            time: (i64::MIN, Vec::new()),
        }
    }

    pub(crate) fn full(&self) -> bool {
        self.out.len() >= CHUNK
    }

    /// What was written since the last time.
    pub(crate) fn take(&mut self) -> Bytes {
        let next = Vec::with_capacity(CHUNK + CHUNK / 4);
        std::mem::replace(&mut self.out, next).into()
    }

    fn separate(&mut self) {
        if self.filled {
            self.out.push(b',');
        }
        self.filled = true;
        self.line();
    }

    fn line(&mut self) {
        if self.pretty && self.depth > 0 {
            let indent = INDENT.get(..=self.depth).unwrap_or(INDENT);
            self.out.extend_from_slice(indent);
        }
    }

    fn name(&mut self, name: &str) {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out
            .extend_from_slice(if self.pretty { b"\": " } else { b"\":" });
    }

    fn open(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.depth += 1;
        self.filled = false;
    }

    fn close(&mut self, bracket: u8) {
        self.depth = self.depth.saturating_sub(1);
        if self.filled {
            if self.pretty && self.depth == 0 {
                self.out.push(b'\n');
            }
            self.line();
        }
        self.out.push(bracket);
        self.filled = true;
    }

    /// An element of a list, or the document itself.
    pub(crate) fn item(&mut self) {
        self.separate();
        self.open(b'{');
    }

    pub(crate) fn object(&mut self, name: &str) {
        self.name(name);
        self.open(b'{');
    }

    pub(crate) fn end(&mut self) {
        self.close(b'}');
    }

    pub(crate) fn list(&mut self, name: &str) {
        self.name(name);
        self.open(b'[');
    }

    pub(crate) fn end_list(&mut self) {
        self.close(b']');
    }

    /// Forgets the nesting, for one document after another, each on its line.
    pub(crate) fn end_document(&mut self) {
        self.out.push(b'\n');
        self.filled = false;
        self.depth = 0;
    }

    fn quoted(&mut self, text: &[u8]) {
        self.out.push(b'"');
        self.out.extend_from_slice(text);
        self.out.push(b'"');
    }

    /// A text that needs no escapes: everything here is made of letters, digits and marks like `/`.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.quoted(text.as_bytes());
    }

    pub(crate) fn flag(&mut self, name: &str, flag: bool) {
        self.raw(name, if flag { "true" } else { "false" });
    }

    /// A value given as JSON text.
    pub(crate) fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A measured number; what a lying kubelet falsifies.
    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        let mut buffer = itoa::Buffer::new();
        match self.lie {
            Some(Lie::Negative) => {
                self.out.push(b'-');
                self.out
                    .extend_from_slice(buffer.format(number.max(1)).as_bytes());
            }
            Some(Lie::Wrapped) => self
                .out
                .extend_from_slice(buffer.format(u64::MAX - number).as_bytes()),
            Some(Lie::Types) => {
                self.numbers += 1;
                let digits = buffer.format(number);
                self.wrong_type(digits);
            }
            Some(Lie::Repeated | Lie::Duplicate | Lie::Nameless | Lie::Fallen) | None => {
                self.out.extend_from_slice(buffer.format(number).as_bytes());
            }
        }
    }

    fn wrong_type(&mut self, digits: &str) {
        match self.numbers % 7 {
            0 => self.quoted(digits.as_bytes()),
            1 => self.out.extend_from_slice(b"null"),
            2 => self.out.extend_from_slice(b"{}"),
            3 => self.out.extend_from_slice(b"[1, 2]"),
            4 => self.out.extend_from_slice(b"true"),
            5 => self.out.extend_from_slice(b"1e30"),
            _ => {
                self.out.extend_from_slice(digits.as_bytes());
                self.out.extend_from_slice(b".5");
            }
        }
    }

    /// A time of whole seconds, as RFC 3339 in UTC.
    pub(crate) fn time(&mut self, name: &str, second: i64) {
        self.name(name);
        if self.time.0 != second {
            self.time.0 = second;
            self.time.1.clear();
            let when = jiff::Timestamp::from_second(second).unwrap_or_default();
            write!(self.time.1, "\"{when}\"").ok();
        }
        self.out.extend_from_slice(&self.time.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(pretty: bool) -> String {
        let mut writer = Writer::new(pretty, None);
        writer.item();
        writer.number("a", 1);
        writer.list("b");
        writer.end_list();
        writer.list("c");
        writer.item();
        writer.time("t", 1_795_341_600);
        writer.end();
        writer.item();
        writer.end();
        writer.end_list();
        writer.end();
        String::from_utf8(writer.take().to_vec()).unwrap()
    }

    #[test]
    fn compact_text_has_no_space() {
        assert_eq!(
            sample(false),
            r#"{"a":1,"b":[],"c":[{"t":"2026-11-22T10:00:00Z"},{}]}"#
        );
    }

    #[test]
    fn indented_text_is_indented_as_a_kubelet_does() {
        let text = sample(true);
        assert_eq!(
            text,
            "{\n \"a\": 1,\n \"b\": [],\n \"c\": [\n  {\n   \"t\": \"2026-11-22T10:00:00Z\"\n  },\n  {}\n ]\n}"
        );
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["a"], 1);
    }
}
