//! Metric results: the points of one metric.
//!
//! Shape: `{"metrics":[{"timestamp","value","floatValue"}…],"latestTimestamp"}`.
//! Units: `value` is an integer, floats cut towards zero and negative numbers held at 0; the true number of both kinds
//! stands in `floatValue`, which integers from 0 on do not have. Source: Heapster 1.5 metrics/api/v1/types/model_types.go.

use crate::answer::Answer;
use crate::json::Json;
use crate::made::made;
use heapster_plugin::model::{Timestamp, Value};

/// One metric result in the pretty layout; made while it is sent, as a long window has many points.
pub(super) fn answer(points: Vec<(Timestamp, Value)>) -> Answer {
    let mut json = Json::pretty();
    let newest = newest(&points);
    open(&mut json);
    let mut rest = points.into_iter();
    let next = move |json: &mut Json| rest.next().map(|point| write_point(json, point)).is_some();
    made(json, next, move |json| close(json, newest))
}

/// One metric result. Points must be finite.
pub(super) fn write(json: &mut Json, points: &[(Timestamp, Value)]) {
    open(json);
    points.iter().for_each(|point| write_point(json, *point));
    close(json, newest(points));
}

fn newest(points: &[(Timestamp, Value)]) -> Option<Timestamp> {
    points.iter().map(|(timestamp, _)| *timestamp).max()
}

fn open(json: &mut Json) {
    json.open('{');
    json.key("metrics");
    json.open('[');
}

fn close(json: &mut Json, newest: Option<Timestamp>) {
    json.close(']');
    json.key("latestTimestamp");
    json.time(newest);
    json.close('}');
}

fn write_point(json: &mut Json, (timestamp, value): (Timestamp, Value)) {
    json.object(|json| {
        json.key("timestamp");
        json.time(Some(timestamp));
        json.key("value");
        json.bare(value.as_i64().max(0));
        if !matches!(value, Value::Int(value) if value >= 0) {
            json.key("floatValue");
            json.number(value);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_cut_and_negative_numbers_are_zero_with_the_truth_beside() {
        let at = Timestamp::from_secs(1_800_000_000);
        for (value, text) in [
            (Value::Int(5), r#""value":5}"#),
            (Value::Int(-5), r#""value":0,"floatValue":-5}"#),
            (Value::Float(12.75), r#""value":12,"floatValue":12.75}"#),
            (Value::Float(-0.5), r#""value":0,"floatValue":-0.5}"#),
        ] {
            let mut json = Json::compact();
            write(&mut json, &[(at, value)]);
            let text = format!(
                "{{\"metrics\":[{{\"timestamp\":\"2027-01-15T08:00:00Z\",{text}],\"latestTimestamp\":\"2027-01-15T08:00:00Z\"}}"
            );
            assert_eq!(json.take(), text);
        }
    }
}
