//! Which events a batch is.

use crate::config::LabeledAs;
use heapster_plugin::model::{Batch, Labels, SetView};
use std::iter;
use std::ops::Range;
use std::sync::Arc;

/// One event: a set, or what one of its resources has of its own.
#[derive(Clone, Debug)]
pub(crate) struct Event<'a> {
    pub(crate) set: SetView<'a>,
    /// The positions of its values in the batch, with those that are left out of it.
    pub(crate) positions: Range<usize>,
    pub(crate) what: What<'a>,
}

#[derive(Clone, Debug)]
pub(crate) enum What<'a> {
    /// The plain values, and the labeled ones as fields if they are to be.
    Set { with_labeled: bool },
    /// So many labeled values from the given one on, which share these labels.
    Resource {
        own: &'a Arc<Labels>,
        from: usize,
        count: usize,
    },
}

/// The events of a batch in the order of its sets.
pub(crate) fn events(batch: &Batch, labeled: LabeledAs) -> impl Iterator<Item = Event<'_>> {
    let mut next = 0;
    batch.sets().flat_map(move |set| {
        let start = next;
        let plain = set.points().len();
        next = start + plain + set.labeled().len();
        let apart = labeled == LabeledAs::Events;
        let main = Event {
            set,
            positions: start..if apart { start + plain } else { next },
            what: What::Set {
                with_labeled: labeled == LabeledAs::Fields,
            },
        };
        let resources = apart.then(|| resources(set, start + plain));
        iter::once(main).chain(resources.into_iter().flatten())
    })
}

/// The events of a set's labeled values: neighbours with equal labels are one. The first value's position is `start`.
fn resources<'a>(set: SetView<'a>, start: usize) -> impl Iterator<Item = Event<'a>> {
    let mut rest = set.labeled().peekable();
    let mut from = 0;
    iter::from_fn(move || {
        let own = rest.next()?.labels;
        let mut count = 1;
        while rest
            .next_if(|one| Arc::ptr_eq(one.labels, own) || one.labels == own)
            .is_some()
        {
            count += 1;
        }
        let positions = start + from..start + from + count;
        let what = What::Resource { own, from, count };
        from += count;
        Some(Event { set, positions, what })
    })
}
