//! The JSON of the API, as far as it is read.

use heapster_plugin::model::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// A list of the metrics API; `items` is null when it is empty.
#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) items: Option<Vec<T>>,
}

/// A node's usage.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) metadata: Metadata,
    /// The batch's time.
    #[serde(deserialize_with = "time")]
    pub(crate) timestamp: Timestamp,
    pub(crate) usage: Usage,
}

/// A pod's usage.
#[derive(Debug, Deserialize)]
pub(crate) struct Pod {
    pub(crate) metadata: Metadata,
    #[serde(default)]
    pub(crate) containers: Vec<Container>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Container {
    pub(crate) usage: Usage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) namespace: String,
    /// The server's clock when it answered.
    #[serde(deserialize_with = "time")]
    pub(crate) creation_timestamp: Timestamp,
}

/// CPU in cores, memory in bytes: never negative, always finite.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Usage {
    #[serde(deserialize_with = "amount")]
    pub(crate) cpu: f64,
    #[serde(deserialize_with = "amount")]
    pub(crate) memory: f64,
}

/// The points of one metric, oldest first.
#[derive(Debug, Deserialize)]
pub(crate) struct Series {
    pub(crate) metrics: Vec<Point>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Point {
    #[serde(deserialize_with = "time")]
    pub(crate) timestamp: Timestamp,
    value: f64,
}

impl Point {
    /// The value; zero for what the original prints for a negative one, a number near 2⁶⁴.
    pub(crate) fn value(&self) -> f64 {
        const NEGATIVE: f64 = 9_223_372_036_854_775_808.0;
        if (0.0..NEGATIVE).contains(&self.value) {
            self.value
        } else {
            0.0
        }
    }
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = Cow::<'de, str>::deserialize(from)?;
    Timestamp::parse(&text).ok_or_else(|| D::Error::custom("a time that is not RFC 3339"))
}

fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let text = Cow::<'de, str>::deserialize(from)?;
    quantity(&text).ok_or_else(|| D::Error::custom("an amount that is no quantity"))
}

const SUFFIXES: [(&str, f64); 15] = [
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("Ei", 1_152_921_504_606_846_976.0),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
];

/// A Kubernetes quantity such as `250m`, `1536Ki` or `1e3` in its base unit; below zero reads zero.
fn quantity(text: &str) -> Option<f64> {
    let (number, factor) = SUFFIXES
        .iter()
        .find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)))
        .unwrap_or((text, 1.0));
    let value = number.parse::<f64>().ok()? * factor;
    value.is_finite().then_some(value.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_in_their_base_unit() {
        for (text, wanted) in [
            ("0", 0.0),
            ("250m", 0.25),
            ("1", 1.0),
            ("12345678901n", 12.345_678_901),
            ("1k", 1000.0),
            ("1536Ki", 1_572_864.0),
            ("2Ei", 2_305_843_009_213_693_952.0),
            ("1e3", 1000.0),
            ("1E", 1e18),
            ("-5", 0.0),
        ] {
            let read = quantity(text).unwrap();
            assert!((read - wanted).abs() <= wanted * 1e-12, "{text}: {read}");
        }
        for text in ["", "m", "nan", "inf", "1e999", "1 Ki", "x5", "0x1"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn a_negative_value_of_the_original_reads_zero() {
        let read = |text: &str| {
            let series: Series = serde_json::from_str(text).unwrap();
            series.metrics.first().map(Point::value)
        };
        let of = |value: &str| {
            read(&format!(
                r#"{{"metrics":[{{"timestamp":"2026-11-22T08:45:00Z","value":{value}}}]}}"#
            ))
        };
        assert_eq!(of("18446744073709551611"), Some(0.0));
        assert_eq!(of("1000"), Some(1000.0));
        assert_eq!(
            read(r#"{"metrics":[],"latestTimestamp":"0001-01-01T00:00:00Z"}"#),
            None
        );
    }
}
