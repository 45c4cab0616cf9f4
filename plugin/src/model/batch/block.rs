//! Sets that were frozen together, packed.
//!
//! What the sets of one kind have in common, which metrics they have and with which labels, is kept once a block and called
//! a *shape*. A set itself is two pointers and the place of its packed numbers: times, plain values, labeled values.

mod view;

pub(super) use view::BlockSet;
pub use view::{LabeledPoints, Points};

use super::lists::Lists;
use super::pack;
use crate::model::entity::Entity;
use crate::model::labels::Labels;
use crate::model::metric::{MetricId, MetricType, ValueType};
use crate::model::point::{Labeled, Point};
use crate::model::scraped::{CpuRate, Times};
use crate::model::time::Timestamp;
use std::sync::Arc;

/// A block with so many sets is closed.
pub(super) const MOST_SETS: usize = 4096;
/// A block with so many bytes is closed; offsets have 32 bits.
pub(super) const MOST_BYTES: usize = 1 << 30;

const SCRAPE: u8 = 1;
const START: u8 = 2;
const CREATE: u8 = 4;
const CPU: u8 = 8;
/// The two older times are whole seconds.
const WHOLE_START: u8 = 16;
const WHOLE_CREATE: u8 = 32;
const SECOND: i64 = 1_000_000_000;

/// A metric and the kind of its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kind {
    metric: MetricId,
    metric_type: MetricType,
    value_type: ValueType,
}

impl Kind {
    const fn of(point: &Point) -> Self {
        Self {
            metric: point.metric(),
            metric_type: point.metric_type(),
            value_type: point.value_type(),
        }
    }

    const fn point(self, packed: u64) -> Point {
        let bits = match self.value_type {
            ValueType::Int64 => packed,
            ValueType::Double => packed.swap_bytes(),
        };
        Point::from_bits(self.metric, self.metric_type, self.value_type, bits)
    }
}

/// The bits of a value so that what is usually zero stands high: the last bytes of a float's fraction.
const fn packed(point: &Point) -> u64 {
    match point.value_type() {
        ValueType::Int64 => point.bits(),
        ValueType::Double => point.bits().swap_bytes(),
    }
}

/// The head of one set.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) entity: Arc<Entity>,
    pub(super) labels: Arc<Labels>,
    /// Where its numbers begin.
    from: u32,
    shape: u16,
    labeled: u16,
}

/// Sets that were frozen together.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) sets: Box<[Set]>,
    bytes: Box<[u8]>,
    shapes: Lists<Kind>,
    labeled_shapes: Lists<(Kind, Arc<Labels>)>,
}

/// A block that still grows.
#[derive(Default, Debug)]
pub(super) struct OpenBlock {
    sets: Vec<Set>,
    bytes: Vec<u8>,
    shapes: Lists<Kind>,
    labeled_shapes: Lists<(Kind, Arc<Labels>)>,
    numbers: Vec<u64>,
}

impl OpenBlock {
    pub(super) fn with_capacity(sets: usize, points: usize) -> Self {
        Self {
            sets: Vec::with_capacity(sets.min(MOST_SETS)),
            bytes: Vec::with_capacity((points * 4).min(MOST_BYTES)),
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.sets.len() >= MOST_SETS || self.bytes.len() >= MOST_BYTES
    }

    /// Adds a set; `points` ascend by metric.
    pub(super) fn push<'a>(
        &mut self,
        (entity, labels): (Arc<Entity>, Arc<Labels>),
        (batch, times, cpu): (Timestamp, Times, Option<CpuRate>),
        points: &[Point],
        labeled: impl Iterator<Item = Labeled<'a>> + Clone,
    ) {
        let from = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let shape = self.shape(points);
        let labeled_shape = self.labeled_shape(&labeled);
        self.numbers.clear();
        let head = put_times(&mut self.numbers, batch, times, cpu);
        self.numbers.extend(points.iter().map(packed));
        self.numbers.extend(labeled.map(|one| packed(&one.point)));
        self.bytes.push(head);
        pack::put(&mut self.bytes, self.numbers.len(), self.numbers.iter().copied());
        self.sets.push(Set {
            entity,
            labels,
            from,
            shape,
            labeled: labeled_shape,
        });
    }

    fn shape(&mut self, points: &[Point]) -> u16 {
        let kinds = points.iter().map(Kind::of);
        let same = |shape: &[Kind]| shape.len() == points.len() && kinds.clone().eq(shape.iter().copied());
        self.shapes.number(same, kinds.clone())
    }

    fn labeled_shape<'a>(&mut self, labeled: &(impl Iterator<Item = Labeled<'a>> + Clone)) -> u16 {
        let same = |shape: &[(Kind, Arc<Labels>)]| {
            let mut labeled = labeled.clone();
            let fit = |(kind, labels): &(Kind, Arc<Labels>)| {
                labeled
                    .next()
                    .is_some_and(|one| *kind == Kind::of(&one.point) && Arc::ptr_eq(labels, one.labels))
            };
            shape.iter().all(fit) && labeled.next().is_none()
        };
        let items = labeled
            .clone()
            .map(|one| (Kind::of(&one.point), one.labels.clone()));
        self.labeled_shapes.number(same, items)
    }

    /// Ends the block, without spare room, and begins the next.
    pub(super) fn close(&mut self) -> Block {
        let block = Block {
            sets: self.sets.drain(..).collect(),
            bytes: self.bytes.as_slice().into(),
            shapes: self.shapes.take(),
            labeled_shapes: self.labeled_shapes.take(),
        };
        self.bytes.clear();
        block
    }
}

fn put_times(out: &mut Vec<u64>, batch: Timestamp, times: Times, cpu: Option<CpuRate>) -> u8 {
    let mut head = 0;
    if let Some(scrape) = times.scrape {
        head |= SCRAPE;
        out.push(distance(batch, scrape));
    }
    let old = [
        (times.collection_start, START, WHOLE_START),
        (times.entity_create, CREATE, WHOLE_CREATE),
    ];
    for (time, present, whole) in old {
        let Some(nanos) = time.map(Timestamp::nanos) else {
            continue;
        };
        head |= present;
        if nanos % SECOND == 0 {
            head |= whole;
            out.push((nanos / SECOND).cast_unsigned());
        } else {
            out.push(nanos.cast_unsigned());
        }
    }
    if let Some(cpu) = cpu {
        head |= CPU;
        let window = u64::try_from(cpu.window.as_nanos()).unwrap_or(u64::MAX);
        out.extend([cpu.nanocores, distance(batch, cpu.sample), window]);
    }
    head
}

/// How far `time` is before `batch`, small for both signs.
const fn distance(batch: Timestamp, time: Timestamp) -> u64 {
    let nanos = batch.nanos().wrapping_sub(time.nanos());
    (nanos << 1 ^ nanos >> 63).cast_unsigned()
}

impl Block {
    /// Bytes of memory without entities and labels, which others share.
    pub(super) fn memory(&self) -> usize {
        let shapes = self.shapes.memory() + self.labeled_shapes.memory();
        size_of_val(&*self.sets) + self.bytes.len() + shapes
    }
}
