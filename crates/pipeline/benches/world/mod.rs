//! A cluster and what its kubelets answer, of any size.

use heapster_pipeline::{LabelCopier, Processors};
use heapster_plugin::cluster::{Cluster, Container, Namespace, Node, Pod, Readiness, Resources};
use heapster_plugin::model::{
    Batch, Entity, Labels, MetricId, Model, Point, Scraped, Times, Timestamp, id, label,
};
use heapster_plugin::telemetry::Telemetry;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const NAMESPACES: usize = 20;

/// A cluster that does not change.
#[derive(Debug, Default)]
struct Still {
    nodes: HashMap<String, Arc<Node>>,
    pods: HashMap<String, HashMap<String, Arc<Pod>>>,
    namespaces: HashMap<String, Arc<Namespace>>,
}

impl Cluster for Still {
    fn nodes(&self) -> Vec<Arc<Node>> {
        self.nodes.values().cloned().collect()
    }
    fn node(&self, name: &str) -> Option<Arc<Node>> {
        self.nodes.get(name).cloned()
    }
    fn pods(&self) -> Vec<Arc<Pod>> {
        self.pods
            .values()
            .flat_map(|pods| pods.values().cloned())
            .collect()
    }
    fn pods_of(&self, namespace: &str) -> Vec<Arc<Pod>> {
        self.pods
            .get(namespace)
            .map(|pods| pods.values().cloned().collect())
            .unwrap_or_default()
    }
    fn pod(&self, namespace: &str, name: &str) -> Option<Arc<Pod>> {
        self.pods.get(namespace)?.get(name).cloned()
    }
    fn namespace(&self, name: &str) -> Option<Arc<Namespace>> {
        self.namespaces.get(name).cloned()
    }
}

/// Processors and the answers they get.
pub(crate) struct World {
    processors: Processors,
    answers: Vec<Scraped>,
    now: Timestamp,
}

impl World {
    /// Answers of `nodes` kubelets, `pods` pods with two containers each.
    pub(crate) fn new(nodes: usize, pods: usize, telemetry: Arc<dyn Telemetry>) -> Self {
        let model = Arc::new(Model::default());
        let mut cluster = Still::default();
        for namespace in 0..NAMESPACES {
            let name = format!("namespace-{namespace}");
            let record = Namespace {
                name: name.as_str().into(),
                uid: format!("uid-of-{name}").into(),
            };
            cluster.namespaces.insert(name, Arc::new(record));
        }
        let now = Timestamp::from_secs(1_700_000_000);
        let answers = (0..nodes)
            .map(|at| answer(&model, &mut cluster, now, at, pods))
            .collect();
        let copier = LabelCopier::new(",", &[], &[]);
        let processors = Processors::new(model, Some(Arc::new(cluster)), copier, telemetry);
        Self {
            processors,
            answers,
            now,
        }
    }

    /// Runs some cycles; how many sets and values a batch has then.
    pub(crate) fn settle(&mut self) -> (u32, u32) {
        for _ in 0..3 {
            self.batch();
            self.advance();
        }
        let batch = self.batch();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (count(batch.len()), count(batch.value_count()))
    }

    /// The targets measure again, a minute later.
    pub(crate) fn advance(&mut self) {
        self.now = self.now.plus(MINUTE);
        for set in self.answers.iter_mut().flat_map(Scraped::sets_mut) {
            set.times.scrape = set.times.scrape.map(|time| time.plus(MINUTE));
        }
    }

    /// One batch.
    pub(crate) fn batch(&mut self) -> Arc<Batch> {
        self.processors.batch(self.now, &self.answers)
    }
}

fn answer(model: &Model, cluster: &mut Still, now: Timestamp, at: usize, pods: usize) -> Scraped {
    let mut scraped = Scraped::default();
    let node = format!("node-{at:04}.example.internal");
    let times = Times {
        scrape: Some(now),
        collection_start: Some(now.minus(MINUTE)),
        entity_create: None,
    };
    let resources = Resources {
        cpu_millicores: 32_000,
        memory_bytes: 64 << 30,
        ephemeral_storage_bytes: Some(1 << 40),
    };
    let record = Node {
        name: node.as_str().into(),
        labels: user_labels(at),
        annotations: Labels::default(),
        hostname: node.as_str().into(),
        address: None,
        address_text: "".into(),
        external_id: "".into(),
        kubelet_port: None,
        schedulable: true,
        readiness: Readiness::Ready,
        capacity: resources,
        allocatable: resources,
    };
    cluster.nodes.insert(node.clone(), Arc::new(record));
    let devices: Vec<Arc<Labels>> = ["/", "logs"].iter().map(|name| resource(name)).collect();
    let mut add = |entity: &Arc<Entity>, network: bool, devices: &[Arc<Labels>]| {
        scraped.begin(entity.clone(), source_labels(entity, &node), times);
        values(&mut scraped, network, devices);
    };
    add(&model.entities.node(&node), true, &devices);
    for name in ["kubelet", "runtime", "pods"] {
        add(&model.entities.system_container(&node, name), false, &[]);
    }
    for pod in 0..pods {
        let namespace = format!("namespace-{}", (at + pod) % NAMESPACES);
        let name = format!("deployment-{}-7d4b9c6f5d-{at:03}{pod:02}", pod % 13);
        let containers = ["main", "sidecar"].map(spec);
        add(
            &model.entities.pod(&namespace, &name),
            true,
            &[resource("Volume:token")],
        );
        for container in &containers {
            add(
                &model.entities.pod_container(&namespace, &name, &container.name),
                false,
                &devices,
            );
        }
        let record = Pod {
            namespace: namespace.as_str().into(),
            name: name.as_str().into(),
            uid: format!("00000000-0000-0000-{at:04}-{pod:012}").into(),
            node: node.as_str().into(),
            labels: user_labels(pod),
            start_time: Some(now),
            containers: containers.into(),
        };
        cluster
            .pods
            .entry(namespace)
            .or_default()
            .insert(name, Arc::new(record));
    }
    scraped
}

/// The values of one set, ascending by metric as the sources give them.
fn values(scraped: &mut Scraped, network: bool, devices: &[Arc<Labels>]) {
    let mut push = |metric: MetricId, counter: bool| {
        let value = i64::from(metric.0) * 1_000;
        scraped.push(if counter {
            Point::cumulative(metric, value)
        } else {
            Point::gauge(metric, value)
        });
    };
    push(id::CPU_USAGE, true);
    push(id::EPHEMERAL_STORAGE_USAGE, false);
    push(id::MEMORY_MAJOR_PAGE_FAULTS, true);
    push(id::MEMORY_PAGE_FAULTS, true);
    push(id::MEMORY_RSS, false);
    push(id::MEMORY_USAGE, false);
    push(id::MEMORY_WORKING_SET, false);
    if network {
        for metric in [
            id::NETWORK_RX,
            id::NETWORK_RX_ERRORS,
            id::NETWORK_TX,
            id::NETWORK_TX_ERRORS,
        ] {
            push(metric, true);
        }
    }
    push(id::UPTIME, true);
    for device in devices {
        for metric in [
            id::FILESYSTEM_USAGE,
            id::FILESYSTEM_LIMIT,
            id::FILESYSTEM_AVAILABLE,
            id::FILESYSTEM_INODES,
            id::FILESYSTEM_INODES_FREE,
        ] {
            scraped.push_labeled(Point::gauge(metric, 1 << 30), device.clone());
        }
    }
}

fn spec(name: &str) -> Container {
    let resources = [
        id::CPU_LIMIT,
        id::CPU_REQUEST,
        id::EPHEMERAL_STORAGE_LIMIT,
        id::EPHEMERAL_STORAGE_REQUEST,
        id::MEMORY_LIMIT,
        id::MEMORY_REQUEST,
    ];
    Container {
        name: name.into(),
        image: "registry.example/team/image:1.2.3".into(),
        resources: resources.map(|metric| Point::gauge(metric, 100)).into(),
        restart_count: Some(1),
    }
}

fn resource(name: &str) -> Arc<Labels> {
    Arc::new(Labels::from_pairs([(label::RESOURCE_ID, name)]))
}

fn user_labels(at: usize) -> Labels {
    let version = format!("v{at}");
    Labels::from_pairs([
        ("app", "shop"),
        ("tier", "web"),
        ("version", version.as_str()),
        ("team", "blue"),
    ])
}

fn source_labels(entity: &Entity, node: &str) -> Arc<Labels> {
    let names = [
        (label::TYPE, Some(entity.kind().as_str())),
        (label::NAMESPACE_NAME, entity.namespace()),
        (label::POD_NAME, entity.pod()),
        (label::CONTAINER_NAME, entity.container()),
        (label::NODENAME, Some(node)),
        (label::HOSTNAME, Some(node)),
        (label::HOST_ID, Some("")),
    ];
    let known = names
        .iter()
        .filter_map(|(key, name)| name.map(|name| (*key, name)));
    Arc::new(Labels::from_pairs(known))
}
