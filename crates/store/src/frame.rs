//! One older batch, packed as differences from the batch after it.

use crate::offsets::{Offsets, OffsetsWriter};
use crate::roster::Roster;
use crate::set::{Borrowed, Packed, Values, take_labeled, take_points};
use heapster_plugin::model::{EntityId, LabeledPoint, Point, Timestamp};

/// The values of one moment. Immutable.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) at: Timestamp,
    offsets: Offsets,
    bytes: Box<[u8]>,
    unpacked: Box<[Box<[LabeledPoint]>]>,
    pub(crate) roster: Roster,
}

impl Frame {
    /// Turns the plain values of an entity one moment later into those of this moment.
    pub(crate) fn back_points(&self, id: EntityId, points: &mut Vec<Point>) {
        let taken = self.bytes_of(id).and_then(|bytes| take_points(bytes, points));
        if taken.is_none() {
            points.clear();
        }
    }

    /// Turns all values of an entity one moment later into those of this moment.
    pub(crate) fn back(&self, id: EntityId, values: &mut Values) {
        let taken = self
            .bytes_of(id)
            .and_then(|bytes| take_points(bytes, &mut values.points))
            .and_then(|(head, rest)| take_labeled(head, rest, &self.unpacked, &mut values.labeled));
        if taken.is_none() {
            values.points.clear();
            values.labeled.clear();
        }
    }

    /// One more than the highest entity number.
    pub(crate) fn id_bound(&self) -> usize {
        self.offsets.id_bound()
    }

    /// Bytes of memory without the roster.
    pub(crate) fn bytes(&self) -> usize {
        let labeled: usize = self.unpacked.iter().map(|list| size_of_val(&**list)).sum();
        let tables = self.offsets.bytes() + size_of_val(&*self.unpacked);
        size_of::<Self>() + tables + self.bytes.len() + labeled
    }

    fn bytes_of(&self, id: EntityId) -> Option<&[u8]> {
        self.bytes.get(self.offsets.get(id)?..)
    }
}

/// Makes a [`Frame`] set by set.
#[derive(Debug)]
pub(crate) struct FrameWriter {
    packed: Packed,
    offsets: OffsetsWriter,
    too_large: bool,
}

impl FrameWriter {
    /// A frame for entities with numbers below `id_bound`, of about `bytes` bytes.
    pub(crate) fn new(id_bound: usize, bytes: usize) -> Self {
        let packed = Packed {
            bytes: Vec::with_capacity(bytes),
            ..Packed::default()
        };
        Self {
            packed,
            offsets: OffsetsWriter::new(id_bound),
            too_large: false,
        }
    }

    /// Adds what an entity has at this moment, as a difference from what it has one moment later. Best called in the order of
    /// the entities' numbers.
    pub(crate) fn put(&mut self, id: EntityId, old: Borrowed<'_>, newer: Borrowed<'_>) {
        if old.points.is_empty() && old.labeled.is_empty() {
            return;
        }
        match self.offsets.set(id, self.packed.bytes.len()) {
            Some(()) => self.packed.put(old, newer),
            None => self.too_large = true,
        }
    }

    /// The frame; `None` when it would be larger than 4 GiB.
    pub(crate) fn finish(self, at: Timestamp, roster: Roster) -> Option<Frame> {
        (!self.too_large).then(|| Frame {
            at,
            offsets: self.offsets.finish(),
            bytes: self.packed.bytes.into(),
            unpacked: self.packed.unpacked.into(),
            roster,
        })
    }
}
