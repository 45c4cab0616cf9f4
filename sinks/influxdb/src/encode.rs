//! A batch as lines, a request at a time.

use crate::line::push_tag;
use crate::names::{Name, Names};
use crate::schema::{Precision, Schema};
use heapster_gotext::{push_decimal, push_int};
use heapster_plugin::model::{Batch, Labels, Point, SetView, Timestamp, Value};
use std::ops::Range;
use std::sync::Arc;

/// The most lines in a request, as in the original.
pub(crate) const LINES: usize = 10_000;

const CLUSTER_NAME: &str = "cluster_name";

/// Makes the lines of one batch after the other. Keeps the text that repeats: names of metrics, tags of the set in hand.
///
/// Source: Heapster 1.5 metrics/sinks/influxdb/influxdb.go; the line protocol's reference.
#[derive(Debug)]
pub(crate) struct Encoder {
    schema: Schema,
    names: Names,
    /// `,cluster_name=…`
    cluster: Vec<u8>,
    /// The tags of the set in hand, each with its comma.
    tags: Vec<u8>,
    /// The same for a value with labels of its own.
    own_tags: Vec<u8>,
    /// A space, the time, a line end.
    end: Vec<u8>,
}

/// Where the next request begins.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Cursor {
    set: usize,
    /// Values of the set before it, plain ones first.
    offset: usize,
    /// Values of the batch before it.
    position: usize,
}

/// What a request holds.
#[derive(PartialEq, Eq, Default, Debug)]
pub(crate) struct Chunk {
    /// The positions it is about, of values without a line too.
    pub(crate) values: Range<usize>,
    pub(crate) lines: usize,
    /// The positions of values that no line can express.
    pub(crate) unfit: Vec<usize>,
}

impl Encoder {
    pub(crate) fn new(schema: Schema) -> Self {
        let mut cluster = Vec::new();
        push_tag(CLUSTER_NAME, &schema.cluster_name, &mut cluster);
        Self {
            names: Names::new(&schema),
            schema,
            cluster,
            tags: Vec::new(),
            own_tags: Vec::new(),
            end: Vec::new(),
        }
    }

    /// Gets ready for the requests of `batch`, the first of which begins at the default cursor.
    pub(crate) fn begin(&mut self, batch: &Batch) {
        self.names.learn(&self.schema, batch.custom_names());
        self.end.clear();
        self.end.push(b' ');
        push_int(&mut self.end, time(batch.timestamp(), self.schema.precision));
        self.end.push(b'\n');
    }

    /// Encodes values from `cursor` on, as many as make a request of [`LINES`] lines, and moves the cursor behind them. `None`
    /// when there is no value left. [`begin`](Self::begin) comes first.
    ///
    /// Shape: a line for each value, in batch order; `out` is cleared first and its capacity kept. A NaN or an infinite value and
    /// a metric whose name makes no line are `unfit`; counters that are disabled have no line.
    /// Units: time in the schema's precision since the epoch; values as they are.
    pub(crate) fn next(&mut self, batch: &Batch, cursor: &mut Cursor, out: &mut Vec<u8>) -> Option<Chunk> {
        out.clear();
        let from = cursor.position;
        let mut chunk = Chunk::default();
        while let Some(set) = batch.set(cursor.set) {
            if !self.set(&set, cursor, &mut chunk, out) {
                break;
            }
            cursor.set += 1;
            cursor.offset = 0;
        }
        chunk.values = from..cursor.position;
        (!chunk.values.is_empty()).then_some(chunk)
    }

    /// Encodes what is left of one set; false when the request is full before its end.
    fn set(&mut self, set: &SetView<'_>, cursor: &mut Cursor, chunk: &mut Chunk, out: &mut Vec<u8>) -> bool {
        let points = set.points();
        let plain = points.len();
        push_tags(&self.schema, &self.cluster, set.labels(), None, &mut self.tags);
        for point in points.skip(cursor.offset) {
            if chunk.lines == LINES {
                return false;
            }
            self.value(&self.tags, point, cursor, chunk, out);
        }
        let mut last: Option<&Arc<Labels>> = None;
        for one in set.labeled().skip(cursor.offset - plain) {
            if chunk.lines == LINES {
                return false;
            }
            if !last.is_some_and(|last| Arc::ptr_eq(last, one.labels)) {
                push_tags(
                    &self.schema,
                    &self.cluster,
                    set.labels(),
                    Some(one.labels),
                    &mut self.own_tags,
                );
                last = Some(one.labels);
            }
            self.value(&self.own_tags, one.point, cursor, chunk, out);
        }
        true
    }

    fn value(&self, tags: &[u8], point: Point, cursor: &mut Cursor, chunk: &mut Chunk, out: &mut Vec<u8>) {
        let value = point.value();
        let finite = !matches!(value, Value::Float(float) if !float.is_finite());
        match self.names.get(point.metric()) {
            Name::Line { head, field } if finite => {
                // Room for the number and the `i` too; a longer number makes its own.
                out.reserve(head.len() + tags.len() + field.len() + self.end.len() + 32);
                out.extend_from_slice(head);
                out.extend_from_slice(tags);
                out.extend_from_slice(field);
                match value {
                    Value::Int(value) => {
                        push_int(out, value);
                        out.push(b'i');
                    }
                    Value::Float(value) => push_decimal(out, value),
                }
                out.extend_from_slice(&self.end);
                chunk.lines += 1;
            }
            Name::LeftOut => {}
            Name::Line { .. } | Name::Unfit => chunk.unfit.push(cursor.position),
        }
        cursor.offset += 1;
        cursor.position += 1;
    }
}

/// The tags of a value: the set's labels with its own over them, without those that are dropped and empty ones, and the
/// cluster's name in place of a label of that key; sorted by key.
fn push_tags(schema: &Schema, cluster: &[u8], set: &Labels, own: Option<&Arc<Labels>>, out: &mut Vec<u8>) {
    out.clear();
    let mut cluster = Some(cluster);
    let mut push = |key: &str, value: &str| {
        if let Some(own) = cluster
            && key >= CLUSTER_NAME
        {
            out.extend_from_slice(own);
            cluster = None;
        }
        if key != CLUSTER_NAME && !schema.dropped.contains(&key) {
            push_tag(key, value, out);
        }
    };
    let mut own = own.into_iter().flat_map(|own| own.iter()).peekable();
    for (key, value) in set.iter() {
        while let Some((key, value)) = own.next_if(|(before, _)| *before < key) {
            push(key, value);
        }
        let (_, value) = own.next_if(|(same, _)| *same == key).unwrap_or((key, value));
        push(key, value);
    }
    for (key, value) in own {
        push(key, value);
    }
    out.extend_from_slice(cluster.unwrap_or_default());
}

/// A time in whole units of `precision` since the epoch, rounded down.
fn time(time: Timestamp, precision: Precision) -> i64 {
    time.nanos().div_euclid(match precision {
        Precision::Nanoseconds => 1,
        Precision::Microseconds => 1_000,
        Precision::Milliseconds => 1_000_000,
        Precision::Seconds => 1_000_000_000,
    })
}

#[cfg(test)]
mod tests;
