//! A batch as the bodies of requests.

use crate::config::{Config, Mode};
use crate::tags::{Form, push_clean};
use heapster_gotext::{Out, push_int, push_json_float};
use heapster_plugin::model::{Labels, Value};
use heapster_tally::{Chunk, Spot};
use std::iter::Peekable;
use std::sync::Arc;

/// Whole floats from here on read as integers that OpenTSDB cannot hold, unless they have an exponent.
const TOO_LONG: f64 = 9.2e18;

/// Cuts a batch into requests, one at a time, so that never more than those under way are in memory.
///
/// Shape: the values in batch order; in a body a JSON array (an object when there is one point), or a line a point.
/// Units: time in seconds, or milliseconds if asked for; values as stored, integers as such.
/// Errors: none; NaN and infinite values are left out and named. A point larger than the bound goes alone.
/// Source: Heapster 1.5 metrics/sinks/opentsdb/driver.go (names, tags); OpenTSDB 2.4 HTTP API.
pub(crate) struct Encoder<'a, I: Iterator<Item = Spot<'a>>> {
    config: &'a Config,
    form: Form,
    spots: Peekable<I>,
    seconds: Vec<u8>,
    /// Whose tags `tags` holds: the last value that was written.
    tagged: Option<Spot<'a>>,
    tags: Vec<u8>,
    chosen: Vec<(&'a str, &'a str)>,
    names: Vec<(usize, usize)>,
}

impl<'a, I: Iterator<Item = Spot<'a>>> Encoder<'a, I> {
    pub(crate) fn new(config: &'a Config, spots: I) -> Self {
        Self {
            config,
            form: match config.mode {
                Mode::Http => Form::Json,
                Mode::Telnet => Form::Line,
            },
            spots: spots.peekable(),
            seconds: Vec::new(),
            tagged: None,
            tags: Vec::new(),
            chosen: Vec::new(),
            names: Vec::new(),
        }
    }

    /// The next request, written into `body`, which is cleared first.
    pub(crate) fn next(&mut self, mut body: Vec<u8>) -> Option<Chunk> {
        body.clear();
        let first = self.spots.peek()?.position;
        let (mut points, mut end, mut unwritten) = (0, first, Vec::new());
        while points < self.config.batch
            && let Some(spot) = self.spots.peek().copied()
        {
            let start = body.len();
            if !self.push(&spot, points == 0, &mut body) {
                body.truncate(start);
                unwritten.push(spot.position);
            } else if points > 0 && body.len() >= self.config.max_bytes {
                body.truncate(start);
                break;
            } else {
                points += 1;
            }
            end = spot.position + 1;
            self.spots.next();
        }
        match self.form {
            Form::Json if points == 1 => drop(body.remove(0)),
            Form::Json => body.push(b']'),
            Form::Line => {}
        }
        Some(Chunk {
            body,
            positions: first..end,
            unwritten,
            written: points,
        })
    }

    /// Appends one point; `false` for a number that JSON cannot hold.
    fn push(&mut self, spot: &Spot<'a>, is_first: bool, body: &mut Vec<u8>) -> bool {
        self.write_tags(spot);
        let json = self.form == Form::Json;
        body.push_text(match (json, is_first) {
            (true, true) => "[{\"metric\":\"",
            (true, false) => ",{\"metric\":\"",
            (false, _) => "put ",
        });
        let name_at = body.len();
        push_clean(body, spot.name());
        for byte in body
            .get_mut(name_at..)
            .into_iter()
            .flatten()
            .filter(|byte| **byte == b'/')
        {
            *byte = b'_';
        }
        body.push_text("_");
        body.push_text(spot.point.metric_type().as_str());
        body.push_text(if json { "\",\"timestamp\":" } else { " " });
        body.extend_from_slice(&self.seconds);
        body.push_text(if json { ",\"value\":" } else { " " });
        if !push_value(body, spot.point.value()) {
            return false;
        }
        body.push_text(if json { ",\"tags\":" } else { "" });
        body.extend_from_slice(&self.tags);
        body.push_text(if json { "}" } else { "\n" });
        true
    }

    /// Makes `tags` and `seconds` those of `spot`. Neighbours mostly share them.
    fn write_tags(&mut self, spot: &Spot<'a>) {
        let same_own = |last: &Spot<'_>| match (last.labels, spot.labels) {
            (None, None) => true,
            (Some(last), Some(this)) => Arc::ptr_eq(last, this),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if self
            .tagged
            .is_some_and(|last| last.same_set(spot) && same_own(&last))
        {
            return;
        }
        if self.tagged.is_none() {
            let timestamp = spot.set.batch().timestamp();
            let time = if self.config.milliseconds {
                timestamp.nanos().div_euclid(1_000_000)
            } else {
                timestamp.secs()
            };
            push_int(&mut self.seconds, time);
        }
        self.tagged = Some(*spot);
        let own: Option<&'a Labels> = spot.labels.map(|own| &**own);
        let rules = &self.config.tags;
        rules.choose(spot.set.labels(), own, &mut self.chosen);
        rules.write(self.form, &self.chosen, &mut self.names, &mut self.tags);
    }
}

/// The number alone; `false` and nothing for NaN and infinities.
fn push_value(body: &mut Vec<u8>, value: Value) -> bool {
    match value {
        Value::Int(value) => {
            push_int(body, value);
            true
        }
        Value::Float(value) if value.is_finite() && value.abs() >= TOO_LONG => {
            body.push_text(&format!("{value:e}"));
            true
        }
        Value::Float(value) => push_json_float(body, value),
    }
}

#[cfg(test)]
mod tests;
