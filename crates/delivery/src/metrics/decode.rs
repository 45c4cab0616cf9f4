//! A batch from bytes: the other direction of [`encode`](super::encode). Whatever the bytes are, it ends, and in memory of their
//! order.

use super::{FORM, REMEMBERED};
use heapster_plugin::model::{
    Batch, CpuRate, Entity, Freezer, Labeled, Labels, MetricId, MetricType, Model, Point, Times, Timestamp,
    Value,
};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn batch(bytes: &[u8], model: &Model) -> Option<Batch> {
    let mut decoder = Decoder {
        bytes,
        model,
        time: 0,
        texts: Vec::new(),
        labels: Vec::new(),
        metrics: Vec::new(),
        shapes: Vec::new(),
        points: Vec::new(),
    };
    if decoder.byte()? != FORM {
        return None;
    }
    decoder.time = decoder.signed()?;
    let sets = decoder.length()?;
    let mut freezer = Freezer::new(Timestamp::from_nanos(decoder.time), 0, 0);
    for _ in 0..sets {
        decoder.set(&mut freezer)?;
    }
    decoder.bytes.is_empty().then(|| freezer.finish(&model.metrics))
}

/// A metric as the values have it; without a number when this process has no room for its name.
#[derive(Clone, Copy)]
struct Kind {
    id: Option<MetricId>,
    metric_type: MetricType,
    float: bool,
}

struct Decoder<'a> {
    bytes: &'a [u8],
    model: &'a Model,
    time: i64,
    texts: Vec<Arc<str>>,
    labels: Vec<Arc<Labels>>,
    metrics: Vec<Kind>,
    shapes: Vec<Arc<[Kind]>>,
    points: Vec<Point>,
}

impl<'a> Decoder<'a> {
    fn set(&mut self, freezer: &mut Freezer) -> Option<()> {
        let head = self.byte()?;
        let has = |bit: u8| head & 1 << bit != 0;
        let entity = self.entity(head & 7)?;
        let labels = Arc::new(self.pairs()?);
        let cpu = if has(3) { Some(self.cpu()?) } else { None };
        let mut moments = [None; 3];
        for (bit, moment) in (4..).zip(&mut moments) {
            if has(bit) {
                *moment = Some(self.moment()?);
            }
        }
        let [scrape, collection_start, entity_create] = moments;
        let times = Times {
            scrape,
            collection_start,
            entity_create,
        };
        let shape = self.shape()?;
        let mut points = std::mem::take(&mut self.points);
        points.clear();
        self.values(shape.len(), |at, bits| {
            points.extend(shape.get(at).and_then(|kind| kind.point(bits)));
        })?;
        let own = if has(7) { self.labeled()? } else { Vec::new() };
        let labeled = own.iter().map(|(point, labels)| Labeled {
            point: *point,
            labels,
        });
        freezer.push(entity, labels, times, cpu, &points, labeled);
        self.points = points;
        Some(())
    }

    fn labeled(&mut self) -> Option<Vec<(Point, Arc<Labels>)>> {
        let count = self.length()?;
        let mut heads = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            heads.push((self.metric()?, self.labels()?));
        }
        let mut all = Vec::with_capacity(count.min(1024));
        self.values(count, |at, bits| {
            let Some((kind, labels)) = heads.get(at) else {
                return;
            };
            all.extend(kind.point(bits).map(|point| (point, labels.clone())));
        })?;
        Some(all)
    }

    fn entity(&mut self, kind: u8) -> Option<Arc<Entity>> {
        let all = &self.model.entities;
        Some(match kind {
            0 => all.cluster(),
            1 => all.namespace(&self.text()?),
            2 => all.node(&self.text()?),
            3 => all.pod(&self.text()?, &self.text()?),
            4 => all.pod_container(&self.text()?, &self.text()?, &self.text()?),
            5 => all.system_container(&self.text()?, &self.text()?),
            _ => return None,
        })
    }

    fn cpu(&mut self) -> Option<CpuRate> {
        Some(CpuRate {
            nanocores: self.number()?,
            sample: self.moment()?,
            window: Duration::from_nanos(self.number()?),
        })
    }

    fn pairs(&mut self) -> Option<Labels> {
        let count = self.length()?;
        let mut pairs = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            pairs.push((self.text()?, self.text()?));
        }
        Some(Labels::from_pairs(pairs))
    }

    fn labels(&mut self) -> Option<Arc<Labels>> {
        if let Some(at) = self.place()? {
            return self.labels.get(at).cloned();
        }
        // The place is taken before the texts inside, as when it was written.
        make_room(&mut self.labels);
        let labels = Arc::new(self.pairs()?);
        self.labels.push(labels.clone());
        Some(labels)
    }

    fn shape(&mut self) -> Option<Arc<[Kind]>> {
        if let Some(at) = self.place()? {
            return self.shapes.get(at).cloned();
        }
        make_room(&mut self.shapes);
        let count = self.length()?;
        let shape: Option<Arc<[Kind]>> = (0..count).map(|_| self.metric()).collect();
        self.shapes.push(shape.clone()?);
        shape
    }

    fn metric(&mut self) -> Option<Kind> {
        if let Some(at) = self.place()? {
            return self.metrics.get(at).copied();
        }
        let types = self.byte()?;
        let metric_type = match types & 15 {
            0 => MetricType::Cumulative,
            1 => MetricType::Gauge,
            2 => MetricType::Delta,
            _ => return None,
        };
        let id = self.model.metrics.intern(&self.text()?);
        let kind = Kind {
            id,
            metric_type,
            float: types >> 4 != 0,
        };
        make_room(&mut self.metrics);
        self.metrics.push(kind);
        Some(kind)
    }

    fn text(&mut self) -> Option<Arc<str>> {
        if let Some(at) = self.place()? {
            return self.texts.get(at).cloned();
        }
        let length = self.length()?;
        let text: Arc<str> = std::str::from_utf8(self.take(length)?).ok()?.into();
        make_room(&mut self.texts);
        self.texts.push(text.clone());
        Some(text)
    }

    /// Reads `count` values.
    fn values(&mut self, count: usize, mut value: impl FnMut(usize, u64)) -> Option<()> {
        let lengths = self.take(count.div_ceil(2))?;
        for at in 0..count {
            let length = usize::from(*lengths.get(at / 2)? >> (at % 2 * 4) & 15);
            let mut bits = [0; 8];
            bits.get_mut(..length)?.copy_from_slice(self.take(length)?);
            value(at, u64::from_le_bytes(bits));
        }
        Some(())
    }

    /// The position of something known, or `None` when a new one follows.
    fn place(&mut self) -> Option<Option<usize>> {
        let at = usize::try_from(self.number()?).ok()?;
        Some(at.checked_sub(1))
    }

    fn moment(&mut self) -> Option<Timestamp> {
        Some(Timestamp::from_nanos(self.time.wrapping_add(self.signed()?)))
    }

    fn signed(&mut self) -> Option<i64> {
        self.number().map(unzigzag)
    }

    /// A number of things that take at least half a byte each: never more than are left.
    fn length(&mut self) -> Option<usize> {
        let length = usize::try_from(self.number()?).ok()?;
        (length <= self.bytes.len().saturating_mul(2)).then_some(length)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}

impl Kind {
    fn point(self, bits: u64) -> Option<Point> {
        let value = match self.float {
            true => Value::Float(f64::from_bits(bits.swap_bytes())),
            false => Value::Int(unzigzag(bits)),
        };
        Some(Point::new(self.id?, self.metric_type, value))
    }
}

fn make_room<T>(table: &mut Vec<T>) {
    if table.len() >= REMEMBERED {
        table.clear();
    }
}

const fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}
