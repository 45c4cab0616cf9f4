//! A batch as lines.

use crate::config::Config;
use crate::path::{push_metric, push_set, push_tags};
use heapster_gotext::{push_fixed6, push_int};
use heapster_plugin::model::{Batch, Labels, Point, SetView, Value};
use heapster_socket::Skipped;

/// Carbon ends the connection of who sends a longer line.
const LONGEST: usize = 16_384;

/// Makes the lines of one batch.
#[derive(Debug)]
pub(crate) struct Encoder<'a> {
    config: &'a Config,
    /// ` TIMESTAMP\n`
    end: String,
    /// What the lines of one set begin with.
    start: Vec<u8>,
    /// The tags of the plain values of one set.
    tags: Vec<u8>,
    skipped: Skipped,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(batch: &Batch, config: &'a Config) -> Self {
        Self {
            config,
            end: format!(" {}\n", batch.timestamp().secs()),
            start: Vec::new(),
            tags: Vec::new(),
            skipped: Skipped::default(),
        }
    }

    /// Appends the lines of one set.
    ///
    /// Shape: a line a value, `PREFIX.PATH VALUE SECONDS` with the set's path, or `PREFIX.METRIC;TAGS VALUE SECONDS`; plain
    /// values, then labeled ones. Units: as stored; integers in decimal, floats with six decimals; seconds since the epoch.
    /// Errors: none; NaN and infinite values, and lines longer than carbon takes, are left out and counted.
    /// Source: Heapster 1.5 metrics/sinks/graphite/driver.go.
    pub(crate) fn push(&mut self, set: &SetView<'_>, out: &mut Vec<u8>) {
        self.start.clear();
        self.start.extend_from_slice(self.config.prefix.as_bytes());
        self.start.push(b'.');
        self.tags.clear();
        if self.config.tagged {
            push_tags(&mut self.tags, set.labels(), None);
        } else {
            push_set(&mut self.start, set.labels());
        }
        for point in set.points() {
            self.line(set, point, None, out);
        }
        for one in set.labeled() {
            self.line(set, one.point, Some(one.labels), out);
        }
    }

    fn line(&mut self, set: &SetView<'_>, point: Point, own: Option<&Labels>, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(&self.start);
        let name = set.batch().metric_name(point.metric());
        match own {
            _ if !self.config.tagged => push_metric(out, name, own),
            None => {
                push_metric(out, name, None);
                out.extend_from_slice(&self.tags);
            }
            Some(_) => {
                push_metric(out, name, None);
                push_tags(out, set.labels(), own);
            }
        }
        out.push(b' ');
        match point.value() {
            Value::Int(value) => push_int(out, value),
            Value::Float(value) if value.is_finite() => push_fixed6(out, value),
            Value::Float(_) => {
                self.skipped.unrepresentable += 1;
                out.truncate(begin);
                return;
            }
        }
        out.extend_from_slice(self.end.as_bytes());
        if out.len() - begin > LONGEST {
            self.skipped.too_large += 1;
            out.truncate(begin);
        }
    }

    /// What was left out.
    pub(crate) fn finish(self) -> Skipped {
        self.skipped
    }
}

#[cfg(test)]
mod tests;
