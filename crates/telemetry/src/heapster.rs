//! The families that Heapster 1.5 has on `/metrics`.
//!
//! Source: Heapster 1.5 metrics/ (names, kinds and labels, as listed by a running one); the descriptions are ours.

use crate::family::Kind;
use crate::registry::Registry;

const FAMILIES: [(&str, Kind, &str); 11] = [
    (
        "heapster_scraper_last_time_seconds",
        Kind::Gauge,
        "When the newest scrape of this source began, in Unix time",
    ),
    (
        "heapster_scraper_duration_milliseconds",
        Kind::Summary,
        "How long one scrape of this source took",
    ),
    (
        "heapster_kubelet_request_duration_milliseconds",
        Kind::Summary,
        "How long the kubelet of this node took to answer for its containers",
    ),
    (
        "heapster_kubelet_summary_request_duration_milliseconds",
        Kind::Summary,
        "How long the kubelet of this node took to answer with its summary",
    ),
    (
        "heapster_processor_duration_milliseconds",
        Kind::Summary,
        "How long a batch spent in this processor",
    ),
    (
        "heapster_exporter_last_time_seconds",
        Kind::Gauge,
        "When this sink was last handed a batch, in Unix time",
    ),
    (
        "heapster_exporter_duration_milliseconds",
        Kind::Summary,
        "How long this sink worked on a batch",
    ),
    (
        "http_requests_total",
        Kind::Counter,
        "API requests by handler, method and status",
    ),
    (
        "http_request_duration_microseconds",
        Kind::Summary,
        "Time to answer an API request, in microseconds",
    ),
    (
        "http_request_size_bytes",
        Kind::Summary,
        "Estimated size of API requests, in bytes",
    ),
    (
        "http_response_size_bytes",
        Kind::Summary,
        "Size of API answers before compression, in bytes",
    ),
];

const HANDLERS: [&str; 22] = [
    "availableClusterMetrics",
    "availableContainerMetrics",
    "availableMetrics",
    "availableNamespaceMetrics",
    "availableNodeMetrics",
    "availablePodMetrics",
    "clusterMetrics",
    "debugAllKeys",
    "freeContainerMetrics",
    "namespaceList",
    "namespaceMetrics",
    "namespacePodList",
    "nodeList",
    "nodeMetrics",
    "podContainerList",
    "podContainerMetrics",
    "podListAggregations",
    "podListMetric",
    "podMetrics",
    "pprof",
    "prometheus",
    "systemContainerList",
];

/// Declares every family of the original. The summaries about requests show from then on, with a count of 0, for each
/// handler; the others show with their first value.
pub fn declare_heapster(registry: &Registry) {
    for (name, kind, help) in FAMILIES {
        registry.declare(name, kind, help);
        if kind == Kind::Summary && name.starts_with("http_") {
            for handler in HANDLERS {
                registry.touch(name, &[("handler", handler)]);
            }
        }
    }
}
