//! The program's parts over a simulated cluster, one cycle at a time.

use crate::clock::{self, Held, START, breathe};
use crate::cycle::{Asked, Cycle};
use crate::log::Log;
use crate::meter::Meter;
use crate::truth::{DEADLINE, silence};
use heapster_pipeline::{Config, Consumer, LabelCopier, Pipeline};
use heapster_plugin::cluster::{Cluster as Known, Readiness};
use heapster_plugin::model::{Batch, Model, Timestamp};
use heapster_plugin::options::Options;
use heapster_plugin::registry::Registry;
use heapster_plugin::source::SourceContext;
use heapster_plugin::uri::Uri;
use heapster_simcluster::kubelet::Page;
use heapster_simcluster::{Clock, Cluster, Shape, State, Urls, names};
use heapster_source_kubernetes as _;
use heapster_store::Store;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::{Instant, advance};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Seconds of a cycle, and from its end to its scrape.
const RESOLUTION: i64 = 60;
const OFFSET: i64 = 5;
/// The time over which the requests of one cycle are spread, and a little more.
const SPREAD: Duration = Duration::from_millis(150);
const TARGETS: &str = "heapster_scraper_targets{}";
const FAILURES: &str = "heapster_scrape_failures_total";

/// Keeps the newest batch, and feeds the store.
#[derive(Debug)]
struct Last(watch::Sender<Option<Arc<Batch>>>, Arc<Store>);

impl Consumer for Last {
    fn offer(&self, batch: &Arc<Batch>) {
        assert!(self.1.push(batch.clone(), batch.timestamp()));
        self.0.send_replace(Some(batch.clone()));
    }
}

/// All parts that run.
pub(crate) struct Rig {
    pub(crate) model: Arc<Model>,
    pub(crate) store: Arc<Store>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) log: Log,
    sim: Cluster,
    known: Arc<dyn Known>,
    batches: watch::Receiver<Option<Arc<Batch>>>,
    /// That of the kubelets.
    port: u16,
    /// Whether kubelets have a summary, or container stats only.
    summary: bool,
    end: i64,
    held: Held,
    _folder: TempDir,
    _stop: DropGuard,
}

/// A small cluster.
pub(crate) fn small(nodes: u32, pods: u32) -> heapster_simcluster::Config {
    heapster_simcluster::Config {
        shape: Shape {
            nodes,
            pods,
            namespaces: 3,
            ..Shape::default()
        },
        ..heapster_simcluster::Config::default()
    }
}

/// The source: over HTTPS where there is HTTPS.
fn uri(urls: &Urls, kubeconfig: &Path) -> Uri {
    let port = urls.kubelet_tls_port.unwrap_or(urls.kubelet_port);
    let uri = format!(
        "kubernetes.summary_api:?inClusterConfig=false&auth={}&kubeletPort={port}&kubeletHttps={}&maxbody=1000000",
        kubeconfig.display(),
        urls.kubelet_tls_port.is_some()
    );
    Uri::parse(&uri, |_| None).unwrap()
}

impl Rig {
    /// Starts a cluster and all that reads it, and waits until its objects are known.
    pub(crate) async fn start(config: heapster_simcluster::Config) -> Self {
        let (held, log) = (Held::start(), Log::start());
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let config = heapster_simcluster::Config {
            clock: Clock::held(START),
            ..config
        };
        let sim = Cluster::start(&config).await.unwrap();
        let (model, meter) = (Arc::new(Model::default()), Arc::<Meter>::default());
        let clusters = Arc::new(heapster_cluster::Clusters::new(model.clone(), meter.clone()));
        let folder = tempfile::tempdir().unwrap();
        sim.write_files(folder.path(), config.token.as_deref()).unwrap();
        let uri = uri(sim.urls(), &folder.path().join("kubeconfig"));
        let plugin = Registry::collect().unwrap().source(&uri.key).unwrap();
        let (options, unknown) = Options::parse("source", plugin.options, &uri).unwrap();
        assert_eq!(unknown, []);
        let resolution = Duration::from_secs(60);
        let port = sim.urls().kubelet_tls_port.unwrap_or(sim.urls().kubelet_port);
        let summary = config.pages.contains(&Page::Summary);
        let context = SourceContext {
            model: model.clone(),
            telemetry: meter.clone(),
            resolution,
            clusters: clusters.clone(),
        };
        let source = (plugin.build)(&uri, &options, &context).unwrap();
        let known = source.cluster().unwrap();
        let store = heapster_store::Config {
            short: Duration::from_secs(140),
            long: Duration::from_secs(900),
            long_metrics: vec!["cpu/usage_rate".to_owned(), "memory/usage".to_owned()],
        };
        let store = Arc::new(Store::new(store, model.clone()));
        let (batch, batches) = watch::channel(None);
        let config = Config {
            resolution,
            scrape_timeout: DEADLINE,
            labels: LabelCopier::new(",", &[], &[]),
        };
        let consumers: Vec<Arc<dyn Consumer>> = vec![Arc::new(Last(batch, store.clone()))];
        let sources = vec![source];
        let pipeline = Pipeline::new(
            config,
            sources,
            Some(known.clone()),
            consumers,
            model.clone(),
            meter.clone(),
        );
        let stop = CancellationToken::new();
        tokio::spawn(pipeline.with_clock(clock::now).run(stop.clone()));
        clusters.start(stop.clone());
        let mut rig = Self {
            model,
            store,
            meter,
            log,
            sim,
            known,
            batches,
            port,
            summary,
            end: START,
            held,
            _folder: folder,
            _stop: stop.drop_guard(),
        };
        for kind in ["nodes", "pods", "namespaces"] {
            let listed = format!("heapster_cluster_lists_total{{kind={kind}}}");
            rig.held.wait(kind, rig.meter.touched(&listed, 0)).await;
        }
        rig
    }

    /// The simulated cluster.
    pub(crate) fn sim(&self) -> &State {
        self.sim.state()
    }

    /// Names of nodes, with their readiness, and of pods as the API server has them, and as they are known.
    fn both(&self) -> [Vec<String>; 2] {
        let ready = |name: &str, ready: bool| format!("{name} {ready}");
        let world = self.sim().store().read();
        let nodes = (0..).map_while(|index| world.node(index));
        let mut real: Vec<String> = nodes
            .clone()
            .map(|node| ready(&names::node(node), node.ready))
            .collect();
        real.extend(nodes.flat_map(|node| world.pods_of(node.index)).map(names::pod));
        let nodes = self.known.nodes();
        let known = nodes
            .iter()
            .map(|node| ready(&node.name, node.readiness == Readiness::Ready));
        let pods = self.known.pods();
        let mut known: Vec<String> = known.chain(pods.iter().map(|pod| pod.name.to_string())).collect();
        real.sort();
        known.sort();
        [real, known]
    }

    /// Whether all that the API server has is known, and nothing else.
    pub(crate) fn agrees(&self) -> bool {
        let [real, known] = self.both();
        real == known
    }

    /// Waits until [`agrees`](Self::agrees), half a minute at most.
    pub(crate) async fn agree(&self) {
        for _ in 0..30 {
            breathe().await;
            if self.agrees() {
                return;
            }
            advance(Duration::from_secs(1)).await;
        }
        assert_eq!(self.both()[0], self.both()[1]);
    }

    /// Goes on to the next cycle and through it. Whoever is not meant to be late answers before time passes; the end comes
    /// with the answer of the last one, or with the deadline.
    pub(crate) async fn cycle(&mut self) -> Cycle {
        self.end += RESOLUTION;
        let due = self.end + OFFSET;
        clock::move_to(due - 1).await;
        self.sim().clock().hold(due);
        let asked = self.asked();
        let (listed, failed) = (self.meter.times(TARGETS), self.meter.family(FAILURES));
        let before = self.batches.borrow_and_update().clone();
        clock::move_to(due).await;
        self.held
            .wait("a cycle", self.meter.touched(TARGETS, listed))
            .await;
        let begun = Instant::now();
        assert_eq!(clock::now(), Timestamp::from_secs(due), "a cycle begins late");
        advance(SPREAD).await;
        let mut late: Vec<Duration> = asked.iter().map(|asked| silence(&asked.behaviour)).collect();
        late.sort_unstable();
        late.dedup();
        for wait in late {
            let until = if wait < DEADLINE {
                begun + SPREAD + wait
            } else {
                begun + DEADLINE
            };
            advance(until - Instant::now()).await;
            for asked in asked.iter().filter(|asked| silence(&asked.behaviour) == wait) {
                let noted = self.meter.touched(&asked.series, asked.noted);
                self.held.wait(&asked.node, noted).await;
            }
        }
        let end = Timestamp::from_secs(self.end);
        let due = |batch: &Option<Arc<Batch>>| batch.as_ref().is_some_and(|batch| batch.timestamp() >= end);
        let batch = self
            .held
            .wait("a batch", self.batches.wait_for(due))
            .await
            .unwrap()
            .clone()
            .unwrap();
        assert_eq!(batch.timestamp(), end, "a window is lost");
        let failures = self
            .meter
            .family(FAILURES)
            .into_iter()
            .filter_map(|(series, count)| {
                let more = count - failed.get(&series).copied().unwrap_or_default();
                let reason = series.split(['=', '}']).nth(1)?.to_owned();
                (more > 0.0).then_some((reason, more))
            });
        Cycle {
            asked,
            summary: self.summary,
            batch,
            before,
            failures: failures.collect(),
        }
    }

    /// So many cycles, each of them checked; the number of CPU rates that were compared.
    pub(crate) async fn cycles(&mut self, count: usize) -> usize {
        let mut rates = 0;
        for _ in 0..count {
            rates += self.cycle().await.check();
        }
        rates
    }

    /// The nodes that are asked next, and how they will behave.
    fn asked(&self) -> Vec<Asked> {
        let nodes = self.known.nodes();
        let ready = nodes.iter().filter(|node| node.readiness == Readiness::Ready);
        let asked = ready.map(|node| {
            let index = names::node_number(&node.name).unwrap();
            let source = format!("kubelet_summary:{}:{}", names::address(index), self.port);
            let series = format!("heapster_scraper_duration_milliseconds{{source={source}}}");
            Asked {
                node: node.name.to_string(),
                behaviour: self.sim().behaviour(index).unwrap(),
                view: self.sim().view(index).unwrap(),
                noted: self.meter.times(&series),
                series,
            }
        });
        asked.collect()
    }
}
