//! A batch as bytes.
//!
//! A form byte, the time, the number of sets, then the sets. Whole numbers are LEB128, signed ones zigzag first. What repeats is
//! written once and then meant by its position: 0 is followed by a new one, `n` means the `n`-th before. That holds for texts,
//! for the sets of labels of labeled values, for metrics (name and types), and for shapes (the metrics of a set in order). When a
//! table has [`REMEMBERED`] entries, both sides begin it anew. A set is
//!
//! * a byte: the kind in the three lowest bits, then whether there are a CPU rate, three times, and labeled values;
//! * the names of the entity, its labels as pairs of texts;
//! * CPU rate and times, as differences to the batch's time;
//! * its shape and the values; the metrics, labels and values of labeled ones.
//!
//! Values stand together: half a byte each for their lengths, then their bytes without leading zeros. Integers are zigzag;
//! floats have their bytes turned round, because round numbers end with zeros.

use super::{FORM, REMEMBERED};
use hashbrown::HashMap;
use heapster_plugin::model::{Batch, Entity, EntityKind, Labels, MetricId, Point, SetView, Timestamp, Value};
use std::io::{self, Write};
use std::sync::Arc;

/// Bytes that are gathered before they are written.
const CHUNK: usize = 64 * 1024;

pub(super) fn batch(batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
    let mut encoder = Encoder {
        batch,
        buffer: Vec::with_capacity(CHUNK * 2),
        texts: HashMap::new(),
        labels: HashMap::new(),
        metrics: HashMap::new(),
        shapes: HashMap::new(),
        last_shapes: Default::default(),
        shape: Vec::new(),
        points: Vec::new(),
    };
    encoder.buffer.push(FORM);
    encoder.signed(batch.timestamp().nanos());
    encoder.number(batch.len() as u64);
    for set in batch.sets() {
        encoder.set(set);
        if encoder.buffer.len() >= CHUNK {
            out.write_all(&encoder.buffer)?;
            encoder.buffer.clear();
        }
    }
    out.write_all(&encoder.buffer)
}

/// A metric with its types, as one number.
type Kind = u64;

struct Encoder<'a> {
    batch: &'a Batch,
    buffer: Vec<u8>,
    texts: HashMap<&'a str, usize>,
    /// By address: the batch holds them.
    labels: HashMap<usize, usize>,
    metrics: HashMap<Kind, usize>,
    shapes: HashMap<Vec<Kind>, usize>,
    /// By kind of entity: the shape of the last set of that kind.
    last_shapes: [(Vec<Kind>, usize); 8],
    shape: Vec<Kind>,
    points: Vec<Point>,
}

impl<'a> Encoder<'a> {
    fn set(&mut self, set: SetView<'a>) {
        let (entity, times, cpu) = (set.entity(), set.times(), set.cpu());
        let labeled = set.labeled();
        let moments = [times.scrape, times.collection_start, times.entity_create];
        let mut head = kind(entity.kind()) | u8::from(cpu.is_some()) << 3 | u8::from(labeled.len() > 0) << 7;
        for (bit, moment) in (4..).zip(moments) {
            head |= u8::from(moment.is_some()) << bit;
        }
        self.buffer.push(head);
        self.entity(entity);
        self.pairs(set.labels());
        if let Some(cpu) = cpu {
            self.number(cpu.nanocores);
            self.moment(cpu.sample);
            self.number(u64::try_from(cpu.window.as_nanos()).unwrap_or(u64::MAX));
        }
        moments
            .into_iter()
            .flatten()
            .for_each(|moment| self.moment(moment));
        self.points.clear();
        self.points.extend(set.points());
        self.shape(usize::from(kind(entity.kind())));
        self.values();
        if labeled.len() > 0 {
            self.number(labeled.len() as u64);
            self.points.clear();
            for one in labeled {
                self.metric(kind_of(&one.point), one.point.metric());
                self.labels(one.labels);
                self.points.push(one.point);
            }
            self.values();
        }
    }

    fn entity(&mut self, entity: &'a Entity) {
        let names = match entity.kind() {
            EntityKind::Cluster => [None; 3],
            EntityKind::Namespace => [entity.namespace(), None, None],
            EntityKind::Node => [entity.node(), None, None],
            EntityKind::Pod => [entity.namespace(), entity.pod(), None],
            EntityKind::PodContainer => [entity.namespace(), entity.pod(), entity.container()],
            EntityKind::SystemContainer => [entity.node(), entity.container(), None],
        };
        names.into_iter().flatten().for_each(|name| self.text(name));
    }

    fn pairs(&mut self, labels: &'a Labels) {
        self.number(labels.len() as u64);
        for (key, value) in labels.iter() {
            self.text(key);
            self.text(value);
        }
    }

    fn labels(&mut self, labels: &'a Arc<Labels>) {
        let address = Arc::as_ptr(labels).addr();
        if let Some(at) = self.labels.get(&address) {
            return put_number(&mut self.buffer, *at as u64);
        }
        remember(&mut self.labels, address);
        self.buffer.push(0);
        self.pairs(labels);
    }

    fn shape(&mut self, of: usize) {
        self.shape.clear();
        self.shape.extend(self.points.iter().map(kind_of));
        if let Some((last, at)) = self.last_shapes.get(of)
            && *last == self.shape
            && *at > 0
        {
            return put_number(&mut self.buffer, *at as u64);
        }
        let known = self.shapes.get(&self.shape).copied();
        let at = known.unwrap_or_else(|| {
            if self.shapes.len() >= REMEMBERED {
                self.last_shapes = Default::default();
            }
            remember(&mut self.shapes, self.shape.clone())
        });
        match known {
            Some(at) => self.number(at as u64),
            None => {
                self.buffer.push(0);
                self.number(self.shape.len() as u64);
                for index in 0..self.points.len() {
                    let Some(point) = self.points.get(index).copied() else {
                        break;
                    };
                    self.metric(kind_of(&point), point.metric());
                }
            }
        }
        if let Some((last, place)) = self.last_shapes.get_mut(of) {
            last.clone_from(&self.shape);
            *place = at;
        }
    }

    fn metric(&mut self, kind: Kind, id: MetricId) {
        if let Some(at) = self.metrics.get(&kind) {
            return put_number(&mut self.buffer, *at as u64);
        }
        remember(&mut self.metrics, kind);
        self.buffer.push(0);
        self.buffer.push(kind.to_le_bytes()[0]);
        self.text(self.batch.metric_name(id));
    }

    fn text(&mut self, text: &'a str) {
        if let Some(at) = self.texts.get(text) {
            return put_number(&mut self.buffer, *at as u64);
        }
        remember(&mut self.texts, text);
        self.buffer.push(0);
        self.number(text.len() as u64);
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// The values of `points`.
    fn values(&mut self) {
        let out = &mut self.buffer;
        let start = out.len();
        out.resize(start + self.points.len().div_ceil(2), 0);
        for (at, point) in self.points.iter().enumerate() {
            let bits = match point.value() {
                Value::Int(value) => zigzag(value),
                Value::Float(value) => value.to_bits().swap_bytes(),
            };
            let length = 8 - bits.leading_zeros() / 8;
            if let Some(pair) = out.get_mut(start + at / 2) {
                *pair |= u8::try_from(length).unwrap_or(8) << (at % 2 * 4);
            }
            let end = out.len() + length as usize;
            out.extend_from_slice(&bits.to_le_bytes());
            out.truncate(end);
        }
    }

    fn moment(&mut self, moment: Timestamp) {
        self.signed(moment.nanos().wrapping_sub(self.batch.timestamp().nanos()));
    }

    fn signed(&mut self, value: i64) {
        self.number(zigzag(value));
    }

    fn number(&mut self, value: u64) {
        put_number(&mut self.buffer, value);
    }
}

/// Adds to a table, which begins anew when it is full: its position from one on.
fn remember<K: Eq + std::hash::Hash>(table: &mut HashMap<K, usize>, key: K) -> usize {
    if table.len() >= REMEMBERED {
        table.clear();
    }
    let at = table.len() + 1;
    table.insert(key, at);
    at
}

fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

const fn zigzag(value: i64) -> u64 {
    (value << 1).cast_unsigned() ^ (value >> 63).cast_unsigned()
}

const fn kind(kind: EntityKind) -> u8 {
    match kind {
        EntityKind::Cluster => 0,
        EntityKind::Namespace => 1,
        EntityKind::Node => 2,
        EntityKind::Pod => 3,
        EntityKind::PodContainer => 4,
        EntityKind::SystemContainer => 5,
    }
}

/// The types in the lowest byte: the metric type, and whether it is a float in bit 4.
fn kind_of(point: &Point) -> Kind {
    let float = matches!(point.value(), Value::Float(_));
    u64::from(point.metric().0) << 8 | u64::from(float) << 4 | point.metric_type() as u64
}
