//! How a cluster is started.

use crate::clock::Clock;
use crate::kubelet::Page;
use crate::modes::Mode;
use crate::shape::Shape;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be chosen before the start; [`Default`] is a small healthy cluster on free ports without TLS.
#[derive(Clone, Debug)]
pub struct Config {
    /// Sizes and seed.
    pub shape: Shape,
    /// The clock of all kubelets, before their skew.
    pub clock: Clock,
    /// How long each kubelet takes to answer.
    pub latency: Duration,
    /// What is added to that, between nothing and this much: a function of seed, node and second.
    pub jitter: Duration,
    /// So many nodes report that they are not ready: the last ones before those with faults.
    pub unready: u32,
    /// So many kubelets have each mode: the last nodes, in this order from the end.
    pub faults: Vec<(Mode, u32)>,
    /// Pods replaced a minute.
    pub pod_churn: u32,
    /// Nodes replaced a minute, with all their pods.
    pub node_churn: u32,
    /// Changes of a node's status a minute.
    pub heartbeats: u32,
    /// Events a minute.
    pub events: u32,
    /// Events that the API server keeps.
    pub events_kept: usize,
    /// Pages that kubelets have; others are 404.
    pub pages: Vec<Page>,
    /// Whether kubelets indent their JSON, as real ones do: a quarter more bytes.
    pub pretty: bool,
    /// Changes that the API server remembers for watches.
    pub history: usize,
    /// A watch ends after this time, whatever its client asked for.
    pub watch_limit: Option<Duration>,
    /// How often a watch that wants bookmarks gets one.
    pub bookmark_every: Duration,
    /// Bytes of `managedFields` in each pod and node.
    pub padding: usize,
    /// The API server and the kubelets want this bearer token.
    pub token: Option<String>,
    /// HTTPS for both, too, with certificates of an own authority.
    pub tls: bool,
    /// Folder for `ca.crt`, `token` and `kubeconfig`.
    pub folder: Option<PathBuf>,
    /// Port of the API server on 127.0.0.1; 0 takes a free one, as for all ports.
    pub api_port: u16,
    /// Port of the API server's HTTPS.
    pub api_tls_port: u16,
    /// Port of each kubelet at its node's address.
    pub kubelet_port: u16,
    /// Port of each kubelet's HTTPS.
    pub kubelet_tls_port: u16,
    /// Port of the control pages on 127.0.0.1.
    pub control_port: u16,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            clock: Clock::system(),
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            unready: 0,
            faults: Vec::new(),
            pod_churn: 0,
            node_churn: 0,
            heartbeats: 0,
            events: 0,
            events_kept: 1_000,
            pages: vec![Page::Summary, Page::ContainerStats, Page::Resource],
            pretty: true,
            history: 10_000,
            watch_limit: None,
            bookmark_every: Duration::from_secs(60),
            padding: 1_000,
            token: None,
            tls: false,
            folder: None,
            api_port: 0,
            api_tls_port: 0,
            kubelet_port: 0,
            kubelet_tls_port: 0,
            control_port: 0,
        }
    }
}
