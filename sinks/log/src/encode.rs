//! A batch as text or as JSON, streamed into any writer.

use heapster_gotext::{push_json_float, push_json_string};
use heapster_plugin::model::{Batch, CATALOGUE, Labeled, Point, SetView, Timestamp, Value};
use std::fmt::{self, Write};

/// What Go prints for the nanoseconds of its zero time, year 1: the number wraps.
const ZERO_NANOS: i64 = -6_795_364_578_871_345_152;

/// The layout of Heapster 1.5: a head, then a block a set with an empty line behind it.
///
/// Shape: S sets in key order; labels and metrics sorted by name, labeled metrics in the order of the set.
/// Units: as stored; integers in decimal, floats with six decimals; times in UTC with nanoseconds since the epoch.
/// Errors: those of the writer.
/// Source: Heapster 1.5 metrics/sinks/log/log_sink.go.
pub(crate) struct Text<'a>(pub(crate) &'a Batch);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "DataBatch     Timestamp: {}\n",
            GoTime(Some(self.0.timestamp()))
        )?;
        self.0.sets().try_for_each(|set| text_set(f, &set))
    }
}

/// Writes one set of the text layout.
fn text_set(f: &mut fmt::Formatter<'_>, set: &SetView<'_>) -> fmt::Result {
    let times = set.times();
    writeln!(f, "MetricSet: {}", set.entity().key())?;
    writeln!(
        f,
        "   Scrape time: {} {}",
        GoTime(times.scrape),
        nanos(times.scrape)
    )?;
    let create = times.collection_start;
    writeln!(f, "   Create time: {} {}", GoTime(create), nanos(create))?;
    f.write_str("   Labels:\n")?;
    for (key, value) in set.labels().iter() {
        writeln!(f, "      {key} = {value}")?;
    }
    f.write_str("   Metrics:\n")?;
    each_by_name(set, |name, value| writeln!(f, "      {name} = {}", Number(value)))?;
    f.write_str("   Labeled Metrics:\n")?;
    for Labeled { point, labels } in set.labeled() {
        let name = set.batch().metric_name(point.metric());
        writeln!(f, "      {name} = {}", Number(point.value()))?;
        for (key, value) in labels.iter() {
            writeln!(f, "         {key} = {value}")?;
        }
    }
    f.write_char('\n')
}

/// Appends one set as a line of JSON, newline included.
///
/// Shape: `timestamp`, `key`, `type`, `scrapeTime` and `createTime` if known, `labels`, `metrics` (object by name),
/// `labeledMetrics` (array). Units: as stored; times in RFC 3339. Errors: none; NaN and infinite values read null.
pub(crate) fn json_set(out: &mut String, set: &SetView<'_>) {
    out.push_str("{\"timestamp\":");
    push_time(out, set.batch().timestamp());
    out.push_str(",\"key\":");
    push_json_string(out, set.entity().key());
    out.push_str(",\"type\":");
    push_json_string(out, set.entity().kind().as_str());
    for (name, time) in [
        ("scrapeTime", set.times().scrape),
        ("createTime", set.times().collection_start),
    ] {
        if let Some(time) = time {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("\":");
            push_time(out, time);
        }
    }
    push_labels(out, set.labels().iter());
    out.push_str(",\"metrics\":{");
    let mut separator = "";
    each_by_name(set, |name, value| {
        out.push_str(separator);
        push_json_string(out, name);
        out.push(':');
        push_value(out, value);
        separator = ",";
        Ok::<(), fmt::Error>(())
    })
    .ok();
    out.push_str("},\"labeledMetrics\":[");
    for (at, Labeled { point, labels }) in set.labeled().enumerate() {
        out.push_str(if at == 0 { "{\"name\":" } else { ",{\"name\":" });
        push_json_string(out, set.batch().metric_name(point.metric()));
        push_labels(out, labels.iter());
        out.push_str(",\"value\":");
        push_value(out, point.value());
        out.push('}');
    }
    out.push_str("]}\n");
}

fn push_time(out: &mut String, time: Timestamp) {
    write!(out, "\"{time}\"").ok(); // a String takes everything
}

fn push_labels<'a>(out: &mut String, labels: impl Iterator<Item = (&'a str, &'a str)>) {
    out.push_str(",\"labels\":{");
    for (at, (key, value)) in labels.enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_json_string(out, key);
        out.push(':');
        push_json_string(out, value);
    }
    out.push('}');
}

fn push_value(out: &mut String, value: Value) {
    match value {
        Value::Int(value) => {
            write!(out, "{value}").ok(); // a String takes everything
        }
        Value::Float(value) => {
            if !push_json_float(out, value) {
                out.push_str("null");
            }
        }
    }
}

/// Calls `each` for the plain values in order of their names. Points ascend by number, which is the order of names inside
/// the catalogue; only a set with names outside it has to be sorted.
fn each_by_name<E>(set: &SetView<'_>, mut each: impl FnMut(&str, Value) -> Result<(), E>) -> Result<(), E> {
    let name = |point: &Point| set.batch().metric_name(point.metric());
    let listed = |point: &Point| (point.metric().0 as usize) < CATALOGUE.len();
    if set.points().last().as_ref().is_none_or(listed) {
        return set
            .points()
            .try_for_each(|point| each(name(&point), point.value()));
    }
    let mut sorted: Vec<Point> = set.points().collect();
    sorted.sort_by_key(|point| name(point));
    sorted
        .iter()
        .try_for_each(|point| each(name(point), point.value()))
}

struct Number(Value);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) if value.is_infinite() => {
                f.write_str(if value > 0.0 { "+Inf" } else { "-Inf" })
            }
            Value::Float(value) => write!(f, "{value:.6}"),
        }
    }
}

fn nanos(time: Option<Timestamp>) -> i64 {
    time.map_or(ZERO_NANOS, Timestamp::nanos)
}

/// A time as Go prints it: `2018-03-01 12:00:00.5 +0000 UTC`; no time is year 1.
struct GoTime(Option<Timestamp>);

impl fmt::Display for GoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => write!(FromRfc3339(f), "{time}"),
            None => f.write_str("0001-01-01 00:00:00 +0000 UTC"),
        }
    }
}

/// Turns `2018-03-01T12:00:00Z` into `2018-03-01 12:00:00 +0000 UTC` as it passes.
struct FromRfc3339<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for FromRfc3339<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            'T' => self.0.write_char(' '),
            'Z' => self.0.write_str(" +0000 UTC"),
            c => self.0.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests;
