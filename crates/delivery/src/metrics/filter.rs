//! Which values of a batch a sink gets.

use crate::condition::{Conditions, Field};
use heapster_plugin::model::{Batch, EntityKind, Labels, MetricId, Part, SetView, label};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// Conditions on `name` (the metric), `type` (the set's), and labels of the set or of the labeled value, whose own count first.
///
/// A condition on `type` is decided by the kind of the set, one on `name` once a metric and batch, one on a label once a set and
/// once a labeled value that has the label itself.
#[derive(Debug)]
pub struct Filter {
    name: Option<Field>,
    kinds: Vec<EntityKind>,
    labels: Vec<Field>,
}

const KINDS: [EntityKind; 6] = [
    EntityKind::Cluster,
    EntityKind::Namespace,
    EntityKind::Node,
    EntityKind::Pod,
    EntityKind::PodContainer,
    EntityKind::SystemContainer,
];

impl Filter {
    pub(super) fn new(mut conditions: Conditions) -> Self {
        let name = conditions.take("name");
        let kind = conditions.take(label::TYPE);
        let passes = |of: &EntityKind| kind.as_ref().is_none_or(|field| field.passes(of.as_str()));
        Self {
            name,
            kinds: KINDS.into_iter().filter(passes).collect(),
            labels: conditions.into_fields(),
        }
    }

    pub(super) fn pass(&self, batch: &Arc<Batch>) -> Option<Arc<Batch>> {
        let by_kind = self.name.is_none() && self.labels.is_empty();
        if by_kind && batch.sets().all(|set| self.has_kind(set)) {
            return (batch.value_count() > 0).then(|| batch.clone());
        }
        let names = Names::new(self.name.as_ref(), batch);
        let labels_pass = Cell::new(true);
        let part = |set: SetView<'_>| {
            if !self.has_kind(set) {
                return Part::Nothing;
            }
            labels_pass.set(self.set_passes(set.labels()));
            let one_answer = self.labels.is_empty() || set.labeled().len() == 0;
            match (labels_pass.get(), one_answer) {
                (false, true) => Part::Nothing,
                (true, true) if self.name.is_none() => Part::Whole,
                (true | false, _) => Part::Each,
            }
        };
        let smaller = batch.select_parts(part, |set, value| {
            let own = value.labels().filter(|own| self.concerns(own));
            let labels_pass = own.map_or(labels_pass.get(), |own| self.value_passes(own, set.labels()));
            labels_pass && names.pass(value.metric())
        });
        match smaller.value_count() {
            0 => None,
            count if count == batch.value_count() => Some(batch.clone()),
            _ => Some(Arc::new(smaller)),
        }
    }

    fn has_kind(&self, set: SetView<'_>) -> bool {
        self.kinds.contains(&set.entity().kind())
    }

    fn set_passes(&self, labels: &Labels) -> bool {
        let passes = |field: &Field| field.passes(labels.get(&field.name).unwrap_or_default());
        self.labels.iter().all(passes)
    }

    /// Whether a value's own labels have one that there is a condition on.
    fn concerns(&self, own: &Labels) -> bool {
        self.labels.iter().any(|field| own.get(&field.name).is_some())
    }

    fn value_passes(&self, own: &Labels, set: &Labels) -> bool {
        self.labels.iter().all(|field| {
            let value = own.get(&field.name).or_else(|| set.get(&field.name));
            field.passes(value.unwrap_or_default())
        })
    }
}

/// The answers for the names of one batch, each asked for once.
struct Names<'a> {
    field: Option<&'a Field>,
    batch: &'a Batch,
    answers: RefCell<Vec<Option<bool>>>,
}

impl<'a> Names<'a> {
    fn new(field: Option<&'a Field>, batch: &'a Batch) -> Self {
        let answers = RefCell::default();
        Self {
            field,
            batch,
            answers,
        }
    }

    fn pass(&self, metric: MetricId) -> bool {
        let Some(field) = self.field else { return true };
        let at = metric.0 as usize;
        let mut answers = self.answers.borrow_mut();
        if let Some(Some(answer)) = answers.get(at) {
            return *answer;
        }
        let answer = field.passes(self.batch.metric_name(metric));
        if answers.len() <= at {
            answers.resize(at + 1, None);
        }
        if let Some(slot) = answers.get_mut(at) {
            *slot = Some(answer);
        }
        answer
    }
}
