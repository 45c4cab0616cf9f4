//! One older batch, packed as differences from the batch after it.

use crate::roster::Roster;
use crate::set::{Borrowed, Packed, Values, take_labeled, take_points};
use heapster_plugin::model::{EntityId, LabeledPoint, Point, Timestamp};

/// The offset of an entity without data.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The values of one moment. Immutable.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) at: Timestamp,
    /// By entity number: where its bytes begin.
    offsets: Box<[u32]>,
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
        self.offsets.len()
    }

    /// Bytes of memory without the roster.
    pub(crate) fn bytes(&self) -> usize {
        let labeled: usize = self.unpacked.iter().map(|list| size_of_val(&**list)).sum();
        let tables = size_of_val(&*self.offsets) + size_of_val(&*self.unpacked);
        size_of::<Self>() + tables + self.bytes.len() + labeled
    }

    fn bytes_of(&self, id: EntityId) -> Option<&[u8]> {
        let offset = *self.offsets.get(id.index())?;
        if offset == ABSENT {
            return None;
        }
        self.bytes.get(offset as usize..)
    }
}

/// Makes a [`Frame`] set by set.
#[derive(Debug)]
pub(crate) struct FrameWriter {
    packed: Packed,
    offsets: Vec<u32>,
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
            offsets: vec![ABSENT; id_bound],
            too_large: false,
        }
    }

    /// Adds what an entity has at this moment, as a difference from what it has one moment later.
    pub(crate) fn put(&mut self, id: EntityId, old: Borrowed<'_>, newer: Borrowed<'_>) {
        if old.points.is_empty() && old.labeled.is_empty() {
            return;
        }
        let offset = u32::try_from(self.packed.bytes.len()).unwrap_or(ABSENT);
        if offset == ABSENT {
            self.too_large = true;
            return;
        }
        if let Some(slot) = self.offsets.get_mut(id.index()) {
            *slot = offset;
        }
        self.packed.put(old, newer);
    }

    /// The frame; `None` when it would be larger than 4 GiB.
    pub(crate) fn finish(self, at: Timestamp, roster: Roster) -> Option<Frame> {
        (!self.too_large).then(|| Frame {
            at,
            offsets: self.offsets.into(),
            bytes: self.packed.bytes.into(),
            unpacked: self.packed.unpacked.into(),
            roster,
        })
    }
}
