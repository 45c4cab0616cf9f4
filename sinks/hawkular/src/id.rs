//! What a series is called, whose it is, and which type it has.

use crate::config::Config;
use heapster_plugin::model::{EntityKind, Labels, MetricType, SetView, label};
use heapster_tally::Spot;
use twox_hash::XxHash3_64;

/// Hawkular's types of series.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Type {
    Gauge,
    Counter,
}

impl Type {
    /// Cumulative values are counters; deltas are gauges.
    pub(crate) const fn of(metric_type: MetricType) -> Self {
        match metric_type {
            MetricType::Cumulative => Self::Counter,
            MetricType::Gauge | MetricType::Delta => Self::Gauge,
        }
    }

    /// Its word in paths.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Gauge => "gauges",
            Self::Counter => "counters",
        }
    }

    /// The type that the server calls so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "gauge" => Some(Self::Gauge),
            "counter" => Some(Self::Counter),
            _ => None,
        }
    }
}

/// The tenant of a set.
pub(crate) fn tenant<'a>(config: &'a Config, labels: &'a Labels) -> &'a str {
    let own = config.tenant_labels.iter().find_map(|label| labels.get(label));
    own.filter(|tenant| !tenant.is_empty()).unwrap_or(&config.tenant)
}

/// Puts what the ids of a set begin with into `id`, its slash included. Labels that are not there give empty parts.
///
/// Source: Heapster 1.5 metrics/sinks/hawkular/client.go.
pub(crate) fn push_head(config: &Config, set: &SetView<'_>, id: &mut String) {
    id.clear();
    let labels = set.labels();
    let get = |key: &str| labels.get(key).unwrap_or("");
    let node = labels
        .get(&config.node_label)
        .unwrap_or_else(|| get(label::NODENAME));
    let parts = match set.entity().kind() {
        EntityKind::Cluster => ["cluster", "", ""],
        EntityKind::Namespace => ["ns", get(label::NAMESPACE_NAME), ""],
        EntityKind::Node => ["machine", node, ""],
        EntityKind::Pod => ["pod", get(label::POD_ID), ""],
        EntityKind::SystemContainer if config.unique_ids => {
            ["sys_container", get(label::CONTAINER_NAME), node]
        }
        EntityKind::SystemContainer => ["sys_container", get(label::CONTAINER_NAME), get(label::POD_ID)],
        EntityKind::PodContainer => [get(label::CONTAINER_NAME), get(label::POD_ID), ""],
    };
    let count = match set.entity().kind() {
        EntityKind::Cluster => 1,
        EntityKind::SystemContainer => 3,
        EntityKind::Namespace | EntityKind::Node | EntityKind::Pod | EntityKind::PodContainer => 2,
    };
    for part in parts.into_iter().take(count) {
        id.push_str(part);
        id.push('/');
    }
}

/// Appends what is behind the head: the metric, and the resource of a labeled one.
pub(crate) fn push_metric(config: &Config, spot: &Spot<'_>, id: &mut String) {
    id.push_str(spot.name());
    let own = |key| spot.labels.and_then(|own| own.get(key));
    let accelerator = || own(label::ACCELERATOR_ID).filter(|_| config.unique_ids);
    if let Some(resource) = own(label::RESOURCE_ID).or_else(accelerator) {
        id.push('/');
        id.push_str(resource);
    }
}

/// The number under which a definition is kept in mind; `owner` is that of its tenant and type.
pub(crate) fn key(owner: u64, id: &str) -> u64 {
    XxHash3_64::oneshot_with_seed(owner, id.as_bytes())
}

/// The number of a tenant's series of one type.
pub(crate) fn owner(of_type: Type, tenant: &str) -> u64 {
    XxHash3_64::oneshot_with_seed(of_type as u64, tenant.as_bytes())
}
