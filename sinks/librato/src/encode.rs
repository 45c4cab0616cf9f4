//! A batch as the bodies of requests.

use crate::config::Config;
use crate::text::{Kind, push_clean};
use heapster_gotext::{Out, push_int, push_json_float};
use heapster_tally::{Chunk, Spot};
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

/// Librato refuses a request that holds a larger number.
const LARGEST: f64 = 1e126;

/// Cuts a batch into requests, one at a time, so that never more than those under way are in memory.
///
/// Shape: a JSON object with the tags of the request and the measurements, in batch order. Units: values as stored, as floats;
/// time in seconds. Errors: none; NaN, infinite and huge values are left out and named.
/// Source: Heapster 1.5 metrics/sinks/librato/librato.go.
/// Differs: a value of 0 is sent.
pub(crate) struct Encoder<'a, I: Iterator<Item = Spot<'a>>> {
    config: &'a Config,
    spots: Peekable<I>,
    /// What is before the measurements.
    head: Vec<u8>,
    /// Whose tags `tail` holds: the last value that was written.
    tagged: Option<Spot<'a>>,
    /// What is behind a value: tags and time.
    tail: Vec<u8>,
    names: Vec<Range<usize>>,
}

impl<'a, I: Iterator<Item = Spot<'a>>> Encoder<'a, I> {
    pub(crate) fn new(config: &'a Config, spots: I) -> Self {
        let mut encoder = Self {
            config,
            spots: spots.peekable(),
            head: b"{".to_vec(),
            tagged: None,
            tail: Vec::new(),
            names: Vec::new(),
        };
        let head = &mut encoder.head;
        if !config.tags.is_empty() {
            head.push_text("\"tags\":{");
            let mut tags = Tags::new(head, &mut encoder.names);
            config.tags.iter().for_each(|(key, value)| tags.push(key, value));
            head.push_text("},");
        }
        if config.period > 0 {
            head.push_text("\"period\":");
            push_int(head, config.period);
            head.push_text(",");
        }
        head.push_text("\"measurements\":[");
        encoder
    }

    /// The next request, written into `body`, which is cleared first.
    pub(crate) fn next(&mut self, mut body: Vec<u8>) -> Option<Chunk> {
        let first = self.spots.peek()?.position;
        let (mut measurements, mut end, mut unwritten) = (0, first, Vec::new());
        body.clear();
        body.extend_from_slice(&self.head);
        while measurements < self.config.batch
            && let Some(spot) = self.spots.next()
        {
            end = spot.position + 1;
            let value = spot.point.value().as_f64();
            if !value.is_finite() || value.abs() >= LARGEST {
                unwritten.push(spot.position);
                continue;
            }
            body.push_text(if measurements == 0 {
                "{\"name\":\""
            } else {
                ",{\"name\":\""
            });
            let from = body.len();
            push_clean(&mut body, from, Kind::Name, &self.config.prefix);
            push_clean(&mut body, from, Kind::Name, spot.name());
            body.push_text("\",\"value\":");
            push_json_float(&mut body, value);
            self.write_tail(&spot);
            body.extend_from_slice(&self.tail);
            measurements += 1;
        }
        body.push_text("]}");
        Some(Chunk {
            body,
            positions: first..end,
            unwritten,
            written: measurements,
        })
    }

    /// Makes `tail` that of `spot`. Neighbours mostly share it.
    fn write_tail(&mut self, spot: &Spot<'a>) {
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
        self.tagged = Some(*spot);
        let (tail, set) = (&mut self.tail, spot.set.labels());
        tail.clear();
        tail.push_text(",\"tags\":{");
        let mut tags = Tags::new(tail, &mut self.names);
        let mut own = spot.labels.into_iter().flat_map(|own| own.iter()).peekable();
        for (key, value) in set.iter() {
            while let Some((own_key, own_value)) = own.next_if(|(own_key, _)| *own_key <= key) {
                tags.push(own_key, own_value);
            }
            if spot.labels.is_none_or(|own| own.get(key).is_none()) {
                tags.push(key, value);
            }
        }
        own.for_each(|(key, value)| tags.push(key, value));
        if self.config.merge_tags {
            self.config
                .tags
                .iter()
                .for_each(|(key, value)| tags.push(key, value));
        }
        tail.push_text("},\"time\":");
        push_int(tail, spot.set.batch().timestamp().secs());
        tail.push_text("}");
    }
}

/// Writes tags; of two that have one name after cleaning the first stays.
struct Tags<'a> {
    out: &'a mut Vec<u8>,
    names: &'a mut Vec<Range<usize>>,
}

impl<'a> Tags<'a> {
    fn new(out: &'a mut Vec<u8>, names: &'a mut Vec<Range<usize>>) -> Self {
        names.clear();
        Self { out, names }
    }

    fn push(&mut self, key: &str, value: &str) {
        let Self { out, names } = self;
        let start = out.len();
        out.push_text(if names.is_empty() { "\"" } else { ",\"" });
        let from = out.len();
        push_clean(out, from, Kind::Key, key);
        let name = from..out.len();
        let text = out.get(name.clone()).unwrap_or_default();
        if text.is_empty() || names.iter().any(|known| out.get(known.clone()) == Some(text)) {
            out.truncate(start);
            return;
        }
        names.push(name);
        out.push_text("\":\"");
        let from = out.len();
        push_clean(out, from, Kind::Value, value);
        out.push_text("\"");
    }
}

#[cfg(test)]
mod tests;
