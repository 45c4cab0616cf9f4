//! Wires pipeline, consumers and server together, and stops them in order.

use crate::flags::Flags;
use crate::health::Health;
use crate::parts::{Parts, Shared, build};
use crate::plugins::MEMORY_NAME;
use crate::settings::Settings;
use crate::status::Status;
use crate::{COMMIT, VERSION, signals};
use heapster_delivery::{Delivery, Direct};
use heapster_pipeline::{Config, Consumer, LabelCopier, Pipeline};
use heapster_plugin::model::{Batch, Timestamp};
use heapster_plugin::registry::Registry as Plugins;
use heapster_serve::{Api, Server, Version};
use heapster_store::Store;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a scrape may take.
const SCRAPE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long deliveries may work after the last batch.
const DRAIN: Duration = Duration::from_secs(20);
/// How long threads that still write are waited for after that.
const LINGER: Duration = Duration::from_secs(1);

/// Runs until a signal.
///
/// # Errors
/// The one line that is the program's last: nothing to read, nothing to send to, no port.
pub(crate) fn run(
    flags: &Flags,
    settings: &Settings,
    plugins: &Plugins,
    command_line: Vec<String>,
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.threads)
        .enable_all()
        .build()
        .map_err(|error| format!("starting {} threads: {error}", settings.threads))?;
    let ended = runtime.block_on(async {
        let shared = Shared::new(settings);
        let parts = build(flags, settings, plugins, &shared)?;
        serve(flags, settings, shared, parts, command_line).await
    });
    runtime.shutdown_timeout(LINGER);
    ended
}

/// Listens, runs the pipeline until a signal, then drains the deliveries and ends the server.
async fn serve(
    flags: &Flags,
    settings: &Settings,
    shared: Shared,
    parts: Parts,
    command_line: Vec<String>,
) -> Result<(), String> {
    let (stop, served) = (CancellationToken::new(), CancellationToken::new());
    signals::watch(stop.clone()).map_err(|error| format!("handling signals: {error}"))?;
    let server = Server::bind(flags.text("listen-ip"), settings.port, settings.tls.clone())
        .await
        .map_err(|error| with_causes(&error))?;
    let port = server.local_addr().port();
    let cluster = parts.sources.iter().find_map(|source| source.cluster());
    let config = Config {
        resolution: shared.resolution,
        scrape_timeout: SCRAPE_TIMEOUT,
        labels: LabelCopier::new(
            flags.text("label-separator"),
            &flags.list("store-label"),
            &flags.list("ignore-label"),
        ),
    };
    let consumers = consumers(&parts, &shared);
    let telemetry = shared.telemetry.clone();
    let pipeline = Pipeline::new(
        config,
        parts.sources,
        cluster.clone(),
        consumers,
        shared.model.clone(),
        telemetry,
    );
    let progress = pipeline.progress();
    let status = Status {
        started: shared.started,
        sources: parts.source_uris,
        sinks: parts.sinks,
        progress: progress.clone(),
    };
    let api = Api {
        store: parts.store,
        cluster,
        telemetry: shared.telemetry.clone(),
        health: Arc::new(Health::new(progress, shared.resolution)),
        export: !flags.bool("disable-export"),
        version: version(),
        command_line,
        status: Arc::new(move || status.json()),
    };
    shared.clusters.start(stop.clone());
    tracing::info!("Starting heapster on port {port}");
    let mut serving = tokio::spawn(server.run(api, served.clone()));
    let mut running = tokio::spawn(pipeline.run(stop.clone()));
    let ended = tokio::select! {
        ended = &mut running => ended.map_err(|error| format!("the pipeline ended: {error}")),
        _ = &mut serving => Err("the server ended".to_owned()),
    };
    drain(parts.deliveries).await;
    served.cancel();
    if ended.is_ok() && tokio::time::timeout(LINGER, serving).await.is_err() {
        tracing::info!("connections that are still open were cut");
    }
    ended
}

/// Who gets the batches: the store first, so that the API shows what sinks are sent.
fn consumers(parts: &Parts, shared: &Shared) -> Vec<Arc<dyn Consumer>> {
    let memory = |store: &Arc<Store>| {
        let counted = Direct::new(MEMORY_NAME, shared.telemetry.clone());
        Arc::new(Memory(store.clone(), counted)) as Arc<dyn Consumer>
    };
    let store = parts.store.iter().map(memory);
    let sinks = parts
        .deliveries
        .iter()
        .map(|sink| Arc::new(Sink(sink.clone())) as Arc<dyn Consumer>);
    store.chain(sinks).collect()
}

/// Gives all deliveries the same time to finish.
async fn drain(deliveries: Vec<Arc<Delivery>>) {
    let deadline = Instant::now() + DRAIN;
    let stopping: Vec<_> = deliveries
        .into_iter()
        .map(|delivery| tokio::spawn(async move { delivery.stop(deadline).await }))
        .collect();
    for stopped in stopping {
        if let Err(error) = stopped.await {
            tracing::error!("a delivery ended: {error}");
        }
    }
}

/// The text of an error and of what caused it.
fn with_causes(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}

fn version() -> Version {
    Version {
        number: VERSION.trim_start_matches('v').to_owned(),
        commit: COMMIT.to_owned(),
        platform: format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

/// The store as a consumer of batches.
#[derive(Debug)]
struct Memory(Arc<Store>, Direct);

impl Consumer for Memory {
    fn offer(&self, batch: &Arc<Batch>) {
        self.1.hand(|| {
            self.0.push(batch.clone(), Timestamp::now());
        });
    }
}

/// A delivery as a consumer of batches.
#[derive(Debug)]
struct Sink(Arc<Delivery>);

impl Consumer for Sink {
    fn offer(&self, batch: &Arc<Batch>) {
        self.0.offer(batch);
    }
}
