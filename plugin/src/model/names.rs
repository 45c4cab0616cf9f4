//! Names of metrics that are not in the catalogue: custom ones and `RESOURCE/request`.

use super::catalogue::CATALOGUE;
use super::metric::{Metric, MetricId};
use hashbrown::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How many names outside the catalogue a program keeps; further ones are refused, so that a container that invents
/// names without end cannot fill the memory.
pub const MAX_CUSTOM_METRICS: usize = 10_000;

/// The table of metric names outside the catalogue. Names are never removed.
#[derive(Debug, Default)]
pub struct MetricNames {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    ids: HashMap<Arc<str>, MetricId>,
    /// Replaced, not changed, when a name is added: batches keep the table they were made with.
    names: Arc<[Arc<str>]>,
}

impl MetricNames {
    /// A table of these names for [`table`](Self::table) only: it finds none of them by name.
    pub(super) fn of(names: Arc<[Arc<str>]>) -> Self {
        let ids = HashMap::new();
        Self {
            inner: RwLock::new(Inner { ids, names }),
        }
    }

    /// The id of `name`, from the catalogue or this table; a new name is added. `None` once the table is full.
    pub fn intern(&self, name: &str) -> Option<MetricId> {
        if let Some(id) = self.find(name) {
            return Some(id);
        }
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = inner.ids.get(name) {
            return Some(*id);
        }
        if inner.names.len() >= MAX_CUSTOM_METRICS {
            return None;
        }
        let id = MetricId(u32::try_from(CATALOGUE.len() + inner.names.len()).ok()?);
        let name: Arc<str> = name.into();
        inner.names = inner.names.iter().cloned().chain([name.clone()]).collect();
        inner.ids.insert(name, id);
        Some(id)
    }

    /// The id of `name`, if it is known.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<MetricId> {
        if let Ok(index) = CATALOGUE.binary_search_by(|metric| metric.name.cmp(name)) {
            return u32::try_from(index).ok().map(MetricId);
        }
        self.inner
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .ids
            .get(name)
            .copied()
    }

    /// The names of this table so far: `MetricId(CATALOGUE.len() + i)` is `table()[i]`.
    #[must_use]
    pub fn table(&self) -> Arc<[Arc<str>]> {
        self.inner
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .names
            .clone()
    }

    /// The catalogue's description of `id`; `None` for interned names.
    #[must_use]
    pub fn describe(id: MetricId) -> Option<&'static Metric> {
        CATALOGUE.get(usize::try_from(id.0).ok()?)
    }
}

/// The name of `id`, looked up in the catalogue and then in `table`; empty for an id of neither.
pub(crate) fn name_in(table: &[Arc<str>], id: MetricId) -> &str {
    let index = usize::try_from(id.0).unwrap_or(usize::MAX);
    match CATALOGUE.get(index) {
        Some(metric) => metric.name,
        None => table
            .get(index.wrapping_sub(CATALOGUE.len()))
            .map_or("", |name| name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_sorted_by_name_and_names_are_unique() {
        assert!(CATALOGUE.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn a_name_keeps_its_id() {
        let names = MetricNames::default();
        let qps = names.intern("custom/qps").unwrap();
        assert_eq!(names.intern("custom/qps"), Some(qps));
        assert_eq!(name_in(&names.table(), qps), "custom/qps");
        assert_eq!(names.intern("cpu/usage"), Some(super::super::id::CPU_USAGE));
    }

    #[test]
    fn a_full_table_refuses_new_names_and_keeps_the_old_ones() {
        let names = MetricNames::default();
        let ids = (0..MAX_CUSTOM_METRICS).map(|i| format!("custom/{i}"));
        {
            let mut inner = names.inner.write().unwrap();
            inner.names = ids.map(Arc::from).collect();
        }
        assert_eq!(names.intern("custom/one-too-many"), None);
        assert_eq!(names.intern("uptime"), Some(super::super::id::UPTIME));
    }
}
