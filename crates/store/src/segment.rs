//! Thirty-two moments of the long window in one piece.
//!
//! For each entity the values of a metric lie in a row, each as a difference from the one before; what an entity costs
//! beside its values is paid once for all moments.

use crate::bytes::{Reader, put};
use crate::change::{put_bits, take_bits};
use crate::frame::Frame;
use crate::long::LongMetrics;
use crate::offsets::{Offsets, OffsetsWriter};
use crate::roster::Roster;
use heapster_plugin::model::{Batch, EntityId, Point, Timestamp, Value, ValueType};
use std::sync::Arc;

/// How many moments a segment has: a bit of a `u32` each.
pub(crate) const MOMENTS: usize = 32;

/// The values of 32 moments. Immutable.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Ascending.
    times: Box<[Timestamp]>,
    /// Where the columns of each entity begin.
    offsets: Offsets,
    bytes: Box<[u8]>,
    pub(crate) roster: Roster,
}

/// The values of one metric of one entity.
#[derive(Clone, Debug)]
struct Column {
    bits: [u64; MOMENTS],
    present: u32,
    floats: u32,
}

const EMPTY: Column = Column {
    bits: [0; MOMENTS],
    present: 0,
    floats: 0,
};

impl Segment {
    /// Seals up to 32 frames that follow each other; the last is a difference from `newest`. `None` when the segment would
    /// be larger than 4 GiB.
    pub(crate) fn seal(frames: &[Arc<Frame>], newest: &Batch, metrics: &LongMetrics) -> Option<Self> {
        let bound = frames.iter().map(|frame| frame.id_bound()).max().unwrap_or(0);
        let roster = Roster::union(&frames.iter().map(|frame| &frame.roster));
        let mut segment = Writer {
            columns: vec![EMPTY; metrics.slots().len()],
            offsets: OffsetsWriter::new(bound),
            bytes: Vec::new(),
            column: Vec::new(),
        };
        let mut points = Vec::new();
        for id in roster.ids().filter(|id| id.index() < bound) {
            metrics.pick_of(newest, id, &mut points);
            for (moment, frame) in frames.iter().enumerate().rev() {
                frame.back_points(id, &mut points);
                segment.note(moment, &points, metrics);
            }
            segment.put(id)?;
        }
        Some(Self {
            times: frames.iter().map(|frame| frame.at).collect(),
            offsets: segment.offsets.finish(),
            bytes: segment.bytes.into(),
            roster,
        })
    }

    /// Its last moment.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.times.last().copied()
    }

    /// The values of one metric of one entity, ascending by time.
    pub(crate) fn values(&self, id: EntityId, slot: usize, mut each: impl FnMut(Timestamp, Value)) {
        // A column cannot end early: only `seal` makes them.
        let _whole: Option<()> = self.read(id, slot, &mut each);
    }

    fn read(&self, id: EntityId, slot: usize, each: &mut impl FnMut(Timestamp, Value)) -> Option<()> {
        let mut input = Reader(self.bytes.get(self.offsets.get(id)?..)?);
        for _ in 0..slot {
            let length = input.small()? as usize;
            input.take(length)?;
        }
        let length = input.small()? as usize;
        if length == 0 {
            return Some(());
        }
        let (present, floats, changed) = (!input.small()?, input.small()?, input.small()?);
        let mut bits = 0;
        for (moment, at) in self.times.iter().enumerate() {
            if present >> moment & 1 == 0 {
                continue;
            }
            let kind = kind(floats, moment);
            if changed >> moment & 1 == 1 {
                bits = take_bits(&mut input, kind, bits)?;
            }
            each(*at, value(kind, bits));
        }
        Some(())
    }

    /// Bytes of memory without the roster.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.times) + self.offsets.bytes() + self.bytes.len()
    }
}

#[derive(Debug)]
struct Writer {
    /// Of the entity in hand, by position in the configuration.
    columns: Vec<Column>,
    offsets: OffsetsWriter,
    bytes: Vec<u8>,
    column: Vec<u8>,
}

impl Writer {
    fn note(&mut self, moment: usize, points: &[Point], metrics: &LongMetrics) {
        for point in points {
            let slot = metrics
                .slots()
                .iter()
                .position(|slot| *slot == Some(point.metric()));
            if let Some(column) = slot.and_then(|slot| self.columns.get_mut(slot))
                && let Some(bits) = column.bits.get_mut(moment)
            {
                *bits = point.bits();
                column.present |= 1 << moment;
                column.floats |= u32::from(point.value_type() == ValueType::Double) << moment;
            }
        }
    }

    /// Appends the columns of one entity and empties them.
    fn put(&mut self, id: EntityId) -> Option<()> {
        if self.columns.iter().all(|column| column.present == 0) {
            return Some(());
        }
        self.offsets.set(id, self.bytes.len())?;
        for column in &mut self.columns {
            self.column.clear();
            if column.present != 0 {
                put_column(&mut self.column, column);
                (column.present, column.floats) = (0, 0);
            }
            put(&mut self.bytes, self.column.len() as u64);
            self.bytes.extend_from_slice(&self.column);
        }
        Some(())
    }
}

fn put_column(out: &mut Vec<u8>, column: &Column) {
    let present = |moment: usize| column.present >> moment & 1 == 1;
    let (mut changed, mut before) = (0u32, 0);
    for (moment, bits) in column
        .bits
        .iter()
        .enumerate()
        .filter(|(moment, _)| present(*moment))
    {
        changed |= u32::from(*bits != before) << moment;
        before = *bits;
    }
    for bits in [!column.present, column.floats, changed] {
        put(out, bits.into());
    }
    before = 0;
    for (moment, bits) in column
        .bits
        .iter()
        .enumerate()
        .filter(|(moment, _)| present(*moment))
    {
        if changed >> moment & 1 == 1 {
            put_bits(out, kind(column.floats, moment), *bits, before);
        }
        before = *bits;
    }
}

fn kind(floats: u32, moment: usize) -> ValueType {
    if floats >> moment & 1 == 1 {
        ValueType::Double
    } else {
        ValueType::Int64
    }
}

fn value(kind: ValueType, bits: u64) -> Value {
    match kind {
        ValueType::Int64 => Value::Int(bits.cast_signed()),
        ValueType::Double => Value::Float(f64::from_bits(bits)),
    }
}
