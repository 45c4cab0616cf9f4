//! Namespaces.

use super::{Kind, Maker, Metadata};
use crate::loose::{loose, objects};
use crate::table::Record;
use heapster_plugin::cluster::Namespace;
use serde::Deserialize;

/// What is read of a namespace.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct NamespaceObject {
    #[serde(deserialize_with = "loose")]
    metadata: Metadata,
}

objects!(NamespaceObject);

impl Kind for NamespaceObject {
    const KIND: &'static str = "Namespace";
    const PLURAL: &'static str = "namespaces";
    type Record = Namespace;

    fn metadata(&mut self) -> &mut Metadata {
        &mut self.metadata
    }

    fn record(self, _: &mut Maker) -> Namespace {
        Namespace {
            name: self.metadata.name.into(),
            uid: self.metadata.uid.into(),
        }
    }
}

impl Record for Namespace {
    fn namespace(&self) -> &str {
        ""
    }
    fn name(&self) -> &str {
        &self.name
    }
}
