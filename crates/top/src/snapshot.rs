//! What is shown: one batch, as far as it was asked for.

use heapster_plugin::model::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// One batch. CPU is in cores, memory and file systems in bytes, traffic in bytes a second; `None` is what the server does
/// not tell.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// The batch's time.
    pub(crate) time: Timestamp,
    /// How old the batch was at `read`, by the server's clock.
    pub(crate) age: Duration,
    pub(crate) read: Instant,
    /// How many nodes have figures.
    pub(crate) nodes: usize,
    pub(crate) cpu: Used,
    pub(crate) memory: Used,
    /// The busiest nodes.
    pub(crate) top_nodes: Vec<NodeRow>,
    pub(crate) work: Work,
}

/// An amount, and what there is of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Used {
    pub(crate) used: Option<f64>,
    pub(crate) of: Option<f64>,
}

impl Used {
    /// The share in use; 1 is all of it.
    pub(crate) fn share(self) -> Option<f64> {
        let of = self.of.filter(|of| *of > 0.0)?;
        self.used.map(|used| used / of)
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct NodeRow {
    pub(crate) name: String,
    pub(crate) cpu: Used,
    /// CPU in cores at the last batches, oldest first.
    pub(crate) history: Vec<f64>,
    pub(crate) memory: Used,
    pub(crate) received: Option<f64>,
    pub(crate) sent: Option<f64>,
    /// The file system at `/`.
    pub(crate) root: Used,
}

/// What runs on the nodes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    Pods {
        /// How many pods have figures, and containers in them.
        pods: usize,
        containers: usize,
        top: Vec<WorkRow>,
    },
    /// There are no pods: the system containers of the busiest nodes.
    Services { services: usize, top: Vec<WorkRow> },
    /// Why neither is known.
    Unknown(String),
}

/// A pod or a system container.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct WorkRow {
    pub(crate) name: String,
    /// A pod's namespace, a system container's node.
    pub(crate) place: String,
    pub(crate) cpu: Option<f64>,
    pub(crate) memory: Option<f64>,
    /// As a node's; empty for a pod.
    pub(crate) history: Vec<f64>,
}
