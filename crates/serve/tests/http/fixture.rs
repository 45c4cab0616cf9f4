//! A running server over a store with two batches of a small cluster.

use heapster_plugin::cluster::{Cluster, Container, Namespace, Node, Pod, Readiness, Resources};
use heapster_plugin::model::{
    Batch, CpuRate, Entity, Freezer, LabeledPoint, Labels, Model, Point, Times, Timestamp, Value, id,
};
use heapster_plugin::model::{MetricType, label};
use heapster_serve::{Api, Health, Server, Tls, Version};
use heapster_store::{Config, Store};
use heapster_telemetry::Registry;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Healthy, or not for a reason.
pub(crate) struct State(pub(crate) Result<(), String>);

impl Health for State {
    fn check(&self) -> Result<(), String> {
        self.0.clone()
    }
}

/// A server that stops with the fixture.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    /// The time of the newest batch.
    pub(crate) newest: Timestamp,
    pub(crate) stop: CancellationToken,
    pub(crate) done: tokio::task::JoinHandle<()>,
    _guard: DropGuard,
}

impl Running {
    pub(crate) fn times(&self) -> (String, String) {
        (
            self.newest.minus(Duration::from_secs(60)).to_string(),
            self.newest.to_string(),
        )
    }
}

pub(crate) async fn start() -> Running {
    start_with(|_| {}, None).await
}

pub(crate) async fn start_with(change: impl FnOnce(&mut Api), tls: Option<Tls>) -> Running {
    let model = Arc::new(Model::default());
    let newest = newest();
    let store = empty_store(&model);
    for (at, cpu) in [(newest.minus(Duration::from_secs(60)), 1000), (newest, 1001)] {
        store.push(Arc::new(batch(&model, at, cpu)), Timestamp::now());
    }
    let mut api = api(Some(Arc::new(store)));
    change(&mut api);
    run(api, newest, tls).await
}

pub(crate) async fn run(api: Api, newest: Timestamp, tls: Option<Tls>) -> Running {
    let server = Server::bind("127.0.0.1", 0, tls).await.unwrap();
    let stop = CancellationToken::new();
    Running {
        address: server.local_addr(),
        newest,
        done: tokio::spawn(server.run(api, stop.clone())),
        _guard: stop.clone().drop_guard(),
        stop,
    }
}

/// The last whole minute, so that both batches are in the short window.
pub(crate) fn newest() -> Timestamp {
    let now = Timestamp::now().secs();
    Timestamp::from_secs(now - now % 60)
}

pub(crate) fn empty_store(model: &Arc<Model>) -> Store {
    let config = Config {
        short: Duration::from_secs(300),
        long: Duration::from_secs(900),
        long_metrics: vec!["cpu/usage_rate".to_owned(), "memory/usage".to_owned()],
    };
    Store::new(config, model.clone())
}

pub(crate) fn api(store: Option<Arc<Store>>) -> Api {
    Api {
        store,
        cluster: Some(Arc::new(Known)),
        telemetry: Arc::new(Registry::new()),
        health: Arc::new(State(Ok(()))),
        export: true,
        version: Version {
            number: "2.0.0".to_owned(),
            commit: "abc".to_owned(),
            platform: "linux/x86_64".to_owned(),
        },
        command_line: vec!["heapster".to_owned(), "--source=host:".to_owned()],
        status: Arc::new(|| r#"{"sinks":[]}"#.to_owned()),
    }
}

fn batch(model: &Model, at: Timestamp, cpu: i64) -> Batch {
    let all = &model.entities;
    let mut freezer = Freezer::new(at, 8, 32);
    let start = Timestamp::from_nanos(at.nanos() - 3_600_000_000_000 + 123_456_789);
    let mut push =
        |entity: Arc<Entity>, labels: &[(&str, &str)], points: &[Point], labeled: Vec<LabeledPoint>| {
            let kind = [(label::TYPE, entity.kind().as_str())];
            let labels = Labels::from_pairs(kind.iter().chain(labels).copied());
            let times = Times {
                collection_start: Some(start),
                ..Times::default()
            };
            let cpu = CpuRate {
                nanocores: 1,
                sample: at.minus(Duration::from_secs(7)).plus(Duration::from_millis(250)),
                window: Duration::from_millis(15_500),
            };
            freezer.push(
                entity,
                Arc::new(labels),
                times,
                Some(cpu),
                points,
                labeled.iter().map(LabeledPoint::as_labeled),
            );
        };
    let rate = Point::gauge(id::CPU_USAGE_RATE, cpu);
    let node = [("nodename", "n1"), ("hostname", "host-1"), ("host_id", "hid")];
    let usage = [
        Point::gauge(id::CPU_USAGE_RATE, 250),
        Point::gauge(id::MEMORY_WORKING_SET, 2_097_153),
    ];
    push(
        all.cluster(),
        &[],
        &[rate, Point::gauge(id::MEMORY_USAGE, -5)],
        vec![],
    );
    push(all.namespace("default"), &[], &[rate], vec![]);
    let own = [
        usage[0],
        usage[1],
        Point::cumulative(id::UPTIME, 3_600_000),
        Point::float(id::CPU_NODE_UTILIZATION, MetricType::Gauge, 0.25),
        Point::float(id::CPU_NODE_RESERVATION, MetricType::Gauge, f64::NAN),
    ];
    let filesystem = |resource, value| LabeledPoint {
        point: Point::gauge(id::FILESYSTEM_USAGE, value),
        labels: Arc::new(Labels::from_pairs([("resource_id", resource)])),
    };
    let disk = LabeledPoint {
        point: Point::gauge(id::DISK_IO_READ_BYTES, 7),
        labels: Arc::new(Labels::from_pairs([("resource_id", "8:0")])),
    };
    let on_node = vec![filesystem("/", 1000), disk, filesystem("logs", 2000)];
    push(all.node("n1"), &node, &own, on_node);
    push(
        all.system_container("n1", "system.slice/foo.service"),
        &node,
        &[rate],
        vec![],
    );
    for (pod, labels) in [("p1", "app:<a>&b"), ("p2", "")] {
        let of_pod = [
            node[0],
            node[1],
            ("pod_name", pod),
            ("labels", labels),
            ("namespace_name", "default"),
        ];
        push(all.pod("default", pod), &of_pod, &[rate], vec![]);
    }
    let two = [
        Point::gauge(id::CPU_USAGE_RATE, 1500),
        Point::gauge(id::MEMORY_WORKING_SET, 1_024_000),
    ];
    push(
        all.pod_container("default", "p1", "c1"),
        &[("container_name", "c1")],
        &two,
        vec![],
    );
    freezer.finish(&model.metrics)
}

/// An API server that knows n1, n2 (without values), p1 with c1, p2 with a container without values.
#[derive(Debug)]
struct Known;

impl Known {
    fn one_node(name: &str) -> Arc<Node> {
        Arc::new(Node {
            name: name.into(),
            labels: Labels::from_pairs([("zone", name)]),
            annotations: Labels::default(),
            hostname: name.into(),
            address: None,
            address_text: "".into(),
            external_id: "".into(),
            kubelet_port: None,
            schedulable: true,
            readiness: Readiness::Ready,
            capacity: Resources::default(),
            allocatable: Resources::default(),
        })
    }

    fn one_pod(name: &str, container: &str) -> Arc<Pod> {
        let container = Container {
            name: container.into(),
            image: "".into(),
            resources: [].into(),
            restart_count: None,
        };
        Arc::new(Pod {
            namespace: "default".into(),
            name: name.into(),
            uid: "".into(),
            node: "n1".into(),
            labels: Labels::from_pairs([("app", name)]),
            start_time: None,
            containers: [container].into(),
        })
    }
}

impl Cluster for Known {
    fn nodes(&self) -> Vec<Arc<Node>> {
        vec![Self::one_node("n1"), Self::one_node("n2")]
    }
    fn node(&self, name: &str) -> Option<Arc<Node>> {
        self.nodes().into_iter().find(|node| *node.name == *name)
    }
    fn pods(&self) -> Vec<Arc<Pod>> {
        vec![Self::one_pod("p1", "c1"), Self::one_pod("p2", "none")]
    }
    fn pods_of(&self, namespace: &str) -> Vec<Arc<Pod>> {
        self.pods()
            .into_iter()
            .filter(|pod| *pod.namespace == *namespace)
            .collect()
    }
    fn pod(&self, namespace: &str, name: &str) -> Option<Arc<Pod>> {
        self.pods_of(namespace).into_iter().find(|pod| *pod.name == *name)
    }
    fn namespace(&self, _: &str) -> Option<Arc<Namespace>> {
        None
    }
}

/// A batch of `pods` pods with a few values each.
pub(crate) fn large(model: &Model, at: Timestamp, pods: usize) -> Batch {
    let mut freezer = Freezer::new(at, pods, pods * 4);
    for number in 0..pods {
        let entity = model.entities.pod("big", &format!("pod-{number:06}"));
        let points = [
            Point::new(id::CPU_USAGE, MetricType::Cumulative, Value::Int(9)),
            Point::gauge(id::MEMORY_USAGE, 1 << 30),
            Point::gauge(id::MEMORY_RSS, 1 << 29),
            Point::cumulative(id::UPTIME, 1000),
        ];
        let labels = Labels::from_pairs([("type", "pod"), ("nodename", "n1"), ("hostname", "n1")]);
        freezer.push(entity, Arc::new(labels), Times::default(), None, &points, []);
    }
    freezer.finish(&model.metrics)
}
