//! Labels: sorted key and value text, shared by every batch in which they do not change.

use std::fmt;
use std::sync::Arc;

/// The keys the core sets itself.
pub mod label {
    /// Kind of the set: `cluster`, `ns`, `node`, `pod`, `pod_container`, `sys_container`.
    pub const TYPE: &str = "type";
    /// Name of the node in the Kubernetes API.
    pub const NODENAME: &str = "nodename";
    /// Host name of the node: its Hostname address, else its name.
    pub const HOSTNAME: &str = "hostname";
    /// Identifier of the node: external id or an annotation; may be empty.
    pub const HOST_ID: &str = "host_id";
    /// `true` or `false`; nodes of the legacy source only.
    pub const SCHEDULABLE: &str = "schedulable";
    /// Namespace.
    pub const NAMESPACE_NAME: &str = "namespace_name";
    /// UID of the namespace.
    pub const NAMESPACE_ID: &str = "namespace_id";
    /// Pod.
    pub const POD_NAME: &str = "pod_name";
    /// UID of the pod.
    pub const POD_ID: &str = "pod_id";
    /// Container, or system container.
    pub const CONTAINER_NAME: &str = "container_name";
    /// Image of the container.
    pub const CONTAINER_BASE_IMAGE: &str = "container_base_image";
    /// User labels, `key:value` joined by the label separator.
    pub const LABELS: &str = "labels";
    /// Which device, volume or filesystem a labeled value belongs to.
    pub const RESOURCE_ID: &str = "resource_id";
    /// Accelerator make.
    pub const MAKE: &str = "make";
    /// Accelerator model.
    pub const MODEL: &str = "model";
    /// Accelerator identity.
    pub const ACCELERATOR_ID: &str = "accelerator_id";
}

/// A key and its value, both shared.
pub type Pair = (Arc<str>, Arc<str>);

/// How many levels of labels may lie over each other, and how many labels such a set may have. What exceeds that is kept flat.
const LEVELS: usize = 4;
const LAYERED: usize = 23;
/// A label of a layered set: which level it is from, and its place there.
const LEVEL_SHIFT: u32 = 6;
const PLACES: usize = 1 << LEVEL_SHIFT;

/// An immutable set of labels, sorted bytewise by key; a key occurs once.
///
/// A set may lie over another one, of which it keeps what it has not itself: the labels of a pod are shared by its containers,
/// those of a node by its pods.
#[derive(Clone, Default)]
pub struct Labels {
    base: Option<Arc<Labels>>,
    own: Arc<[Pair]>,
    /// With a base: all labels in order of their keys.
    order: [u8; LAYERED],
    count: u8,
}

impl Labels {
    /// Labels from pairs in any order; of two pairs with one key the later one stays.
    pub fn from_pairs<K: Into<Arc<str>>, V: Into<Arc<str>>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self {
            own: sorted(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.into(), value.into()))
                    .collect(),
            ),
            ..Self::default()
        }
    }

    /// The labels of `base` with `pairs` over them; of two pairs with one key the later one stays.
    pub fn over<K: Into<Arc<str>>, V: Into<Arc<str>>>(
        base: &Arc<Self>,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::from_pairs(pairs).rebased(base)
    }

    /// The labels of `base` with this set's own over them, which both sets then share.
    #[must_use]
    pub fn rebased(&self, base: &Arc<Self>) -> Self {
        let mut layered = Self {
            base: Some(base.clone()),
            own: self.own.clone(),
            order: [0; LAYERED],
            count: 0,
        };
        if layered.put_in_order().is_none() {
            return Self::from_pairs(base.iter_shared().chain(self.own.iter()).cloned());
        }
        layered
    }

    /// The same labels with `own`, which must be equal to its own pairs, in their place.
    pub(super) fn with_own(&self, own: Arc<[Pair]>) -> Self {
        Self { own, ..self.clone() }
    }

    /// What this set lies over.
    #[must_use]
    pub const fn base(&self) -> Option<&Arc<Self>> {
        self.base.as_ref()
    }

    /// The pairs that lie over the [base](Self::base), sorted by key; without one, all.
    #[must_use]
    pub fn own(&self) -> &[Pair] {
        &self.own
    }

    /// The pairs of each level, the top first; `None` when there are too many.
    fn levels(&self) -> Option<[&[Pair]; LEVELS]> {
        let mut levels: [&[Pair]; LEVELS] = [&[]; LEVELS];
        let mut next = Some(self);
        for level in &mut levels {
            let Some(labels) = next else { break };
            *level = &labels.own;
            next = labels.base.as_deref();
        }
        next.is_none().then_some(levels)
    }

    /// Fills `order`; `None` when the labels are too many for it.
    fn put_in_order(&mut self) -> Option<()> {
        let mut places = [0_usize; LEVELS];
        let (mut order, mut count) = ([0; LAYERED], 0);
        let levels = self.levels()?;
        if levels.iter().any(|level| level.len() > PLACES) {
            return None;
        }
        loop {
            let heads = || {
                levels
                    .iter()
                    .zip(&places)
                    .map(|(level, place)| level.get(*place).map(|(key, _)| key))
            };
            let Some(least) = heads().flatten().min() else {
                break;
            };
            let top = heads().position(|head| head == Some(least))?;
            let place = (top << LEVEL_SHIFT) | places.get(top)?;
            *order.get_mut(count)? = u8::try_from(place).ok()?;
            count += 1;
            for (level, place) in levels.iter().zip(&mut places) {
                *place += usize::from(level.get(*place).is_some_and(|(key, _)| key == least));
            }
        }
        (self.order, self.count) = (order, u8::try_from(count).ok()?);
        Some(())
    }

    /// The value of `key`, if there is one; an empty text is a value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.shared(key).map(|value| &**value)
    }

    /// The shared value of `key`, to be used in other labels without copying.
    #[must_use]
    pub fn shared(&self, key: &str) -> Option<&Arc<str>> {
        let found = self.own.binary_search_by(|(own, _)| (**own).cmp(key));
        match found {
            Ok(at) => self.own.get(at).map(|(_, value)| value),
            Err(_) => self.base.as_ref()?.shared(key),
        }
    }

    /// All pairs, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        self.iter_shared().map(|(key, value)| (&**key, &**value))
    }

    /// All pairs as shared text, sorted by key.
    pub fn iter_shared(&self) -> Iter<'_> {
        let levels = if self.base.is_some() { self.levels() } else { None };
        Iter {
            levels: levels.unwrap_or([&self.own, &[], &[], &[]]),
            order: self.base.as_ref().map(|_| self.order.as_slice()),
            next: 0,
            end: self.len(),
        }
    }

    /// How many pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.base {
            Some(_) => self.count.into(),
            None => self.own.len(),
        }
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Sorted by key, the last of equal keys only.
fn sorted(mut pairs: Vec<Pair>) -> Arc<[Pair]> {
    pairs.reverse();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs.dedup_by(|a, b| a.0 == b.0);
    pairs.into()
}

/// The pairs of a set of labels, sorted by key.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    levels: [&'a [Pair]; LEVELS],
    order: Option<&'a [u8]>,
    next: usize,
    end: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Pair;

    fn next(&mut self) -> Option<&'a Pair> {
        if self.next >= self.end {
            return None;
        }
        let (level, place) = match self.order {
            None => (0, self.next),
            Some(order) => {
                let place = usize::from(*order.get(self.next)?);
                (place >> LEVEL_SHIFT, place & (PLACES - 1))
            }
        };
        self.next += 1;
        self.levels.get(level)?.get(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        self.iter_shared().eq(other.iter_shared())
    }
}

impl Eq for Labels {}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests;
