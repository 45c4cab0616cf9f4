//! JSON text in the two layouts of the original, written straight into the body.

use crate::moment::push_time;
use heapster_gotext::{push_json_float, push_json_string};
use heapster_plugin::model::{Timestamp, Value};
use std::fmt::{Display, Write};

/// Writes one JSON document.
///
/// The pretty layout is that of the original's model API: one space for each level, every line but the first one space
/// further in, no newline at the end. The compact layout has no blanks; whoever wants a newline at its end adds it.
///
/// ```text
/// {
///   "metrics": [],
///   "latestTimestamp": "0001-01-01T00:00:00Z"
///  }
/// ```
#[derive(Debug)]
pub(crate) struct Json {
    out: String,
    pretty: bool,
    depth: usize,
    /// Nothing stands yet in the innermost list or object.
    first: bool,
    /// The next value belongs to the key just written.
    keyed: bool,
}

impl Json {
    /// A document in the pretty layout.
    pub(crate) const fn pretty() -> Self {
        Self::new(true)
    }

    /// A document in the compact layout.
    pub(crate) const fn compact() -> Self {
        Self::new(false)
    }

    const fn new(pretty: bool) -> Self {
        Self {
            out: String::new(),
            pretty,
            depth: 0,
            first: true,
            keyed: false,
        }
    }

    /// The text so far; the writer goes on behind it.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// Ends the finished document with a newline.
    pub(crate) fn newline(&mut self) {
        self.out.push('\n');
    }

    /// How many bytes wait to be taken.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Sets room aside.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.open('{');
        fill(self);
        self.close('}');
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.open('[');
        fill(self);
        self.close(']');
    }

    /// Begins a list or object that [`close`](Self::close) ends.
    pub(crate) fn open(&mut self, bracket: char) {
        self.before();
        self.out.push(bracket);
        self.depth += 1;
        self.first = true;
    }

    /// Ends what [`open`](Self::open) began.
    pub(crate) fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if !self.first {
            self.line();
        }
        self.out.push(bracket);
        self.first = false;
    }

    pub(crate) fn key(&mut self, key: &str) {
        self.before();
        push_json_string(&mut self.out, key);
        self.out.push_str(if self.pretty { ": " } else { ":" });
        self.keyed = true;
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.before();
        push_json_string(&mut self.out, text);
    }

    /// A key with a text.
    pub(crate) fn field(&mut self, key: &str, text: &str) {
        self.key(key);
        self.text(text);
    }

    /// Text that is JSON already: `null`, a quoted time.
    pub(crate) fn ready(&mut self, text: &str) {
        self.before();
        self.out.push_str(text);
    }

    /// A number.
    pub(crate) fn bare(&mut self, value: impl Display) {
        self.before();
        self.append(value);
    }

    /// A time; `None` is the zero time of the original, year 1.
    pub(crate) fn time(&mut self, time: Option<Timestamp>) {
        self.before();
        match time {
            Some(time) => {
                self.out.push('"');
                push_time(&mut self.out, time);
                self.out.push('"');
            }
            None => self.out.push_str("\"0001-01-01T00:00:00Z\""),
        }
    }

    /// A number as it is. The value must be finite; a float that is not reads `null`.
    pub(crate) fn number(&mut self, value: Value) {
        self.before();
        match value {
            Value::Int(value) => self.append(value),
            Value::Float(value) => {
                if !push_json_float(&mut self.out, value) {
                    self.out.push_str("null");
                }
            }
        }
    }

    /// Writing to a `String` cannot fail.
    fn append(&mut self, value: impl Display) {
        write!(self.out, "{value}").ok();
    }

    fn before(&mut self) {
        if std::mem::take(&mut self.keyed) || self.depth == 0 {
            return;
        }
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.line();
    }

    fn line(&mut self) {
        if self.pretty {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', self.depth + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(mut json: Json) -> String {
        json.object(|json| {
            json.key("metrics");
            json.array(|json| {
                json.object(|json| {
                    json.field("name", "a<b");
                    json.key("value");
                    json.number(Value::Float(1e21));
                });
                json.array(|_| {});
            });
            json.key("at");
            json.time(None);
        });
        json.take()
    }

    #[test]
    fn the_pretty_layout_sets_every_line_but_the_first_one_space_further_in() {
        let wanted = "{\n  \"metrics\": [\n   {\n    \"name\": \"a\\u003cb\",\n    \"value\": 1e+21\n   },\n   []\n  ],\n  \
                      \"at\": \"0001-01-01T00:00:00Z\"\n }";
        assert_eq!(sample(Json::pretty()), wanted);
    }

    #[test]
    fn the_compact_layout_has_no_blanks() {
        let wanted = r#"{"metrics":[{"name":"a\u003cb","value":1e+21},[]],"at":"0001-01-01T00:00:00Z"}"#;
        assert_eq!(sample(Json::compact()), wanted);
    }
}
