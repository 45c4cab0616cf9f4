//! Builds what the command line asks for, in the original's order: sources, sinks, the store in memory. Contacts nothing.

use crate::deliveries::SINK_FAILED;
use crate::flags::Flags;
use crate::plugins::{MEMORY, MEMORY_NAME};
use crate::settings::Settings;
use crate::sinks;
use crate::status::{Running, SinkStatus};
use crate::{COMMIT, VERSION, deliveries, sources};
use heapster_cluster::Clusters;
use heapster_delivery::{Delivery, HEAPSTER};
use heapster_plugin::model::Model;
use heapster_plugin::registry::Registry as Plugins;
use heapster_plugin::sink::SinkContext;
use heapster_plugin::source::{Source, SourceContext};
use heapster_plugin::telemetry::Telemetry;
use heapster_plugin::uri::Uri;
use heapster_store::Store;
use heapster_telemetry::{Kind, Registry};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long metrics outside `--model-metrics` stay in memory.
const SHORT_WINDOW: Duration = Duration::from_secs(140);
const BUILD_INFO: &str = "heapster_build_info";

/// What all parts share.
pub(crate) struct Shared {
    pub(crate) started: Instant,
    pub(crate) model: Arc<Model>,
    pub(crate) telemetry: Arc<Registry>,
    pub(crate) clusters: Arc<Clusters>,
    pub(crate) resolution: Duration,
}

impl Shared {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (model, telemetry) = (Arc::new(Model::default()), Arc::new(Registry::new()));
        heapster_telemetry::declare_heapster(&telemetry);
        heapster_pipeline::declare(&telemetry);
        HEAPSTER.declare(&telemetry);
        heapster_cluster::declare(&telemetry);
        telemetry.declare(
            SINK_FAILED,
            Kind::Gauge,
            "1 when a sink with this key was left out for its options, 0 when all run",
        );
        telemetry.declare(
            BUILD_INFO,
            Kind::Gauge,
            "Version and commit of the program; always 1",
        );
        telemetry.gauge(BUILD_INFO, &[("version", VERSION), ("commit", COMMIT)], 1.0);
        Self {
            started: Instant::now(),
            clusters: Arc::new(Clusters::new(model.clone(), telemetry.clone())),
            model,
            telemetry,
            resolution: settings.resolution,
        }
    }
}

/// What was built from the command line.
pub(crate) struct Parts {
    pub(crate) sources: Vec<Box<dyn Source>>,
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) deliveries: Vec<Arc<Delivery>>,
    pub(crate) source_uris: Vec<String>,
    pub(crate) sinks: Vec<SinkStatus>,
}

/// Builds sources and sinks. Contacts nothing.
pub(crate) fn build(
    flags: &Flags,
    settings: &Settings,
    plugins: &Plugins,
    shared: &Shared,
) -> Result<Parts, String> {
    let uris = flags.uris("source");
    let context = SourceContext {
        model: shared.model.clone(),
        telemetry: shared.telemetry.clone(),
        resolution: shared.resolution,
        clusters: shared.clusters.clone(),
    };
    let built = sources::build_all(&uris, plugins, &context)?;
    let source_uris = uris.iter().map(Uri::redacted).collect();
    let uris = flags.uris("sink");
    let context = SinkContext {
        telemetry: shared.telemetry.clone(),
    };
    let asked = sinks::build_all(&uris, plugins, &context)?;
    if let Some((lines, last)) = sinks::historical_fault(flags.text("historical-source"), &uris) {
        lines.iter().for_each(|line| tracing::error!("{line}"));
        return Err(last.to_owned());
    }
    let (deliveries, mut sinks) = deliveries::start(asked, flags, shared);
    let in_memory = uris.iter().any(sinks::is_memory) || !flags.bool("disable-metric-sink");
    let store = in_memory.then(|| {
        tracing::info!("Starting with {MEMORY_NAME}");
        sinks.push(SinkStatus {
            key: MEMORY.to_owned(),
            uri: MEMORY.to_owned(),
            state: Ok(Running {
                name: MEMORY_NAME.to_owned(),
                delivery: None,
            }),
        });
        let config = heapster_store::Config {
            short: SHORT_WINDOW,
            long: settings.model_window,
            long_metrics: flags.list("model-metrics"),
        };
        Arc::new(Store::new(config, shared.model.clone()))
    });
    Ok(Parts {
        sources: built,
        store,
        deliveries,
        source_uris,
        sinks,
    })
}
