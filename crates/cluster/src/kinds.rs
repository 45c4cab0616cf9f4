//! The three kinds that are watched: only what their records need is read, and the record is made at once.

mod namespace;
mod node;
mod pod;

#[cfg(test)]
mod tests;

pub(crate) use namespace::NamespaceObject;
pub(crate) use node::NodeObject;
pub(crate) use pod::PodObject;

use crate::loose::{Pairs, Shape, loose, objects};
use crate::table::Record;
use heapster_plugin::model::{Labels, Model};
use kube::Resource;
use kube::core::{ClusterResourceScope, ObjectMeta};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

/// What is read of an object of one kind.
pub(crate) trait Kind: for<'de> Shape<'de> + Clone + Debug + Send + Sync + 'static {
    /// `Pod`
    const KIND: &'static str;
    /// `pods`: the path, and the label value on `/metrics`.
    const PLURAL: &'static str;
    /// What is kept.
    type Record: Record + Send + Sync + 'static;

    fn metadata(&mut self) -> &mut Metadata;
    fn record(self, maker: &mut Maker) -> Self::Record;
}

/// The part of `metadata` that all kinds need.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Metadata {
    #[serde(deserialize_with = "loose")]
    pub(crate) name: String,
    #[serde(deserialize_with = "loose")]
    pub(crate) namespace: String,
    #[serde(deserialize_with = "loose")]
    uid: String,
    #[serde(deserialize_with = "loose")]
    resource_version: String,
    #[serde(deserialize_with = "loose")]
    labels: Pairs,
}

objects!(Metadata);

/// Makes records, and lets them share text.
#[derive(Debug)]
pub(crate) struct Maker {
    model: Arc<Model>,
}

impl Maker {
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self { model }
    }

    fn labels(&self, pairs: &Pairs) -> Labels {
        let pool = &self.model.pool;
        let share = |(key, value): &(String, String)| (pool.text(key), pool.text(value));
        pool.labels(&Labels::from_pairs(pairs.0.iter().map(share)))
    }
}

/// An object as the API client sees it: of its metadata there is only the version to go on from.
#[derive(Clone, Debug)]
pub(crate) struct Object<K> {
    metadata: ObjectMeta,
    pub(crate) body: K,
}

impl<'de, K: Kind> Deserialize<'de> for Object<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut body: K = loose(deserializer)?;
        let version = std::mem::take(&mut body.metadata().resource_version);
        let metadata = ObjectMeta {
            resource_version: Some(version),
            ..ObjectMeta::default()
        };
        Ok(Self { metadata, body })
    }
}

impl<K: Kind> Resource for Object<K> {
    type DynamicType = ();
    /// All namespaces are read at once.
    type Scope = ClusterResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        K::KIND.into()
    }
    fn group((): &()) -> Cow<'_, str> {
        "".into()
    }
    fn version((): &()) -> Cow<'_, str> {
        "v1".into()
    }
    fn plural((): &()) -> Cow<'_, str> {
        K::PLURAL.into()
    }
    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
