//! Single values.

use super::labels::Labels;
use super::metric::{MetricId, MetricType, ValueType};
use std::sync::Arc;

/// A number: an integer or a float, as the metric's value type says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// [`ValueType::Int64`]
    Int(i64),
    /// [`ValueType::Double`]
    Float(f64),
}

impl Value {
    /// The number as a float; integers beyond 2^53 lose their last digits.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // the loss is what the doc says
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The integer, or the float cut towards zero and held inside the range of `i64`; NaN reads 0.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // `as` saturates, which is what is wanted
    pub fn as_i64(self) -> i64 {
        match self {
            Self::Int(value) => value,
            Self::Float(value) => value as i64,
        }
    }
}

/// One value of one metric of one set: 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Point {
    bits: u64,
    metric: MetricId,
    metric_type: MetricType,
    value_type: ValueType,
}

impl Point {
    /// An integer value.
    #[must_use]
    pub const fn int(metric: MetricId, metric_type: MetricType, value: i64) -> Self {
        Self {
            bits: value.cast_unsigned(),
            metric,
            metric_type,
            value_type: ValueType::Int64,
        }
    }

    /// A float value.
    #[must_use]
    pub const fn float(metric: MetricId, metric_type: MetricType, value: f64) -> Self {
        Self {
            bits: value.to_bits(),
            metric,
            metric_type,
            value_type: ValueType::Double,
        }
    }

    /// An integer gauge.
    #[must_use]
    pub const fn gauge(metric: MetricId, value: i64) -> Self {
        Self::int(metric, MetricType::Gauge, value)
    }

    /// A cumulative integer.
    #[must_use]
    pub const fn cumulative(metric: MetricId, value: i64) -> Self {
        Self::int(metric, MetricType::Cumulative, value)
    }

    /// A point of `value`'s kind.
    #[must_use]
    pub const fn new(metric: MetricId, metric_type: MetricType, value: Value) -> Self {
        match value {
            Value::Int(value) => Self::int(metric, metric_type, value),
            Value::Float(value) => Self::float(metric, metric_type, value),
        }
    }

    /// A point from the bits that [`bits`](Self::bits) gives.
    pub(super) const fn from_bits(
        metric: MetricId,
        metric_type: MetricType,
        value_type: ValueType,
        bits: u64,
    ) -> Self {
        Self {
            bits,
            metric,
            metric_type,
            value_type,
        }
    }

    /// Which metric.
    #[must_use]
    pub const fn metric(&self) -> MetricId {
        self.metric
    }

    /// How this value is meant; usually as the metric's description says.
    #[must_use]
    pub const fn metric_type(&self) -> MetricType {
        self.metric_type
    }

    /// Whether the value is an integer or a float.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        self.value_type
    }

    /// The number.
    #[must_use]
    pub const fn value(&self) -> Value {
        match self.value_type {
            ValueType::Int64 => Value::Int(self.bits.cast_signed()),
            ValueType::Double => Value::Float(f64::from_bits(self.bits)),
        }
    }

    /// The number's 64 bits as stored: two's complement, or IEEE 754.
    #[must_use]
    pub const fn bits(&self) -> u64 {
        self.bits
    }

    /// The same point with other bits of the same kind of number.
    #[must_use]
    pub const fn with_bits(self, bits: u64) -> Self {
        Self { bits, ..self }
    }
}

/// One value that carries labels of its own, such as a filesystem's usage.
#[derive(Clone, PartialEq, Debug)]
pub struct LabeledPoint {
    /// The value.
    pub point: Point,
    /// The labels that tell it from its siblings, such as `resource_id`.
    pub labels: Arc<Labels>,
}

impl LabeledPoint {
    /// The value as a batch gives it.
    #[must_use]
    pub const fn as_labeled(&self) -> Labeled<'_> {
        Labeled {
            point: self.point,
            labels: &self.labels,
        }
    }
}

/// One labeled value of a [`Batch`](super::Batch).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Labeled<'a> {
    /// The value.
    pub point: Point,
    /// The labels that tell it from its siblings, such as `resource_id`.
    pub labels: &'a Arc<Labels>,
}

impl Labeled<'_> {
    /// The value with its labels, to be kept.
    #[must_use]
    pub fn to_owned(self) -> LabeledPoint {
        LabeledPoint {
            point: self.point,
            labels: self.labels.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_sixteen_bytes() {
        assert_eq!(size_of::<Point>(), 16);
    }

    #[test]
    fn a_point_gives_back_what_it_was_made_of() {
        let metric = MetricId(3);
        for value in [
            Value::Int(i64::MIN),
            Value::Int(-1),
            Value::Float(-0.5),
            Value::Float(f64::MAX),
        ] {
            assert_eq!(Point::new(metric, MetricType::Delta, value).value(), value);
        }
    }
}
