//! All families of the program.

use crate::family::{Family, Kind, Series};
use crate::process;
use crate::text::{push_head, push_labels, push_line};
use heapster_plugin::telemetry::Telemetry;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::Instant;

/// How many series one family may have. Values for further ones are refused and counted.
pub const MAX_SERIES: usize = 20_000;
const REFUSED: &str = "heapster_telemetry_refused_values_total";

/// Takes one figure: a declared family without values of other kinds, labels, the figure.
pub type Put<'a> = &'a mut dyn FnMut(&'static str, &[(&'static str, &str)], f64);

/// Figures that are read when a page is made, and stand on it as they were at one moment: for several that must add up.
pub trait Reader: Debug + Send + Sync {
    /// Puts each figure.
    fn read(&self, put: Put<'_>);
}

/// Figures by family and labels.
pub(crate) type Read = BTreeMap<&'static str, BTreeMap<String, f64>>;

/// The families and their series. Names are known at compile time, so their number is bounded by the program's text.
#[derive(Debug)]
pub struct Registry {
    families: RwLock<BTreeMap<&'static str, Family>>,
    readers: RwLock<Vec<Arc<dyn Reader>>>,
    max_series: usize,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// A registry without families.
    #[must_use]
    pub fn new() -> Self {
        Self {
            families: RwLock::default(),
            readers: RwLock::default(),
            max_series: MAX_SERIES,
        }
    }

    #[cfg(test)]
    pub(crate) fn with_limit(max_series: usize) -> Self {
        Self {
            max_series,
            ..Self::new()
        }
    }

    /// Names the kind and the description of a family. It prints once it has a series: a first value, or
    /// [`touch`](Self::touch). A family that already has series keeps its kind; the description is the newest one.
    pub fn declare(&self, family: &'static str, kind: Kind, help: &'static str) {
        let mut families = self.families.write().unwrap_or_else(PoisonError::into_inner);
        let known = families.entry(family).or_insert_with(|| Family::new(kind, help));
        known.help = help;
        if known.is_empty() {
            known.kind = kind;
        }
    }

    /// Makes the series with these labels show before its first value. A family that is not declared is left alone.
    pub fn touch(&self, family: &'static str, labels: &[(&'static str, &str)]) {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.get(family) {
            family.with(label_text(labels), self.max_series, |_| true);
        }
    }

    /// Adds one observation to a summary or a histogram. Units: the family's.
    pub fn value(&self, family: &'static str, labels: &[(&'static str, &str)], value: f64) {
        self.with(family, Kind::Summary, labels, |series| observe(series, value));
    }

    /// Reads these figures for every page from now on.
    pub fn read_from(&self, reader: Arc<dyn Reader>) {
        self.readers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(reader);
    }

    fn read(&self) -> Read {
        let mut all = Read::new();
        for reader in self.readers.read().unwrap_or_else(PoisonError::into_inner).iter() {
            reader.read(&mut |family, labels, value| {
                all.entry(family).or_default().insert(label_text(labels), value);
            });
        }
        all
    }

    /// All families and series in the text format 0.0.4, sorted; those about the process are read now.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // refusals are far below 2^53
    pub fn render(&self) -> String {
        let mut read = self.read();
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        let mut refused = String::new();
        for (name, family) in families.iter() {
            let figures = read.remove(name).unwrap_or_default();
            family.render(name, &figures, texts.entry(name).or_default());
            if family.refused() > 0 {
                let labels = label_text(&[("family", name)]);
                push_line(&mut refused, REFUSED, "", &labels, None, family.refused() as f64);
            }
        }
        drop(families);
        if !refused.is_empty() {
            let text = texts.entry(REFUSED).or_default();
            let help = "Values not taken, as the family is full or of another kind";
            push_head(text, REFUSED, help, "counter");
            text.push_str(&refused);
        }
        for (name, kind, help, value) in process::read() {
            let text = texts.entry(name).or_default();
            if text.is_empty() {
                push_head(text, name, help, kind);
                push_line(text, name, "", "", None, value);
            }
        }
        texts.into_values().collect()
    }

    fn with(
        &self,
        family: &'static str,
        kind: Kind,
        labels: &[(&'static str, &str)],
        change: impl FnOnce(&mut Series) -> bool,
    ) {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.get(family) {
            return family.with(label_text(labels), self.max_series, change);
        }
        drop(families);
        let mut families = self.families.write().unwrap_or_else(PoisonError::into_inner);
        families
            .entry(family)
            .or_insert_with(|| Family::new(kind, ""))
            .with(label_text(labels), self.max_series, change);
    }
}

impl Telemetry for Registry {
    fn count(&self, family: &'static str, labels: &[(&'static str, &str)], by: u64) {
        self.with(family, Kind::Counter, labels, |series| match series {
            Series::Counter(value) => {
                *value = value.saturating_add(by);
                true
            }
            Series::Gauge(_) | Series::Summary(_) | Series::Histogram(_) => false,
        });
    }

    fn gauge(&self, family: &'static str, labels: &[(&'static str, &str)], to: f64) {
        self.with(family, Kind::Gauge, labels, |series| match series {
            Series::Gauge(value) => {
                *value = to;
                true
            }
            Series::Counter(_) | Series::Summary(_) | Series::Histogram(_) => false,
        });
    }

    /// Units: milliseconds or microseconds when the family's name ends so, else seconds.
    fn observe(&self, family: &'static str, labels: &[(&'static str, &str)], took: Duration) {
        let seconds = took.as_secs_f64();
        let value = if family.ends_with("_milliseconds") {
            seconds * 1e3
        } else if family.ends_with("_microseconds") {
            seconds * 1e6
        } else {
            seconds
        };
        self.value(family, labels, value);
    }

    fn forget(&self, family: &'static str, labels: &[(&'static str, &str)]) {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.get(family) {
            family.forget(&label_text(labels));
        }
    }
}

fn observe(series: &mut Series, value: f64) -> bool {
    match series {
        Series::Summary(summary) => summary.observe(value, Instant::now()),
        Series::Histogram(histogram) => histogram.observe(value),
        Series::Counter(_) | Series::Gauge(_) => return false,
    }
    true
}

fn label_text(labels: &[(&'static str, &str)]) -> String {
    let mut text = String::with_capacity(48);
    push_labels(&mut text, labels);
    text
}

#[cfg(test)]
mod tests;
