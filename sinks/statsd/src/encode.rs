//! A batch as lines.

use crate::config::{Config, Form};
use crate::etsy;
use crate::keys::{Keys, push_clean};
use crate::tags::{Pairs, push_tags};
use heapster_gotext::{push_decimal, push_int};
use heapster_plugin::model::{Labels, Point, SetView, Value};
use heapster_socket::{Skipped, Socket};

/// Makes the lines of one batch.
#[derive(Debug)]
pub(crate) struct Encoder<'b, 'c> {
    config: &'c Config,
    keys: &'c mut Keys,
    pairs: Pairs<'b>,
    /// What the names of one set begin with.
    start: Vec<u8>,
    /// The tags of the plain values of one set.
    tags: Vec<u8>,
    skipped: Skipped,
}

impl<'b, 'c> Encoder<'b, 'c> {
    pub(crate) fn new(config: &'c Config, keys: &'c mut Keys) -> Self {
        Self {
            config,
            keys,
            pairs: Pairs::default(),
            start: Vec::new(),
            tags: Vec::new(),
            skipped: Skipped::default(),
        }
    }

    /// Appends the lines of one set.
    ///
    /// Shape: a line a value, `NAME:VALUE|g` with the labels in the name, `NAME,TAGS:VALUE|g`, or `NAME:VALUE|g|#TAGS`; plain
    /// values, then labeled ones. A negative value has a line with 0 before it, since a gauge with a sign is a change. Units: as
    /// stored; integers in decimal, floats in the fewest decimals that read back.
    /// Errors: none; NaN and infinite values, and lines beyond a datagram, are left out and counted.
    /// Source: Heapster 1.5 metrics/sinks/statsd. Differs: floats from 1e6 up had exponents, which not every server reads.
    pub(crate) fn push(&mut self, set: SetView<'b>, out: &mut Vec<u8>) {
        self.start.clear();
        self.tags.clear();
        match self.config.form {
            Form::Etsy => etsy::push_start(&mut self.start, set, self.config, self.keys, &mut self.pairs),
            form @ (Form::Influx | Form::Dog) => {
                self.start.extend_from_slice(self.config.prefix.as_bytes());
                self.pairs.all(set.labels(), None, self.config);
                push_tags(&mut self.tags, &mut self.pairs, form, self.keys);
            }
        }
        for point in set.points() {
            self.lines(set, point, None, out);
        }
        for one in set.labeled() {
            if self.config.form != Form::Etsy {
                self.tags.clear();
                self.pairs.all(set.labels(), Some(one.labels), self.config);
                push_tags(&mut self.tags, &mut self.pairs, self.config.form, self.keys);
            }
            self.lines(set, one.point, Some(one.labels), out);
        }
    }

    fn lines(&mut self, set: SetView<'b>, point: Point, own: Option<&Labels>, out: &mut Vec<u8>) {
        let value = point.value();
        let begin = out.len();
        match value {
            Value::Float(value) if !value.is_finite() => {
                self.skipped.unrepresentable += 1;
                return;
            }
            Value::Int(..0) => self.line(set, point, own, Value::Int(0), out),
            Value::Float(value) if value < 0.0 => self.line(set, point, own, Value::Int(0), out),
            Value::Int(_) | Value::Float(_) => {}
        }
        let zero = out.len();
        self.line(set, point, own, value, out);
        if out.len() - zero > Socket::LARGEST {
            self.skipped.too_large += 1;
            out.truncate(begin);
        }
    }

    fn line(&self, set: SetView<'b>, point: Point, own: Option<&Labels>, value: Value, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.start);
        let name = set.batch().metric_name(point.metric());
        match self.config.form {
            Form::Etsy => etsy::push_metric(out, name, own),
            Form::Influx => {
                push_clean(out, name, Form::Influx);
                out.extend_from_slice(&self.tags);
            }
            // Names hold letters, digits, `_` and `.` there.
            Form::Dog => out.extend(name.bytes().map(|byte| match byte {
                b'/' => b'.',
                b'.' | b'_' => byte,
                byte if byte.is_ascii_alphanumeric() => byte,
                _ => b'_',
            })),
        }
        out.push(b':');
        match value {
            Value::Int(value) => push_int(out, value),
            Value::Float(value) => push_decimal(out, value),
        }
        out.extend_from_slice(b"|g");
        if self.config.form == Form::Dog {
            out.extend_from_slice(&self.tags);
        }
        out.push(b'\n');
    }

    /// What was left out.
    pub(crate) fn finish(self) -> Skipped {
        self.skipped
    }
}

#[cfg(test)]
mod tests;
