//! A cluster in memory, kubelets on this machine and certificates, for tests.

mod kubelet;

pub(crate) use kubelet::{Reply, Seen, kubelet, kubelet_at, ok, reply};

use crate::source;
use heapster_plugin::cluster::{
    ApiServer, Cluster, ClusterError, KubeletAccess, Node, Pem, Readiness, Resources,
};
use heapster_plugin::model::{Labels, Timestamp};
use heapster_plugin::options::Options;
use heapster_plugin::source::{Clusters, Source, SourceContext, Target, Window};
use heapster_plugin::testkit::{Recorded, source_context};
use heapster_plugin::uri::Uri;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// PEM text as an option that is given.
pub(crate) fn inline(pem: &str) -> Option<Pem> {
    Some(Pem::Inline(pem.as_bytes().into()))
}

/// A ready node called `name` at `address`.
pub(crate) fn node(name: &str, address: &str) -> Node {
    Node {
        name: name.into(),
        labels: Labels::default(),
        annotations: Labels::default(),
        hostname: format!("{name}.example").into(),
        address: address.parse::<IpAddr>().ok(),
        address_text: address.into(),
        external_id: "".into(),
        kubelet_port: None,
        schedulable: true,
        readiness: Readiness::Ready,
        capacity: Resources::default(),
        allocatable: Resources::default(),
    }
}

/// Nodes and credentials; nodes may change while a source reads them.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    pub(crate) nodes: Mutex<Vec<Arc<Node>>>,
    access: KubeletAccess,
    opened: Mutex<Option<ApiServer>>,
}

impl Cluster for Fake {
    fn nodes(&self) -> Vec<Arc<Node>> {
        self.nodes.lock().unwrap().clone()
    }
}

#[derive(Debug)]
struct Opener(Arc<Fake>);

impl Clusters for Opener {
    fn open(&self, server: &ApiServer) -> Result<(Arc<dyn Cluster>, KubeletAccess), ClusterError> {
        *self.0.opened.lock().unwrap() = Some(server.clone());
        Ok((self.0.clone(), self.0.access.clone()))
    }
}

/// A source as the core builds it.
pub(crate) struct Built {
    pub(crate) source: Box<dyn Source>,
    pub(crate) cluster: Arc<Fake>,
    pub(crate) telemetry: Arc<Recorded>,
    pub(crate) server: ApiServer,
}

/// Builds the source that `uri` names over `nodes`.
pub(crate) fn build(uri: &str, nodes: Vec<Node>, access: KubeletAccess) -> Result<Built, String> {
    let cluster = Arc::new(Fake {
        nodes: Mutex::new(nodes.into_iter().map(Arc::new).collect()),
        access,
        opened: Mutex::default(),
    });
    let (context, telemetry) = source_context();
    let context = SourceContext {
        clusters: Arc::new(Opener(cluster.clone())),
        ..context
    };
    let uri = Uri::parse(uri, |_| None).map_err(|error| error.to_string())?;
    let (options, unknown) =
        Options::parse("source", crate::config::OPTIONS, &uri).map_err(|error| error.to_string())?;
    assert_eq!(unknown, []);
    let source = source::build(&uri, &options, &context).map_err(|error| error.to_string())?;
    let server = cluster.opened.lock().unwrap().clone().unwrap();
    Ok(Built {
        source,
        cluster,
        telemetry,
        server,
    })
}

/// The only target of a source of key `key` with `options`, which reads node `n1` at 127.0.0.1 and `port`.
pub(crate) async fn target(key: &str, options: &str, port: u16, access: KubeletAccess) -> Arc<dyn Target> {
    let uri = format!("{key}:?kubeletPort={port}{options}");
    let built = build(&uri, vec![node("n1", "127.0.0.1")], access).unwrap();
    built.source.targets().await.remove(0)
}

/// The window from 10:00:00 to 10:01:00.
pub(crate) fn window() -> Window {
    Window {
        start: Timestamp::parse("2026-11-22T10:00:00Z").unwrap(),
        end: Timestamp::parse("2026-11-22T10:01:00Z").unwrap(),
    }
}

pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}
