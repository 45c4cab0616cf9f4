//! Nodes.
//!
//! Source: Heapster 1.5 metrics/sources/kubelet/kubelet.go (readiness, addresses), metrics/processors/node_autoscaling_enricher.go
//! (capacity).

use super::{Kind, Maker, Metadata};
use crate::loose::{Pairs, loose, objects};
use crate::quantity;
use crate::table::Record;
use heapster_plugin::cluster::{Node, Readiness, Resources};
use serde::Deserialize;
use std::net::IpAddr;

/// What is read of a node.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct NodeObject {
    /// Everything but the annotations.
    #[serde(deserialize_with = "loose")]
    metadata: NodeMetadata,
    #[serde(deserialize_with = "loose")]
    spec: Spec,
    #[serde(deserialize_with = "loose")]
    status: Status,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct NodeMetadata {
    #[serde(flatten)]
    common: Metadata,
    #[serde(deserialize_with = "loose")]
    annotations: Pairs,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct Spec {
    #[serde(rename = "externalID", deserialize_with = "loose")]
    external_id: String,
    #[serde(deserialize_with = "loose")]
    unschedulable: bool,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    #[serde(deserialize_with = "loose")]
    addresses: Vec<Address>,
    #[serde(deserialize_with = "loose")]
    conditions: Vec<Condition>,
    #[serde(deserialize_with = "loose")]
    capacity: Pairs,
    #[serde(deserialize_with = "loose")]
    allocatable: Pairs,
    #[serde(deserialize_with = "loose")]
    daemon_endpoints: Endpoints,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct Address {
    #[serde(rename = "type", deserialize_with = "loose")]
    kind: String,
    #[serde(deserialize_with = "loose")]
    address: String,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct Condition {
    #[serde(rename = "type", deserialize_with = "loose")]
    kind: String,
    #[serde(deserialize_with = "loose")]
    status: String,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Endpoints {
    #[serde(deserialize_with = "loose")]
    kubelet_endpoint: Endpoint,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct Endpoint {
    #[serde(rename = "Port", deserialize_with = "loose")]
    port: Option<i64>,
}

objects!(
    NodeObject,
    NodeMetadata,
    Spec,
    Status,
    Address,
    Condition,
    Endpoints,
    Endpoint
);

impl Kind for NodeObject {
    const KIND: &'static str = "Node";
    const PLURAL: &'static str = "nodes";
    type Record = Node;

    fn metadata(&mut self) -> &mut Metadata {
        &mut self.metadata.common
    }

    fn record(self, maker: &mut Maker) -> Node {
        let NodeMetadata { common, annotations } = self.metadata;
        let status = self.status;
        let chosen = Chosen::of(&status.addresses);
        let port = status.daemon_endpoints.kubelet_endpoint.port;
        let hostname = chosen.hostname.unwrap_or(&common.name);
        Node {
            hostname: maker.model.pool.text(hostname),
            address: chosen.address.and_then(|address| address.parse().ok()),
            address_text: chosen.address.unwrap_or("").into(),
            external_id: self.spec.external_id.into(),
            kubelet_port: port
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port > 0),
            schedulable: !self.spec.unschedulable,
            readiness: readiness(&status.conditions),
            capacity: resources(&status.capacity),
            allocatable: resources(&status.allocatable),
            labels: maker.labels(&common.labels),
            annotations: maker.labels(&annotations),
            name: maker.model.pool.text(&common.name),
        }
    }
}

/// A node is ready unless a Ready condition says otherwise.
fn readiness(conditions: &[Condition]) -> Readiness {
    let says_no = |one: &Condition| one.kind == "Ready" && one.status != "True";
    match conditions.iter().any(says_no) {
        true => Readiness::NotReady,
        false => Readiness::Ready,
    }
}

/// The last Hostname; the last InternalIP that is an IP, else the first ExternalIP, whatever it is.
#[derive(Default)]
struct Chosen<'a> {
    hostname: Option<&'a str>,
    address: Option<&'a str>,
}

impl<'a> Chosen<'a> {
    fn of(addresses: &'a [Address]) -> Self {
        let mut chosen = Self::default();
        for Address { kind, address } in addresses.iter().filter(|one| !one.address.is_empty()) {
            match kind.as_str() {
                "Hostname" => chosen.hostname = Some(address),
                "InternalIP" if address.parse::<IpAddr>().is_ok() => chosen.address = Some(address),
                "ExternalIP" if chosen.address.is_none() => chosen.address = Some(address),
                _ => {}
            }
        }
        chosen
    }
}

/// Differs: a quantity that cannot be read counts as not listed; in the original such a node was not read at all.
fn resources(listed: &Pairs) -> Resources {
    Resources {
        cpu_millicores: listed.get("cpu").and_then(quantity::milli).unwrap_or(0),
        memory_bytes: listed.get("memory").and_then(quantity::whole).unwrap_or(0),
        ephemeral_storage_bytes: listed.get("ephemeral-storage").and_then(quantity::whole),
    }
}

impl Record for Node {
    fn namespace(&self) -> &str {
        ""
    }
    fn name(&self) -> &str {
        &self.name
    }
}
