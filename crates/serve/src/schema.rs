//! `/api/v1/metric-export-schema`: which metrics the export has, and which labels.
//!
//! Source: Heapster 1.5 metrics/core/metrics.go and labels.go (which, in what order, units); the descriptions are ours.

use crate::answer::Answer;
use crate::json::Json;
use crate::query;
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

/// Labels of pods and containers that the extended export has beside.
const EXTENDED: [(&str, &str); 1] = [(label::NAMESPACE_NAME, "Name of the pod's namespace")];

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
///
/// With the parameter `extended`: what the export says with it, and inodes without the unit `bytes`, which is the
/// original's mistake.
pub(crate) fn schema(call: &Call<'_>) -> Answer {
    static TEXTS: LazyLock<[String; 2]> = LazyLock::new(|| [false, true].map(text));
    let [plain, extended] = &*TEXTS;
    let text = match query::on(call.query, "extended") {
        true => extended,
        false => plain,
    };
    Answer::new(http::StatusCode::OK, crate::answer::JSON, text.as_str())
}

fn text(extended: bool) -> String {
    let mut json = Json::pretty();
    json.object(|json| {
        json.key("metrics");
        json.array(|json| {
            EXPORTED
                .iter()
                .for_each(|metric| describe(json, *metric, extended))
        });
        labels(json, "common_labels", COMMON.iter());
        labels(
            json,
            "pod_labels",
            OF_PODS.iter().chain(EXTENDED.iter().filter(|_| extended)),
        );
    });
    json.take()
}

fn describe(json: &mut Json, metric: MetricId, extended: bool) {
    let Some(metric) = MetricNames::describe(metric) else {
        return;
    };
    let is_bytes = !(extended && metric.name.starts_with("filesystem/inodes"));
    json.object(|json| {
        json.field("name", metric.name);
        json.field("description", metric.about);
        match metric.labeled {
            true if metric.name.starts_with("accelerator/") => labels(json, "labels", ACCELERATOR.iter()),
            true => labels(json, "labels", RESOURCE.iter()),
            false => {}
        }
        json.field("type", metric.metric_type.as_str());
        json.field("value_type", metric.value_type.as_str());
        if !metric.units.as_str().is_empty() && is_bytes {
            json.field("units", metric.units.as_str());
        }
    });
}

fn labels<'a>(json: &mut Json, name: &str, labels: impl Iterator<Item = &'a (&'a str, &'a str)>) {
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
