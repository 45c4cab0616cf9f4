//! Which nodes are scraped, and the targets made of them.

use crate::Api;
use crate::config::Config;
use crate::decode::{Decoder, NodeLabels, Words};
use crate::target::{Access, Kubelet, LEGACY_TIME, Place, SUMMARY_TIME};
use heapster_plugin::cluster::{Node, Readiness};
use heapster_plugin::model::Model;
use heapster_plugin::source::Target;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// Why a node is not scraped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Complaint {
    NotReady,
    /// Host name and address text.
    NoAddress(Arc<str>, Arc<str>),
}

/// A complaint about the node of this name, as the original worded it.
struct About<'a>(&'a str, &'a Complaint);

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Complaint::NotReady => write!(f, "node {} is not ready", self.0),
            Complaint::NoAddress(hostname, address) => write!(
                f,
                "node {} has no valid hostname and/or IP address: {hostname} {address}",
                self.0
            ),
        }
    }
}

/// The host to ask: the node's address, or its host name when it lists no IP address at all. Nodes that are not ready are left
/// out, unschedulable ones are not.
///
/// Source: Heapster 1.5 metrics/sources/kubelet/kubelet.go. Differs: there host names were never asked.
pub(crate) fn host(node: &Node) -> Result<String, Complaint> {
    if node.readiness == Readiness::NotReady {
        return Err(Complaint::NotReady);
    }
    if let Some(address) = node.address {
        return Ok(address.to_string());
    }
    let dialable = node.address_text.is_empty()
        && !node.hostname.is_empty()
        && node
            .hostname
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if dialable {
        return Ok(node.hostname.to_string());
    }
    Err(Complaint::NoAddress(
        node.hostname.clone(),
        node.address_text.clone(),
    ))
}

/// The labels of a node's sets. The label `schedulable` is there under the key `kubernetes` only.
pub(crate) fn labels(node: &Node, config: &Config) -> NodeLabels {
    let annotation = Some(config.host_id_annotation.as_str()).filter(|key| !key.is_empty());
    let annotated = annotation.and_then(|key| node.annotations.shared(key));
    let host_id = match annotated {
        Some(value) if node.external_id.is_empty() => value.clone(),
        _ => node.external_id.clone(),
    };
    NodeLabels {
        name: node.name.clone(),
        hostname: node.hostname.clone(),
        host_id,
        schedulable: (config.api == Api::ContainerStats).then_some(node.schedulable),
    }
}

#[derive(Debug)]
struct Known {
    place: Place,
    labels: NodeLabels,
    decoder: Arc<Mutex<Decoder>>,
    target: Arc<Kubelet>,
}

/// The targets from cycle to cycle.
#[derive(Debug)]
pub(crate) struct Roster {
    model: Arc<Model>,
    words: Arc<Words>,
    access: Arc<Access>,
    known: BTreeMap<Arc<str>, Known>,
    complaints: BTreeMap<Arc<str>, Complaint>,
    empty: bool,
}

impl Roster {
    pub(crate) fn new(model: Arc<Model>, access: Arc<Access>) -> Self {
        Self {
            model,
            words: Arc::default(),
            access,
            known: BTreeMap::new(),
            complaints: BTreeMap::new(),
            empty: false,
        }
    }

    /// The targets for `nodes`. A node keeps its target until its address or labels change, and what the target knows about
    /// the node's pods until its labels change. A complaint is logged when it arises, not while it lasts.
    pub(crate) fn targets(&mut self, nodes: &[Arc<Node>], config: &Config) -> Vec<Arc<dyn Target>> {
        if nodes.is_empty() && !self.empty {
            tracing::error!("No nodes received from APIserver.");
        }
        self.empty = nodes.is_empty();
        self.forget_others(nodes);
        let mut targets: Vec<Arc<dyn Target>> = Vec::with_capacity(nodes.len());
        for node in nodes {
            match host(node) {
                Ok(host) => {
                    self.complaints.remove(&node.name);
                    targets.push(self.target(node, host, config));
                }
                Err(complaint) => {
                    if self.complaints.get(&node.name) != Some(&complaint) {
                        tracing::error!("{}", About(&node.name, &complaint));
                        self.complaints.insert(node.name.clone(), complaint);
                    }
                }
            }
        }
        targets
    }

    fn target(&mut self, node: &Node, host: String, config: &Config) -> Arc<Kubelet> {
        let place = Place {
            node: node.name.clone(),
            hostname: node.hostname.clone(),
            host,
            port: config.port(node.kubelet_port),
        };
        let labels = labels(node, config);
        let known = self.known.remove(&node.name);
        let known = match known {
            Some(known) if known.place == place && known.labels == labels => known,
            other => {
                if let Some(old) = &other
                    && old.place.hostname != place.hostname
                {
                    self.forget(&old.place);
                }
                let decoder = match other {
                    Some(old) if old.labels == labels => old.decoder,
                    _ => Arc::new(Mutex::new(Decoder::with_words(
                        self.model.clone(),
                        &labels,
                        self.words.clone(),
                    ))),
                };
                let target = Kubelet::new(place.clone(), self.access.clone(), decoder.clone());
                Known {
                    place,
                    labels,
                    decoder,
                    target: Arc::new(target),
                }
            }
        };
        let target = known.target.clone();
        self.known.insert(node.name.clone(), known);
        target
    }

    /// Drops what is known about nodes that are not listed any more.
    fn forget_others(&mut self, nodes: &[Arc<Node>]) {
        let listed = |name: &Arc<str>| nodes.binary_search_by(|node| node.name.cmp(name)).is_ok();
        self.complaints.retain(|name, _| listed(name));
        let gone: Vec<Arc<str>> = self.known.keys().filter(|name| !listed(name)).cloned().collect();
        for name in gone {
            if let Some(known) = self.known.remove(&name) {
                self.forget(&known.place);
            }
        }
    }

    fn forget(&self, place: &Place) {
        for family in [SUMMARY_TIME, LEGACY_TIME] {
            self.access.telemetry.forget(family, &[("node", &place.hostname)]);
        }
    }
}

#[cfg(test)]
mod tests;
