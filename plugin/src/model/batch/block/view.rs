//! Reading a packed set.

use super::{Block, CPU, CREATE, Kind, SCRAPE, SECOND, START, Set, WHOLE_CREATE, WHOLE_START};
use crate::model::batch::pack::Reader;
use crate::model::labels::Labels;
use crate::model::metric::MetricId;
use crate::model::point::{Labeled, Point};
use crate::model::scraped::{CpuRate, Times};
use crate::model::time::Timestamp;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

/// One set with the block that holds its numbers.
#[derive(Clone, Copy, Debug)]
pub(in crate::model::batch) struct BlockSet<'a> {
    pub(in crate::model::batch) block: &'a Block,
    pub(in crate::model::batch) set: &'a Set,
}

impl<'a> BlockSet<'a> {
    fn shape(self) -> &'a [Kind] {
        self.block.shapes.get(self.set.shape)
    }

    fn labeled_shape(self) -> &'a [(Kind, Arc<Labels>)] {
        self.block.labeled_shapes.get(self.set.labeled)
    }

    /// How many plain and labeled values there are.
    pub(in crate::model::batch) fn counts(self) -> (usize, usize) {
        (self.shape().len(), self.labeled_shape().len())
    }

    /// The head byte and the numbers.
    fn numbers(self) -> (u8, Reader<'a>) {
        let bytes = self.block.bytes.get(self.set.from as usize..).unwrap_or(&[]);
        let Some((head, rest)) = bytes.split_first() else {
            return (0, Reader::default());
        };
        let (points, labeled) = self.counts();
        (*head, Reader::new(rest, time_numbers(*head) + points + labeled))
    }

    pub(in crate::model::batch) fn times(self, batch: Timestamp) -> (Times, Option<CpuRate>) {
        let (head, mut numbers) = self.numbers();
        let mut times = Times::default();
        if head & SCRAPE != 0 {
            times.scrape = Some(before(batch, numbers.next()));
        }
        let mut old = |present: u8, whole: u8| {
            (head & present != 0).then(|| {
                let number = numbers.next().cast_signed();
                let scale = if head & whole == 0 { 1 } else { SECOND };
                Timestamp::from_nanos(number.wrapping_mul(scale))
            })
        };
        times.collection_start = old(START, WHOLE_START);
        times.entity_create = old(CREATE, WHOLE_CREATE);
        let cpu = (head & CPU != 0).then(|| CpuRate {
            nanocores: numbers.next(),
            sample: before(batch, numbers.next()),
            window: Duration::from_nanos(numbers.next()),
        });
        (times, cpu)
    }

    pub(in crate::model::batch) fn points(self) -> Points<'a> {
        let (head, mut numbers) = self.numbers();
        numbers.skip(time_numbers(head));
        Points {
            kinds: self.shape().iter(),
            numbers,
        }
    }

    pub(in crate::model::batch) fn labeled(self) -> LabeledPoints<'a> {
        let kinds = self.labeled_shape().iter();
        if kinds.len() == 0 {
            return LabeledPoints::default();
        }
        let (head, mut numbers) = self.numbers();
        numbers.skip(time_numbers(head) + self.shape().len());
        LabeledPoints { kinds, numbers }
    }

    pub(in crate::model::batch) fn point(self, metric: MetricId) -> Option<Point> {
        let shape = self.shape();
        let at = shape.binary_search_by_key(&metric, |kind| kind.metric).ok()?;
        let kind = shape.get(at)?;
        let (head, mut numbers) = self.numbers();
        numbers.skip(time_numbers(head) + at);
        Some(kind.point(numbers.next()))
    }
}

/// How many numbers stand before the values.
fn time_numbers(head: u8) -> usize {
    let times = (head & (SCRAPE | START | CREATE)).count_ones();
    times as usize + if head & CPU == 0 { 0 } else { 3 }
}

/// The plain values of a set, ascending by metric number; a metric occurs once.
#[derive(Clone, Default, Debug)]
pub struct Points<'a> {
    kinds: slice::Iter<'a, Kind>,
    numbers: Reader<'a>,
}

impl Iterator for Points<'_> {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        let kind = self.kinds.next()?;
        Some(kind.point(self.numbers.next()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.kinds.size_hint()
    }
}

impl ExactSizeIterator for Points<'_> {}

/// The labeled values of a set, in the order in which the source and then the pipeline gave them.
#[derive(Clone, Default, Debug)]
pub struct LabeledPoints<'a> {
    kinds: slice::Iter<'a, (Kind, Arc<Labels>)>,
    numbers: Reader<'a>,
}

impl<'a> Iterator for LabeledPoints<'a> {
    type Item = Labeled<'a>;

    fn next(&mut self) -> Option<Labeled<'a>> {
        let (kind, labels) = self.kinds.next()?;
        Some(Labeled {
            point: kind.point(self.numbers.next()),
            labels,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.kinds.size_hint()
    }
}

impl ExactSizeIterator for LabeledPoints<'_> {}

/// The time whose distance from `batch` was packed.
const fn before(batch: Timestamp, distance: u64) -> Timestamp {
    let nanos = (distance >> 1 ^ (distance & 1).wrapping_neg()).cast_signed();
    Timestamp::from_nanos(batch.nanos().wrapping_sub(nanos))
}
