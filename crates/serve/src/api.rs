//! What the rest of the program offers to be asked.

use heapster_plugin::cluster::Cluster;
use heapster_store::Store;
use heapster_telemetry::Registry;
use std::fmt;
use std::sync::Arc;

/// What the routes answer from.
#[derive(Clone)]
pub struct Api {
    /// The in-memory store; without it the model API does not exist and the legacy metrics API answers 503.
    pub store: Option<Arc<Store>>,
    /// What the API server knows; without it the legacy metrics API lists what is in the batch, without labels.
    pub cluster: Option<Arc<dyn Cluster>>,
    /// What `/metrics` shows, and where requests are counted.
    pub telemetry: Arc<Registry>,
    /// What `/healthz` and `/readyz` ask.
    pub health: Arc<dyn Health>,
    /// Whether `/api/v1/metric-export` shows data.
    pub export: bool,
    /// What `/version` says.
    pub version: Version,
    /// What `/debug/pprof/cmdline` says: the program's arguments, with secrets already taken out.
    pub command_line: Vec<String>,
    /// Makes the JSON text of `/status`.
    pub status: Arc<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("store", &self.store.is_some())
            .field("cluster", &self.cluster.is_some())
            .field("export", &self.export)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Whether the program does its work.
pub trait Health: Send + Sync {
    /// # Errors
    /// One line on what is wrong, such as `could not get the latest data batch`.
    fn check(&self) -> Result<(), String>;
}

/// What `/version` says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Version {
    /// Such as `2.0.0`.
    pub number: String,
    /// Commit the program was built from; empty when not known.
    pub commit: String,
    /// Such as `linux/x86_64`.
    pub platform: String,
}
