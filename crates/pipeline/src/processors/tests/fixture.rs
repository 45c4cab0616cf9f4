//! A small cluster and answers to process.

use crate::{LabelCopier, Processors};
use heapster_plugin::cluster::{Cluster, Container, Namespace, Node, Pod, Readiness, Resources};
use heapster_plugin::model::{
    Batch, Entity, EntityKind, Labels, Model, Point, Scraped, SetView, Times, Timestamp, label,
};
use heapster_plugin::testkit::Recorded;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A cluster that a test fills.
#[derive(Debug, Default)]
pub(super) struct FakeCluster(Mutex<Objects>);

#[derive(Debug, Default)]
struct Objects {
    nodes: BTreeMap<String, Arc<Node>>,
    pods: BTreeMap<(String, String), Arc<Pod>>,
    namespaces: BTreeMap<String, Arc<Namespace>>,
}

impl Cluster for FakeCluster {
    fn nodes(&self) -> Vec<Arc<Node>> {
        self.0.lock().unwrap().nodes.values().cloned().collect()
    }
    fn node(&self, name: &str) -> Option<Arc<Node>> {
        self.0.lock().unwrap().nodes.get(name).cloned()
    }
    fn pods(&self) -> Vec<Arc<Pod>> {
        self.0.lock().unwrap().pods.values().cloned().collect()
    }
    fn pods_of(&self, namespace: &str) -> Vec<Arc<Pod>> {
        self.pods()
            .into_iter()
            .filter(|pod| *pod.namespace == *namespace)
            .collect()
    }
    fn pod(&self, namespace: &str, name: &str) -> Option<Arc<Pod>> {
        self.0
            .lock()
            .unwrap()
            .pods
            .get(&(namespace.to_owned(), name.to_owned()))
            .cloned()
    }
    fn namespace(&self, name: &str) -> Option<Arc<Namespace>> {
        self.0.lock().unwrap().namespaces.get(name).cloned()
    }
}

impl FakeCluster {
    pub(super) fn add_pod(&self, pod: Pod) {
        self.0
            .lock()
            .unwrap()
            .pods
            .insert((pod.namespace.to_string(), pod.name.to_string()), Arc::new(pod));
    }

    pub(super) fn remove_pod(&self, namespace: &str, name: &str) {
        self.0
            .lock()
            .unwrap()
            .pods
            .remove(&(namespace.to_owned(), name.to_owned()));
    }

    pub(super) fn add_namespace(&self, name: &str, uid: &str) {
        let namespace = Namespace {
            name: name.into(),
            uid: uid.into(),
        };
        self.0
            .lock()
            .unwrap()
            .namespaces
            .insert(name.to_owned(), Arc::new(namespace));
    }

    pub(super) fn add_node(&self, name: &str, labels: &[(&str, &str)], allocatable: Resources) {
        let node = Node {
            name: name.into(),
            labels: Labels::from_pairs(labels.iter().copied()),
            annotations: Labels::default(),
            hostname: name.into(),
            address: None,
            address_text: "".into(),
            external_id: "".into(),
            kubelet_port: None,
            schedulable: true,
            readiness: Readiness::Ready,
            capacity: Resources {
                cpu_millicores: 4000,
                memory_bytes: 8 << 30,
                ..allocatable
            },
            allocatable,
        };
        self.0
            .lock()
            .unwrap()
            .nodes
            .insert(name.to_owned(), Arc::new(node));
    }
}

pub(super) fn container(name: &str, restart_count: Option<i64>, resources: &[Point]) -> Container {
    let mut resources = resources.to_vec();
    resources.sort_by_key(Point::metric);
    Container {
        name: name.into(),
        image: format!("registry/{name}:1").into(),
        resources: resources.into(),
        restart_count,
    }
}

pub(super) fn pod(namespace: &str, name: &str, labels: &[(&str, &str)], containers: Vec<Container>) -> Pod {
    Pod {
        namespace: namespace.into(),
        name: name.into(),
        uid: format!("uid-{name}").into(),
        node: "n1".into(),
        labels: Labels::from_pairs(labels.iter().copied()),
        start_time: Some(at(100)),
        containers: containers.into(),
    }
}

/// Seconds on the clock of the tests.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(1_700_000_000 + seconds)
}

/// Sampled at `scrape`, counting since `start`.
pub(super) fn times(scrape: i64, start: i64) -> Times {
    Times {
        scrape: Some(at(scrape)),
        collection_start: Some(at(start)),
        entity_create: None,
    }
}

/// Processors with their surroundings.
#[derive(Debug)]
pub(super) struct World {
    pub(super) model: Arc<Model>,
    pub(super) cluster: Arc<FakeCluster>,
    pub(super) telemetry: Arc<Recorded>,
    pub(super) processors: Processors,
}

impl World {
    fn build(with_cluster: bool) -> Self {
        let (model, cluster, telemetry) = (
            Arc::new(Model::default()),
            Arc::new(FakeCluster::default()),
            Arc::default(),
        );
        let view = with_cluster.then(|| cluster.clone() as Arc<dyn Cluster>);
        let telemetry: Arc<Recorded> = telemetry;
        let copier = LabelCopier::new(",", &[], &[]);
        let processors = Processors::new(model.clone(), view, copier, telemetry.clone());
        Self {
            model,
            cluster,
            telemetry,
            processors,
        }
    }

    pub(super) fn new() -> Self {
        Self::build(true)
    }

    pub(super) fn without_cluster() -> Self {
        Self::build(false)
    }

    pub(super) fn batch(&mut self, seconds: i64, answers: &[Scraped]) -> Arc<Batch> {
        self.processors.batch(at(seconds), answers)
    }

    pub(super) fn begin(&self, into: &mut Scraped, entity: &Arc<Entity>, times: Times) {
        into.begin(entity.clone(), source_labels(entity), times);
    }

    pub(super) fn set(&self, into: &mut Scraped, entity: &Arc<Entity>, times: Times, points: &[Point]) {
        self.begin(into, entity, times);
        for point in points {
            into.push(*point);
        }
    }

    pub(super) fn pod(&self, pod: &str) -> Arc<Entity> {
        self.model.entities.pod("default", pod)
    }

    pub(super) fn container(&self, pod: &str, container: &str) -> Arc<Entity> {
        self.model.entities.pod_container("default", pod, container)
    }
}

/// The labels that the summary source gives.
fn source_labels(entity: &Entity) -> Arc<Labels> {
    let mut pairs = vec![(label::TYPE, entity.kind().as_str())];
    let names = [
        (label::NAMESPACE_NAME, entity.namespace()),
        (label::POD_NAME, entity.pod()),
        (label::CONTAINER_NAME, entity.container()),
    ];
    pairs.extend(
        names
            .iter()
            .filter_map(|(key, name)| name.map(|name| (*key, name))),
    );
    if !matches!(entity.kind(), EntityKind::Cluster | EntityKind::Namespace) {
        let node = entity.node().unwrap_or("n1");
        pairs.extend([
            (label::NODENAME, node),
            (label::HOSTNAME, node),
            (label::HOST_ID, "id"),
        ]);
    }
    Arc::new(Labels::from_pairs(pairs))
}

/// All labels of a set as `key=value` in order.
pub(super) fn labels(batch: &Batch, key: &str) -> Vec<String> {
    set(batch, key)
        .labels()
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect()
}

pub(super) fn set<'a>(batch: &'a Batch, key: &str) -> SetView<'a> {
    batch
        .by_key(key)
        .unwrap_or_else(|| panic!("there is no set {key}"))
}

/// All plain values of a set as `name value` in order.
pub(super) fn values(batch: &Batch, key: &str) -> Vec<String> {
    let points = set(batch, key).points();
    points
        .map(|point| format!("{} {}", batch.metric_name(point.metric()), point.value().as_f64()))
        .collect()
}

/// The value of a metric as a float.
pub(super) fn value(batch: &Batch, key: &str, metric: &str) -> Option<f64> {
    let mut points = set(batch, key).points();
    points
        .find(|point| batch.metric_name(point.metric()) == metric)
        .map(|point| point.value().as_f64())
}
