//! One set of an older batch, as a difference from the same entity's set of the newer batch.
//!
//! A head byte says what follows: 0 stands for "the same in everything".

use crate::bytes::{Reader, put};
use crate::change::{put_changes, take_changes};
use heapster_plugin::model::{Labeled, LabeledPoint, MetricId, MetricType, Point, SetView, Value, ValueType};
use std::sync::Arc;

/// Other metrics than in the newer set: their list follows.
const METRICS: u8 = 1;
/// Changed plain values follow.
const CHANGED: u8 = 2;
/// Other labeled metrics: the number of a list that is kept unpacked follows.
const LABELED: u8 = 4;
/// Changed labeled values follow.
const LABELED_CHANGED: u8 = 8;

/// The values of one set; empty for an entity that a batch does not have.
#[derive(Clone, Default, Debug)]
pub(crate) struct Values {
    /// Ascending by metric.
    pub(crate) points: Vec<Point>,
    pub(crate) labeled: Vec<LabeledPoint>,
}

/// The values of one set of a batch, out of their packed form; reused from set to set.
#[derive(Default, Debug)]
pub(crate) struct Unpacked<'a> {
    points: Vec<Point>,
    labeled: Vec<Labeled<'a>>,
}

impl<'a> Unpacked<'a> {
    /// Takes in the values of a set, none without one.
    pub(crate) fn fill(&mut self, set: Option<SetView<'a>>) {
        self.points.clear();
        self.labeled.clear();
        if let Some(set) = set {
            self.points.extend(set.points());
            self.labeled.extend(set.labeled());
        }
    }

    pub(crate) fn borrow(&self) -> Borrowed<'_> {
        Borrowed {
            points: &self.points,
            labeled: &self.labeled,
        }
    }
}

/// What is packed: the values of one set.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Borrowed<'a> {
    pub(crate) points: &'a [Point],
    pub(crate) labeled: &'a [Labeled<'a>],
}

/// Where packed sets are written to.
#[derive(Default, Debug)]
pub(crate) struct Packed {
    pub(crate) bytes: Vec<u8>,
    /// Labeled values whose labels are not those of the newer set.
    pub(crate) unpacked: Vec<Box<[LabeledPoint]>>,
    /// Reused: what the points in hand are differences from.
    pub(crate) base: Vec<Point>,
}

impl Packed {
    /// Appends the set `old` as a difference from the set `newer`.
    pub(crate) fn put(&mut self, old: Borrowed<'_>, newer: Borrowed<'_>) {
        let start = self.bytes.len();
        self.bytes.push(0);
        let mut head = 0;
        if same_metrics(old.points, newer.points) {
            if put_changes(&mut self.bytes, old.points, newer.points, |point| point) {
                head |= CHANGED;
            }
        } else {
            head |= METRICS;
            put_metrics(&mut self.bytes, old.points);
            self.base.clear();
            self.base
                .extend(old.points.iter().map(|point| based(*point, newer.points)));
            if put_changes(&mut self.bytes, old.points, &self.base, |point| point) {
                head |= CHANGED;
            }
        }
        if !same_labeled(old.labeled, newer.labeled) {
            head |= LABELED;
            put(&mut self.bytes, self.unpacked.len() as u64);
            let list = old.labeled.iter().copied().map(Labeled::to_owned);
            self.unpacked.push(list.collect());
        } else if put_changes(&mut self.bytes, old.labeled, newer.labeled, |one| &one.point) {
            head |= LABELED_CHANGED;
        }
        if let Some(byte) = self.bytes.get_mut(start) {
            *byte = head;
        }
    }
}

/// Turns the plain values of the newer set into those of the older one and says what follows them: the head, the rest.
pub(crate) fn take_points<'a>(bytes: &'a [u8], points: &mut Vec<Point>) -> Option<(u8, Reader<'a>)> {
    let mut input = Reader(bytes);
    let head = input.byte()?;
    if head & METRICS != 0 {
        *points = take_metrics(&mut input, points)?;
    }
    if head & CHANGED != 0 {
        take_changes(&mut input, points, |point| point)?;
    }
    Some((head, input))
}

/// Turns the labeled values of the newer set into those of the older one, after [`take_points`].
pub(crate) fn take_labeled(
    head: u8,
    mut input: Reader<'_>,
    unpacked: &[Box<[LabeledPoint]>],
    labeled: &mut Vec<LabeledPoint>,
) -> Option<()> {
    if head & LABELED != 0 {
        let list = unpacked.get(input.small()? as usize)?;
        labeled.clear();
        labeled.extend_from_slice(list);
    }
    if head & LABELED_CHANGED != 0 {
        take_changes(&mut input, labeled, |one| &mut one.point)?;
    }
    Some(())
}

fn same_kind(a: &Point, b: &Point) -> bool {
    a.metric() == b.metric() && a.metric_type() == b.metric_type() && a.value_type() == b.value_type()
}

fn same_metrics(a: &[Point], b: &[Point]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_kind(a, b))
}

fn same_labeled(a: &[Labeled<'_>], b: &[Labeled<'_>]) -> bool {
    let same = |a: &Labeled<'_>, b: &Labeled<'_>| {
        same_kind(&a.point, &b.point) && (Arc::ptr_eq(a.labels, b.labels) || a.labels == b.labels)
    };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// `point` with the bits of the same metric and kind of number in `newer`, or with none.
fn based(point: Point, newer: &[Point]) -> Point {
    let found = newer
        .binary_search_by_key(&point.metric(), Point::metric)
        .ok()
        .and_then(|at| newer.get(at))
        .filter(|newer| newer.value_type() == point.value_type());
    point.with_bits(found.map_or(0, Point::bits))
}

fn put_metrics(out: &mut Vec<u8>, points: &[Point]) {
    put(out, points.len() as u64);
    let mut last = 0;
    for point in points {
        let kind = point.metric_type() as u8 | (point.value_type() as u8) << 2;
        put(out, u64::from(point.metric().0.wrapping_sub(last)));
        out.push(kind);
        last = point.metric().0;
    }
}

fn take_metrics(input: &mut Reader<'_>, newer: &[Point]) -> Option<Vec<Point>> {
    let count = input.small()? as usize;
    let mut points = Vec::with_capacity(count.min(input.0.len()));
    let mut last = 0u32;
    for _ in 0..count {
        last = last.wrapping_add(input.small()?);
        let kind = input.byte()?;
        let metric_type = match kind & 3 {
            0 => MetricType::Cumulative,
            1 => MetricType::Gauge,
            _ => MetricType::Delta,
        };
        let value = match kind >> 2 {
            kind if kind == ValueType::Int64 as u8 => Value::Int(0),
            _ => Value::Float(0.0),
        };
        points.push(based(Point::new(MetricId(last), metric_type, value), newer));
    }
    Some(points)
}

#[cfg(test)]
mod tests;
