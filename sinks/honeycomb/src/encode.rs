//! Events as the bodies of requests.

use crate::config::Config;
use crate::events::{Event, What, events};
use heapster_gotext::{Out, push_int, push_json_float, push_json_string};
use heapster_plugin::model::{Batch, Labels, MetricId, Value, id, label};
use std::iter::Peekable;
use std::ops::Range;

/// Counters that the rates beside them make superfluous; the other cumulative metrics are sent.
/// Source: Heapster 1.5 common/honeycomb/honeycomb.go.
const LEFT_OUT: [MetricId; 7] = [
    id::CPU_USAGE,
    id::MEMORY_MAJOR_PAGE_FAULTS,
    id::MEMORY_PAGE_FAULTS,
    id::NETWORK_RX,
    id::NETWORK_RX_ERRORS,
    id::NETWORK_TX,
    id::NETWORK_TX_ERRORS,
];

/// One request.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The body.
    pub(crate) body: Vec<u8>,
    /// For each event of the body, the positions of its values in the batch.
    pub(crate) events: Vec<Range<usize>>,
    /// The positions of values that no body can hold.
    pub(crate) unwritten: Vec<usize>,
}

/// Cuts a batch into requests, one at a time, so that never more than those under way are in memory.
///
/// Shape: a JSON array with an event a set, `data` and `time`; in `data` labels and values by name, sorted as far as the names
/// are those of the catalogue. Units: as stored; time in RFC 3339. Errors: none; NaN and infinite values are left out and named;
/// an event larger than the bound goes alone.
/// Source: Heapster 1.5 metrics/sinks/honeycomb/driver.go.
/// Differs: the fields are called `data` and `time`, as the API has them, not `Data` and `Timestamp`.
pub(crate) struct Encoder<'a, I: Iterator<Item = Event<'a>>> {
    config: &'a Config,
    events: Peekable<I>,
    /// What comes behind the data of each event.
    tail: String,
}

/// The encoder of `batch`.
pub(crate) fn encoder<'a>(
    config: &'a Config,
    batch: &'a Batch,
) -> Encoder<'a, impl Iterator<Item = Event<'a>>> {
    Encoder {
        config,
        events: events(batch, config.labeled).peekable(),
        tail: format!("}},\"time\":\"{}\"}}", batch.timestamp()),
    }
}

impl<'a, I: Iterator<Item = Event<'a>>> Encoder<'a, I> {
    /// The next request, written into `body`, which is cleared first.
    pub(crate) fn next(&mut self, mut body: Vec<u8>) -> Option<Chunk> {
        self.events.peek()?;
        body.clear();
        let mut unwritten = Vec::new();
        let mut events: Vec<Range<usize>> = Vec::with_capacity(self.config.batch.min(1_000));
        while events.len() < self.config.batch
            && let Some(event) = self.events.peek()
        {
            let (start, known) = (body.len(), unwritten.len());
            body.push_text(if events.is_empty() {
                "[{\"data\":{"
            } else {
                ",{\"data\":{"
            });
            push_data(event, &mut body, &mut unwritten);
            body.push_text(&self.tail);
            if !events.is_empty() && body.len() + 2 > self.config.max_bytes {
                body.truncate(start);
                unwritten.truncate(known);
                break;
            }
            events.push(event.positions.clone());
            self.events.next();
        }
        body.push_text("]\n");
        Some(Chunk {
            body,
            events,
            unwritten,
        })
    }
}

/// Appends the fields of an event: its labels, and the values whose names are no labels.
fn push_data(event: &Event<'_>, out: &mut Vec<u8>, unwritten: &mut Vec<usize>) {
    let set = event.set;
    let name = |metric| set.batch().metric_name(metric);
    let mut fields = Fields {
        set: set.labels(),
        own: match &event.what {
            What::Resource { own, .. } => Some(own),
            What::Set { .. } => None,
        },
        start: out.len(),
        out,
    };
    let mut labels = fields.set.iter().peekable();
    let mut positions = event.positions.clone();
    let mut put = |fields: &mut Fields<'_>, key: &str, suffix: &str, value: Value| {
        let position = positions.next();
        if !fields.value(key, suffix, value) {
            unwritten.extend(position);
        }
    };
    match event.what {
        What::Set { with_labeled } => {
            for point in set.points() {
                let name = name(point.metric());
                while let Some((key, value)) = labels.next_if(|(key, _)| *key < name) {
                    fields.label(key, value);
                }
                let skipped = LEFT_OUT.contains(&point.metric());
                put(&mut fields, if skipped { "" } else { name }, "", point.value());
            }
            labels.for_each(|(key, value)| fields.label(key, value));
            for one in set.labeled().filter(|_| with_labeled) {
                put(
                    &mut fields,
                    name(one.point.metric()),
                    resource(one.labels),
                    one.point.value(),
                );
            }
        }
        What::Resource { own, from, count } => {
            labels
                .filter(|(key, _)| own.get(key).is_none())
                .for_each(|(key, value)| fields.label(key, value));
            own.iter().for_each(|(key, value)| fields.label(key, value));
            for one in set.labeled().skip(from).take(count) {
                put(&mut fields, name(one.point.metric()), "", one.point.value());
            }
        }
    }
}

/// What tells a labeled value from its siblings.
fn resource(own: &Labels) -> &str {
    let mut first = own.iter().map(|(_, value)| value);
    own.get(label::RESOURCE_ID)
        .or_else(|| own.get(label::ACCELERATOR_ID))
        .or_else(|| first.next())
        .unwrap_or("")
}

struct Fields<'a> {
    set: &'a Labels,
    own: Option<&'a Labels>,
    start: usize,
    out: &'a mut Vec<u8>,
}

impl Fields<'_> {
    fn separator(&mut self) {
        if self.out.len() > self.start {
            self.out.push(b',');
        }
    }

    fn label(&mut self, key: &str, value: &str) {
        self.separator();
        push_json_string(self.out, key);
        self.out.push(b':');
        push_json_string(self.out, value);
    }

    /// Appends a value; `false` when JSON cannot hold it. Nothing is appended for an empty key, nor for that of a label.
    fn value(&mut self, key: &str, suffix: &str, value: Value) -> bool {
        if let Value::Float(value) = value
            && !value.is_finite()
        {
            return false;
        }
        let is_label = self.set.get(key).is_some() || self.own.is_some_and(|own| own.get(key).is_some());
        if key.is_empty() || (suffix.is_empty() && is_label) {
            return true;
        }
        self.separator();
        push_json_string(self.out, key);
        if !suffix.is_empty() {
            self.out.pop();
            self.out.push(b'.');
            let quote_at = self.out.len();
            push_json_string(self.out, suffix);
            self.out.remove(quote_at);
        }
        self.out.push(b':');
        match value {
            Value::Int(value) => push_int(self.out, value),
            Value::Float(value) => {
                push_json_float(self.out, value);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
