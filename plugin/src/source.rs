//! Sources: where metrics are read.

use crate::cluster::{ApiServer, Cluster, ClusterError, KubeletAccess};
use crate::model::{Model, Scraped, Timestamp};
use crate::telemetry::Telemetry;
use async_trait::async_trait;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The window of one cycle. Its end is the timestamp of the batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// First moment.
    pub start: Timestamp,
    /// First moment of the next window.
    pub end: Timestamp,
}

/// What the core gives a source when it is built.
#[derive(Clone, Debug)]
pub struct SourceContext {
    /// The tables of entities and metric names.
    pub model: Arc<Model>,
    /// Counters.
    pub telemetry: Arc<dyn Telemetry>,
    /// Length of a window.
    pub resolution: Duration,
    /// The way to the API server, shared by all who need it.
    pub clusters: Arc<dyn Clusters>,
}

/// Opens the shared view of a Kubernetes cluster.
pub trait Clusters: Send + Sync + Debug {
    /// The view of the cluster behind `server` and the credentials for its kubelets. Contacts nothing: watches start
    /// with the program's main loop. Equal arguments give the same view.
    ///
    /// # Errors
    /// A file that cannot be read, an environment that is not a cluster's, an address that is no URL.
    fn open(&self, server: &ApiServer) -> Result<(Arc<dyn Cluster>, KubeletAccess), ClusterError>;
}

/// Why a source or a sink cannot be built: one line that names the option at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An option's value is not usable.
    #[error("{0}")]
    Option(#[from] crate::options::OptionError),
    /// The way to the Kubernetes API cannot be set up.
    #[error("{0}")]
    Cluster(#[from] ClusterError),
    /// Anything else that the command line or a file it names has wrong.
    #[error("{0}")]
    Other(String),
}

/// A configured source.
#[async_trait]
pub trait Source: Send + Sync + Debug {
    /// What can be scraped now. Called once a cycle; returns the same `Arc` for what was there before. A source that does
    /// not answer within two seconds is scraped by its last list.
    async fn targets(&self) -> Vec<Arc<dyn Target>>;

    /// The cluster that this source reads, if it is a Kubernetes one: the core enriches with it.
    fn cluster(&self) -> Option<Arc<dyn Cluster>> {
        None
    }
}

/// One thing to scrape, such as a kubelet.
#[async_trait]
pub trait Target: Send + Sync + Debug {
    /// The name in log lines and in the label `source`: `kubelet_summary:10.0.0.1:10255`.
    fn name(&self) -> &str;

    /// Reads all sets. The core stops waiting at `deadline`; a failure is an answer and counts at once.
    ///
    /// Every target is asked in a task of its own, beside the others; a panic costs this target's answer only. Values that
    /// ascend by metric within each set save the core a sort. Entities and labels that were there before are worth keeping
    /// beside the target: the same `Arc` is what makes the next stages cheap.
    ///
    /// # Errors
    /// One line that says what was asked, what came back and what to do.
    async fn scrape(&self, window: Window, deadline: Instant) -> Result<Scraped, ScrapeError>;
}

/// Why a target gave no sets.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct ScrapeError {
    /// Class of the failure: a label value on `/metrics`.
    pub reason: ScrapeFailure,
    /// One line for the log.
    pub text: String,
}

/// Classes of failures. A closed list: they are label values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ScrapeFailure {
    /// No connection, or it broke.
    Unreachable,
    /// 401 or 403.
    Refused,
    /// 404 or 405.
    NotFound,
    /// Any other status.
    Status,
    /// The answer could not be read.
    Malformed,
    /// The answer is larger than the limit.
    TooLarge,
    /// No answer by the deadline.
    Timeout,
}

impl ScrapeFailure {
    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::Status => "status",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
        }
    }
}
