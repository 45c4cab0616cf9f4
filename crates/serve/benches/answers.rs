//! What large answers cost: a cluster of 1,000 nodes, asked over loopback by a client that throws the answer away.
//!
//! `cargo bench -p heapster-serve`. Shape of a line: request, bytes of the answer, milliseconds of CPU of server and client
//! together, milliseconds until it was read, MiB by which the process grew meanwhile. The least of three
//! rounds, the most for memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)] // a benchmark may end by panic

use heapster_plugin::cluster::{Cluster, Container, Namespace, Node, Pod};
use heapster_plugin::model::{Batch, Entity, Freezer, Labels, Model, Point, Times, Timestamp};
use heapster_serve::{Api, Health, Server, Version};
use heapster_store::{Config, Store};
use heapster_telemetry::Registry;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The values of a set, as a pod of the summary API has them.
const METRICS: [&str; 25] = [
    "cpu/limit",
    "cpu/load",
    "cpu/request",
    "cpu/usage",
    "cpu/usage_rate",
    "ephemeral_storage/limit",
    "ephemeral_storage/request",
    "ephemeral_storage/usage",
    "memory/cache",
    "memory/limit",
    "memory/major_page_faults",
    "memory/major_page_faults_rate",
    "memory/page_faults",
    "memory/page_faults_rate",
    "memory/request",
    "memory/rss",
    "memory/usage",
    "memory/working_set",
    "network/rx",
    "network/rx_errors",
    "network/rx_rate",
    "network/tx",
    "network/tx_errors",
    "network/tx_rate",
    "uptime",
];

struct Well;

impl Health for Well {
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for pods in [30, 100] {
        println!("1,000 nodes x {pods} pods");
        let stop = CancellationToken::new();
        let address = runtime.block_on(start(pods, stop.clone()));
        let names: Vec<String> = (0..20).map(|at| format!("pod-{at:05}")).collect();
        let list = names.join(",");
        for (target, runs) in [
            ("/api/v1/model/namespaces/ns-07/pods/".to_owned(), 200),
            ("/api/v1/model/namespaces/".to_owned(), 200),
            (
                "/api/v1/model/namespaces/ns-07/pods/pod-00007/metrics/memory/usage".to_owned(),
                1000,
            ),
            (
                format!("/api/v1/model/namespaces/ns-07/pod-list/{list}/metrics/cpu/usage_rate"),
                1000,
            ),
            ("/apis/metrics.k8s.io/v1alpha1/pods".to_owned(), 3),
            ("/api/v1/metric-export".to_owned(), 3),
        ] {
            measure(address, &target, runs);
        }
        stop.cancel();
    }
}

/// An API server's pods, sorted.
#[derive(Debug)]
struct Known(Vec<Arc<Pod>>);

impl Known {
    fn new(pods: usize) -> Self {
        let pod = |number: usize| {
            let container = Container {
                name: "main".into(),
                image: "image".into(),
                resources: [].into(),
                restart_count: None,
            };
            Arc::new(Pod {
                namespace: format!("ns-{:02}", number / (10 * pods)).into(),
                name: format!("pod-{:05}", number % (10 * pods)).into(),
                uid: "".into(),
                node: "".into(),
                labels: Labels::from_pairs([("app", "web")]),
                start_time: None,
                containers: [container].into(),
            })
        };
        Self((0..1000 * pods).map(pod).collect())
    }
}

impl Cluster for Known {
    fn nodes(&self) -> Vec<Arc<Node>> {
        Vec::new()
    }
    fn node(&self, _: &str) -> Option<Arc<Node>> {
        None
    }
    fn pods(&self) -> Vec<Arc<Pod>> {
        self.0.clone()
    }
    fn pods_of(&self, _: &str) -> Vec<Arc<Pod>> {
        Vec::new()
    }
    fn pod(&self, _: &str, _: &str) -> Option<Arc<Pod>> {
        None
    }
    fn namespace(&self, _: &str) -> Option<Arc<Namespace>> {
        None
    }
}

async fn start(pods: usize, stop: CancellationToken) -> SocketAddr {
    let model = Arc::new(Model::default());
    let config = Config {
        short: Duration::from_secs(140),
        long: Duration::from_secs(900),
        long_metrics: vec!["cpu/usage_rate".to_owned(), "memory/usage".to_owned()],
    };
    let store = Store::new(config, model.clone());
    let now = Timestamp::now();
    for age in [60, 30, 0] {
        let batch = batch(
            &model,
            now.minus(Duration::from_secs(age)),
            pods,
            i64::try_from(age).unwrap(),
        );
        store.push(Arc::new(batch), now);
    }
    let server = Server::bind("127.0.0.1", 0, None).await.unwrap();
    let address = server.local_addr();
    let api = Api {
        store: Some(Arc::new(store)),
        cluster: Some(Arc::new(Known::new(pods))),
        telemetry: Arc::new(Registry::new()),
        health: Arc::new(Well),
        export: true,
        version: Version::default(),
        command_line: Vec::new(),
        status: Arc::new(String::new),
    };
    tokio::spawn(server.run(api, stop));
    address
}

fn batch(model: &Model, at: Timestamp, pods: usize, seed: i64) -> Batch {
    let all = &model.entities;
    let mut freezer = Freezer::new(at, 1000 * pods * 2 + 10_000, 1000 * pods * 2 * METRICS.len());
    let times = Times {
        collection_start: Some(at.minus(Duration::from_millis(3_600_123))),
        ..Times::default()
    };
    let metrics = METRICS.map(|name| model.metrics.find(name).unwrap());
    let mut push = |entity: Arc<Entity>, labels: &Arc<Labels>, number: i64| {
        let points: Vec<Point> = metrics
            .iter()
            .map(|metric| Point::gauge(*metric, number * 1_048_583 + seed + i64::from(metric.0)))
            .collect();
        freezer.push(entity, labels.clone(), times, None, &points, []);
    };
    let none = Arc::new(Labels::default());
    push(all.cluster(), &none, 1);
    for namespace in 0..100 {
        push(all.namespace(&format!("ns-{namespace:02}")), &none, 2);
    }
    for node in 0..1000 {
        let name = format!("node-{node:04}");
        let labels = Arc::new(Labels::from_pairs([
            ("nodename", name.as_str()),
            ("hostname", &name),
            ("host_id", "9b6b0a1c"),
        ]));
        push(all.node(&name), &labels, 3);
        for container in ["kubelet", "runtime", "system"] {
            push(all.system_container(&name, container), &labels, 4);
        }
        for pod in 0..pods {
            let number = node * pods + pod;
            let (namespace, pod) = (
                format!("ns-{:02}", number % 100),
                format!("pod-{:05}", number / 100),
            );
            let labels = Arc::new(Labels::from_pairs([
                ("nodename", name.as_str()),
                ("hostname", &name),
                ("host_id", "9b6b0a1c"),
                ("namespace_name", &namespace),
                ("namespace_id", "0b9f5a4e-5d2f-4a53-8f0e-1f6c2f1f6d11"),
                ("pod_name", &pod),
                ("pod_id", "f3a9f0f0-2f59-4a0e-9f3e-3f0a4b7f5c22"),
                ("labels", "app:web,pod-template-hash:5d4f8c7b9,tier:front"),
            ]));
            let number = i64::try_from(number).unwrap();
            push(all.pod(&namespace, &pod), &labels, number);
            push(all.pod_container(&namespace, &pod, "main"), &labels, number);
        }
    }
    freezer.finish(&model.metrics)
}

fn measure(address: SocketAddr, target: &str, runs: u32) {
    let (mut cpu_ms, mut wall_ms, mut bytes, mut grown) = (f64::MAX, f64::MAX, 0, 0.0_f64);
    for _ in 0..3 {
        // Lets the kernel begin its record of the highest memory anew.
        std::fs::write("/proc/self/clear_refs", "5").ok();
        let (before, cpu, begun) = (mib("VmRSS:"), cpu_seconds(), Instant::now());
        for _ in 0..runs {
            bytes = get(address, target);
        }
        cpu_ms = cpu_ms.min((cpu_seconds() - cpu) * 1e3 / f64::from(runs));
        wall_ms = wall_ms.min(begun.elapsed().as_secs_f64() * 1e3 / f64::from(runs));
        grown = grown.max(mib("VmHWM:") - before);
    }
    let target = target.get(..60.min(target.len())).unwrap();
    println!("{target:60} {bytes:>11} B  {cpu_ms:>9.3} ms CPU  {wall_ms:>9.3} ms  {grown:>+7.1} MiB");
}

/// Asks once and reads to the end.
fn get(address: SocketAddr, target: &str) -> usize {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut space = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        match stream.read(&mut space).unwrap() {
            0 => return total,
            count => total += count,
        }
    }
}

/// CPU time of this process so far; the kernel counts it in hundredths of a second.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

fn mib(field: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kib / 1024.0
}
