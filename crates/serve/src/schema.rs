//! `/api/v1/metric-export-schema`: which metrics the export has, and which labels.
//!
//! Source: Heapster 1.5 metrics/core/metrics.go and labels.go (which, in what order, units); the descriptions are ours.

use crate::answer::Answer;
use crate::json::Json;
use crate::routes::Call;
use heapster_plugin::model::{CATALOGUE, MetricId, MetricNames, id, label};
use std::sync::LazyLock;

/// The exported metrics in the order of the schema.
pub(crate) const EXPORTED: [MetricId; 28] = [
    id::UPTIME,
    id::CPU_USAGE,
    id::CPU_LOAD,
    id::EPHEMERAL_STORAGE_USAGE,
    id::MEMORY_USAGE,
    id::MEMORY_RSS,
    id::MEMORY_CACHE,
    id::MEMORY_WORKING_SET,
    id::MEMORY_PAGE_FAULTS,
    id::MEMORY_MAJOR_PAGE_FAULTS,
    id::NETWORK_RX,
    id::NETWORK_RX_ERRORS,
    id::NETWORK_TX,
    id::NETWORK_TX_ERRORS,
    id::CPU_LIMIT,
    id::MEMORY_LIMIT,
    id::DISK_IO_READ_BYTES,
    id::DISK_IO_READ_BYTES_RATE,
    id::DISK_IO_WRITE_BYTES,
    id::DISK_IO_WRITE_BYTES_RATE,
    id::FILESYSTEM_USAGE,
    id::FILESYSTEM_LIMIT,
    id::FILESYSTEM_AVAILABLE,
    id::FILESYSTEM_INODES,
    id::FILESYSTEM_INODES_FREE,
    id::ACCELERATOR_MEMORY_TOTAL,
    id::ACCELERATOR_MEMORY_USED,
    id::ACCELERATOR_DUTY_CYCLE,
];

/// Labels of every set.
const COMMON: [(&str, &str); 5] = [
    (label::NODENAME, "Name of the node in the Kubernetes API"),
    (label::HOSTNAME, "Host name of the node"),
    (label::HOST_ID, "Identifier of the node, unique in its cloud"),
    (
        label::CONTAINER_NAME,
        "Name of the container; \"machine\" for a node and \"/pod\" for a pod",
    ),
    (label::CONTAINER_BASE_IMAGE, "Image that the container runs"),
];

/// Labels that pods and their containers have beside.
const OF_PODS: [(&str, &str); 4] = [
    (label::POD_NAME, "Name of the pod"),
    (label::POD_ID, "UID of the pod"),
    (label::NAMESPACE_ID, "UID of the pod's namespace"),
    (label::LABELS, "Labels of the object, key:value, joined"),
];

const RESOURCE: [(&str, &str); 1] = [(
    label::RESOURCE_ID,
    "Device, volume or filesystem the value belongs to",
)];

const ACCELERATOR: [(&str, &str); 3] = [
    (label::MAKE, "Who made the accelerator"),
    (label::MODEL, "Model of the accelerator"),
    (label::ACCELERATOR_ID, "Identifier of the accelerator"),
];

/// Whether a metric is exported; a look-up in a small table.
pub(crate) fn is_exported(metric: MetricId) -> bool {
    static TABLE: LazyLock<Vec<bool>> = LazyLock::new(|| {
        let number = |index: usize| u32::try_from(index).map_or(MetricId(u32::MAX), MetricId);
        (0..CATALOGUE.len())
            .map(|index| EXPORTED.contains(&number(index)))
            .collect()
    });
    TABLE.get(metric.0 as usize).copied().unwrap_or(false)
}

/// Shape: `{"metrics":[…],"common_labels":[…],"pod_labels":[…]}` in the pretty layout; fields that are empty are left out.
pub(crate) fn schema(_: &Call<'_>) -> Answer {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut json = Json::pretty();
        json.object(|json| {
            json.key("metrics");
            json.array(|json| EXPORTED.iter().for_each(|metric| describe(json, *metric)));
            labels(json, "common_labels", &COMMON);
            labels(json, "pod_labels", &OF_PODS);
        });
        json.take()
    });
    Answer::new(http::StatusCode::OK, crate::answer::JSON, TEXT.as_str())
}

fn describe(json: &mut Json, metric: MetricId) {
    let Some(metric) = MetricNames::describe(metric) else {
        return;
    };
    json.object(|json| {
        json.field("name", metric.name);
        json.field("description", metric.about);
        match metric.labeled {
            true if metric.name.starts_with("accelerator/") => labels(json, "labels", &ACCELERATOR),
            true => labels(json, "labels", &RESOURCE),
            false => {}
        }
        json.field("type", metric.metric_type.as_str());
        json.field("value_type", metric.value_type.as_str());
        if !metric.units.as_str().is_empty() {
            json.field("units", metric.units.as_str());
        }
    });
}

fn labels(json: &mut Json, name: &str, labels: &[(&str, &str)]) {
    json.key(name);
    json.array(|json| {
        for (key, description) in labels {
            json.object(|json| {
                json.field("key", key);
                json.field("description", description);
            });
        }
    });
}
