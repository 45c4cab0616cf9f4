//! Places of sets in a batch, for answers that outlive the call.

use heapster_plugin::model::{Batch, Entity, EntityKind};
use std::ops::Range;

/// The places of the sets whose keys begin with `prefix`; two binary searches.
pub(super) fn with_prefix(batch: &Batch, prefix: &str) -> Range<usize> {
    let start = first_not(batch, 0, |key| key < prefix);
    start..first_not(batch, start, |key| key.starts_with(prefix))
}

/// The place behind all that belongs to the same namespace as the pod or container at `at`; `at + 1` for other kinds.
///
/// A cluster has many pods and few namespaces: a list of these jumps from one to the next.
pub(super) fn behind_namespace(batch: &Batch, at: usize, entity: &Entity) -> usize {
    match (entity.kind(), entity.namespace()) {
        (EntityKind::Pod | EntityKind::PodContainer, Some(namespace)) => {
            let prefix = format!("namespace:{namespace}/");
            first_not(batch, at + 1, |key| key.starts_with(&prefix))
        }
        _ => at + 1,
    }
}

/// The first place from `from` on whose key does not fit; those that fit must come first.
fn first_not(batch: &Batch, from: usize, fits: impl Fn(&str) -> bool) -> usize {
    let (mut low, mut high) = (from, batch.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match batch.set(middle) {
            Some(set) if fits(set.entity().key()) => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::{Model, Timestamp};
    use heapster_plugin::testkit::batch;

    #[test]
    fn a_prefix_and_a_namespace_end_where_the_next_one_begins() {
        let model = Model::default();
        let all = &model.entities;
        let entities = [
            all.namespace("a"),
            all.namespace("a-b"),
            all.pod("a-b", "x"),
            all.pod("a", "p"),
            all.pod_container("a", "p", "c"),
            all.pod("a", "p-q"),
            all.node("n"),
        ];
        let sets: Vec<_> = entities.map(|entity| (entity, &[] as _, &[] as _)).into();
        let batch = batch(&model, Timestamp::from_secs(1), &sets);
        let keys: Vec<_> = batch.sets().map(|set| set.entity().key()).collect();
        let of_a = with_prefix(&batch, "namespace:a/");
        assert_eq!(keys[of_a.clone()].len(), 3);
        assert_eq!(with_prefix(&batch, "zone:"), keys.len()..keys.len());
        let pod = batch.set(of_a.start).unwrap().entity().clone();
        assert_eq!(behind_namespace(&batch, of_a.start, &pod), of_a.end);
        let node = batch.by_key("node:n").unwrap().entity().clone();
        assert_eq!(behind_namespace(&batch, keys.len() - 1, &node), keys.len());
    }
}
