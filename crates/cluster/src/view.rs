//! One cluster in memory.

use crate::table::Table;
use heapster_plugin::cluster::{Cluster, Namespace, Node, Pod};
use std::sync::Arc;

/// The tables of one API server's objects.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) nodes: Arc<Table<Node>>,
    pub(crate) pods: Arc<Table<Pod>>,
    pub(crate) namespaces: Arc<Table<Namespace>>,
}

impl Cluster for View {
    fn nodes(&self) -> Vec<Arc<Node>> {
        self.nodes.all()
    }
    fn node(&self, name: &str) -> Option<Arc<Node>> {
        self.nodes.get("", name)
    }
    fn pods(&self) -> Vec<Arc<Pod>> {
        self.pods.all()
    }
    fn pods_of(&self, namespace: &str) -> Vec<Arc<Pod>> {
        self.pods.of(namespace)
    }
    fn pod(&self, namespace: &str, name: &str) -> Option<Arc<Pod>> {
        self.pods.get(namespace, name)
    }
    fn namespace(&self, name: &str) -> Option<Arc<Namespace>> {
        self.namespaces.get("", name)
    }
}
