//! Sums of two values of one metric.

use heapster_plugin::model::{Point, Value};

/// The sum of two points of one metric, held inside the range of `i64`; `None` for an integer and a float.
pub(crate) fn sum(a: Point, b: Point) -> Option<Point> {
    let value = match (a.value(), b.value()) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a.saturating_add(b)),
        (Value::Float(a), Value::Float(b)) => Value::Float(a + b),
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => return None,
    };
    Some(Point::new(a.metric(), a.metric_type(), value))
}
