//! What the Kubernetes API server knows about nodes, pods and namespaces, kept small: each object is turned into its record on
//! receipt and the object is dropped.

use crate::model::{Labels, Point, Timestamp};
use std::fmt::Debug;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// A cluster as its API server shows it now. Cheap to ask; implementations answer from memory.
pub trait Cluster: Send + Sync + Debug {
    /// All nodes, sorted by name.
    fn nodes(&self) -> Vec<Arc<Node>> {
        Vec::new()
    }
    /// One node.
    fn node(&self, _name: &str) -> Option<Arc<Node>> {
        None
    }
    /// All pods, sorted by namespace, then name.
    fn pods(&self) -> Vec<Arc<Pod>> {
        Vec::new()
    }
    /// The pods of a namespace, sorted by name.
    fn pods_of(&self, _namespace: &str) -> Vec<Arc<Pod>> {
        Vec::new()
    }
    /// One pod.
    fn pod(&self, _namespace: &str, _name: &str) -> Option<Arc<Pod>> {
        None
    }
    /// One namespace.
    fn namespace(&self, _name: &str) -> Option<Arc<Namespace>> {
        None
    }
}

/// Health of a node by its Ready condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readiness {
    /// Ready is True, or there is no such condition.
    Ready,
    /// Ready is False or Unknown.
    NotReady,
}

/// A node. The same `Arc` is returned until the object changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// metadata.name
    pub name: Arc<str>,
    /// metadata.labels
    pub labels: Labels,
    /// metadata.annotations
    pub annotations: Labels,
    /// Hostname address, else the name.
    pub hostname: Arc<str>,
    /// The address to dial: InternalIP, else ExternalIP; the rule is in `crates/cluster`.
    pub address: Option<IpAddr>,
    /// The text of the address that was chosen, for the message when it is not an IP.
    pub address_text: Arc<str>,
    /// spec.externalID; empty on current API servers.
    pub external_id: Arc<str>,
    /// status.daemonEndpoints.kubeletEndpoint.Port, if it is set.
    pub kubelet_port: Option<u16>,
    /// spec.unschedulable, inverted.
    pub schedulable: bool,
    /// Ready condition.
    pub readiness: Readiness,
    /// status.capacity
    pub capacity: Resources,
    /// status.allocatable
    pub allocatable: Resources,
}

/// Quantities of a node in whole units, rounded up.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Resources {
    /// CPU in millicores; 0 when not listed.
    pub cpu_millicores: i64,
    /// Memory in bytes; 0 when not listed.
    pub memory_bytes: i64,
    /// Ephemeral storage in bytes.
    pub ephemeral_storage_bytes: Option<i64>,
}

/// A pod. The same `Arc` is returned until the object changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Pod {
    /// metadata.namespace
    pub namespace: Arc<str>,
    /// metadata.name
    pub name: Arc<str>,
    /// metadata.uid
    pub uid: Arc<str>,
    /// spec.nodeName; empty when not scheduled.
    pub node: Arc<str>,
    /// metadata.labels
    pub labels: Labels,
    /// status.startTime
    pub start_time: Option<Timestamp>,
    /// spec.containers, in order; init containers are not kept.
    pub containers: Box<[Container]>,
}

/// A container of a pod's spec, with what its status adds.
#[derive(Clone, PartialEq, Debug)]
pub struct Container {
    /// Name.
    pub name: Arc<str>,
    /// Image of the spec.
    pub image: Arc<str>,
    /// Requests and limits as ready-made integer gauges, ascending by metric: `cpu/request`, `cpu/limit`, `memory/…`,
    /// `ephemeral_storage/…` always (0 when not given), `RESOURCE/request` for every other requested resource.
    pub resources: Arc<[Point]>,
    /// status.containerStatuses[].restartCount of the same name, if listed.
    pub restart_count: Option<i64>,
}

/// A namespace.
#[derive(Clone, PartialEq, Debug)]
pub struct Namespace {
    /// metadata.name
    pub name: Arc<str>,
    /// metadata.uid
    pub uid: Arc<str>,
}

/// How to reach the API server: the options of a Kubernetes source URI.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiServer {
    /// Scheme and host with port, when the URI names them.
    pub master: Option<String>,
    /// `inClusterConfig`
    pub in_cluster: bool,
    /// `insecure`
    pub insecure: bool,
    /// `auth`: kubeconfig; looked at only when not in cluster.
    pub kubeconfig: Option<PathBuf>,
    /// `useServiceAccount`
    pub use_service_account: bool,
}

/// Why the way to the API server cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ClusterError(pub String);

/// Credentials that the API server's configuration lends to kubelet requests. Files are named, not read: whoever uses
/// them reads them again when they change.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct KubeletAccess {
    /// PEM bundle that signs kubelet certificates.
    pub ca: Option<Pem>,
    /// Client certificate.
    pub certificate: Option<Pem>,
    /// Private key of the certificate.
    pub key: Option<Pem>,
    /// Bearer token, sent over HTTPS only.
    pub token: Option<Token>,
    /// Whether kubelet certificates are not checked.
    pub insecure: bool,
}

/// PEM text, or the file that holds it.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// A file, read again when it changes.
    File(PathBuf),
    /// The text itself.
    Inline(Arc<[u8]>),
}

/// A bearer token.
#[derive(Clone, PartialEq, Eq)]
pub enum Token {
    /// A file, read again when it changes.
    File(PathBuf),
    /// The token itself.
    Inline(Arc<str>),
}

impl Debug for Pem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Inline(_) => f.write_str("***"),
        }
    }
}

impl Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Inline(_) => f.write_str("***"),
        }
    }
}
