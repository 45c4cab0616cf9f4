//! Pods.
//!
//! Source: Heapster 1.5 metrics/processors/pod_based_enricher.go (requests and limits).

use super::{Kind, Maker, Metadata};
use crate::loose::{Pairs, loose, objects};
use crate::quantity;
use crate::table::Record;
use heapster_plugin::cluster::{Container, Pod};
use heapster_plugin::model::{MetricId, Point, Timestamp, id};
use serde::Deserialize;

/// What is read of a pod.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct PodObject {
    #[serde(deserialize_with = "loose")]
    metadata: Metadata,
    #[serde(deserialize_with = "loose")]
    spec: Spec,
    #[serde(deserialize_with = "loose")]
    status: Status,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    #[serde(deserialize_with = "loose")]
    node_name: String,
    #[serde(deserialize_with = "loose")]
    containers: Vec<SpecContainer>,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct SpecContainer {
    #[serde(deserialize_with = "loose")]
    name: String,
    #[serde(deserialize_with = "loose")]
    image: String,
    #[serde(deserialize_with = "loose")]
    resources: Wanted,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "loose")]
    requests: Pairs,
    #[serde(deserialize_with = "loose")]
    limits: Pairs,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    #[serde(deserialize_with = "loose")]
    start_time: String,
    #[serde(deserialize_with = "loose")]
    container_statuses: Vec<ContainerStatus>,
}

#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus {
    #[serde(deserialize_with = "loose")]
    name: String,
    #[serde(deserialize_with = "loose")]
    restart_count: Option<i64>,
}

objects!(PodObject, Spec, SpecContainer, Wanted, Status, ContainerStatus);

impl Kind for PodObject {
    const KIND: &'static str = "Pod";
    const PLURAL: &'static str = "pods";
    type Record = Pod;

    fn metadata(&mut self) -> &mut Metadata {
        &mut self.metadata
    }

    fn record(self, maker: &mut Maker) -> Pod {
        let Self {
            metadata,
            spec,
            status,
        } = self;
        let pool = &maker.model.pool;
        let containers = spec.containers.iter().map(|container| {
            let known = status.container_statuses.iter();
            let mut restarts = known.filter(|one| one.name == container.name);
            Container {
                name: pool.text(&container.name),
                image: pool.text(&container.image),
                resources: pool.points(&points(&container.resources, maker)),
                restart_count: restarts.next().and_then(|one| one.restart_count),
            }
        });
        Pod {
            containers: containers.collect(),
            namespace: pool.text(&metadata.namespace),
            name: pool.text(&metadata.name),
            uid: pool.text(&metadata.uid),
            node: pool.text(&spec.node_name),
            labels: maker.labels(&metadata.labels),
            start_time: Timestamp::parse(&status.start_time),
        }
    }
}

/// The resources that have a request and a limit, whether they are given or not.
const ALWAYS: [(&str, MetricId, MetricId); 3] = [
    (CPU, id::CPU_REQUEST, id::CPU_LIMIT),
    ("memory", id::MEMORY_REQUEST, id::MEMORY_LIMIT),
    (
        "ephemeral-storage",
        id::EPHEMERAL_STORAGE_REQUEST,
        id::EPHEMERAL_STORAGE_LIMIT,
    ),
];
const CPU: &str = "cpu";

/// Requests and limits, ascending by metric. Units: millicores for `cpu`, else the resource's own, rounded up.
///
/// Differs: a quantity that cannot be read counts as not given; in the original such a pod was not read at all.
fn points(wanted: &Wanted, maker: &Maker) -> Vec<Point> {
    let size = |given: &Pairs, resource: &str| {
        let read = if resource == CPU {
            quantity::milli
        } else {
            quantity::whole
        };
        given.get(resource).and_then(read)
    };
    let mut all = Vec::with_capacity(2 * ALWAYS.len());
    for (resource, request, limit) in ALWAYS {
        let given = size(&wanted.requests, resource).unwrap_or(0);
        all.push(Point::gauge(request, given));
        let given = size(&wanted.limits, resource).unwrap_or(0);
        all.push(Point::gauge(limit, given));
    }
    let is_other = |resource: &str| ALWAYS.iter().all(|(always, ..)| *always != resource);
    for (resource, text) in wanted
        .requests
        .0
        .iter()
        .filter(|(resource, _)| is_other(resource))
    {
        let metric = maker.model.metrics.intern(&format!("{resource}/request"));
        if let (Some(metric), Some(size)) = (metric, quantity::whole(text)) {
            all.push(Point::gauge(metric, size));
        }
    }
    all.sort_by_key(Point::metric);
    all.dedup_by_key(|point| point.metric());
    all
}

impl Record for Pod {
    fn namespace(&self) -> &str {
        &self.namespace
    }
    fn name(&self) -> &str {
        &self.name
    }
}
