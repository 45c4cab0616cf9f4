//! A family of series under one name.

use crate::histogram::Histogram;
use crate::summary::{QUANTILES, Summary};
use crate::text::{push_head, push_line};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// What the series of a family are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A number that only grows.
    Counter,
    /// A momentary number.
    Gauge,
    /// Quantiles over the last ten minutes, beside sum and count since the start.
    Summary,
    /// Counts below fixed bounds from 5 ms to 10 s. Unit: seconds.
    Histogram,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Summary => "summary",
            Self::Histogram => "histogram",
        }
    }
}

/// The state of one series.
#[derive(Debug)]
pub(crate) enum Series {
    Counter(u64),
    Gauge(f64),
    Summary(Box<Summary>),
    Histogram(Box<Histogram>),
}

impl Series {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Counter(0),
            Kind::Gauge => Self::Gauge(0.0),
            Kind::Summary => Self::Summary(Box::new(Summary::new(Instant::now()))),
            Kind::Histogram => Self::Histogram(Box::default()),
        }
    }
}

/// A family. Series are kept by the text of their labels, so that they print in one order.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) kind: Kind,
    pub(crate) help: &'static str,
    series: Mutex<BTreeMap<Box<str>, Series>>,
    refused: AtomicU64,
}

impl Family {
    pub(crate) fn new(kind: Kind, help: &'static str) -> Self {
        Self {
            kind,
            help,
            series: Mutex::default(),
            refused: AtomicU64::new(0),
        }
    }

    /// Changes the series with these labels, which is made if there is room. `change` says whether it could: a series
    /// of another kind cannot take a value.
    pub(crate) fn with(&self, labels: String, limit: usize, change: impl FnOnce(&mut Series) -> bool) {
        let mut all = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = if let Some(series) = all.get_mut(labels.as_str()) {
            change(series)
        } else if all.len() < limit {
            let mut series = Series::new(self.kind);
            let taken = change(&mut series);
            if taken {
                all.insert(labels.into_boxed_str(), series);
            }
            taken
        } else {
            false
        };
        if !taken {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn forget(&self, labels: &str) {
        self.series
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(labels);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.series
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    /// How many values were not taken, as the family was full or is of another kind.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Appends the family's text with the figures that were read for it; nothing when there is neither series nor figure.
    #[allow(clippy::cast_precision_loss)] // counts beyond 2^53 lose their last digits in every reader as well
    pub(crate) fn render(&self, name: &str, figures: &BTreeMap<String, f64>, out: &mut String) {
        let now = Instant::now();
        let mut all = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() && figures.is_empty() {
            return;
        }
        push_head(out, name, self.help, self.kind.as_str());
        for (labels, series) in all.iter_mut() {
            match series {
                Series::Counter(value) => push_line(out, name, "", labels, None, *value as f64),
                Series::Gauge(value) => push_line(out, name, "", labels, None, *value),
                Series::Summary(summary) => {
                    for (q, text) in QUANTILES {
                        let value = summary.quantile(q, now);
                        push_line(out, name, "", labels, Some(("quantile", text)), value);
                    }
                    push_totals(out, name, labels, summary.sum, summary.count);
                }
                Series::Histogram(histogram) => {
                    for (bound, count) in histogram.cumulative() {
                        push_line(out, name, "_bucket", labels, Some(("le", bound)), count as f64);
                    }
                    let count = histogram.count as f64;
                    push_line(out, name, "_bucket", labels, Some(("le", "+Inf")), count);
                    push_totals(out, name, labels, histogram.sum, histogram.count);
                }
            }
        }
        for (labels, value) in figures {
            push_line(out, name, "", labels, None, *value);
        }
    }
}

/// The two last lines of summaries and histograms. A count is printed without exponent.
fn push_totals(out: &mut String, name: &str, labels: &str, sum: f64, count: u64) {
    push_line(out, name, "_sum", labels, None, sum);
    out.push_str(name);
    out.push_str("_count");
    if !labels.is_empty() {
        out.push('{');
        out.push_str(labels);
        out.push('}');
    }
    out.push(' ');
    out.push_str(&count.to_string());
    out.push('\n');
}
