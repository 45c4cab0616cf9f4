//! What writing one batch costs, in both forms: 1,000 pods with 24 values each, into a device that takes everything.
//!
//! `cargo bench -p heapster-sink-log`. That it allocates nothing a value is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_plugin::model::{Batch, Freezer, Labels, MetricId, Model, Point, Times, Timestamp, label};
use heapster_plugin::registry::Registry;
use heapster_plugin::sink::{MetricSink, SinkContext};
use heapster_plugin::telemetry::Silent;
use heapster_plugin::{options::Options, uri::Uri};
use heapster_sink_log as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

const PODS: u64 = 1_000;
const VALUES: usize = 24;

fn batch() -> Arc<Batch> {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(1_800_000_000), 0, 0);
    let metrics: Vec<MetricId> = heapster_plugin::model::CATALOGUE
        .iter()
        .filter(|metric| !metric.labeled)
        .filter_map(|metric| model.metrics.find(metric.name))
        .take(VALUES)
        .collect();
    for pod in 0..PODS {
        let name = format!("pod-{pod}");
        let entity = model.entities.pod("default", &name);
        let labels = Labels::from_pairs([
            (label::TYPE, "pod"),
            (label::NAMESPACE_NAME, "default"),
            (label::NODENAME, "node-1"),
            (label::POD_NAME, name.as_str()),
        ]);
        let values = (pod * 1_000..).take(VALUES);
        let points: Vec<Point> = metrics
            .iter()
            .zip(values)
            .map(|(metric, value)| Point::gauge(*metric, i64::try_from(value).unwrap_or(0)))
            .collect();
        freezer.push(entity, Arc::new(labels), Times::default(), None, &points, []);
    }
    Arc::new(freezer.finish(&model.metrics))
}

/// The sink that `--sink=TEXT` asks for.
fn sink(text: &str) -> Option<Box<dyn MetricSink>> {
    let uri = Uri::parse(text, |_| None).ok()?;
    let registry = Registry::collect().ok()?;
    let plugin = registry.sink(&uri.key)?;
    let (options, _) = Options::parse("sink", plugin.options, &uri).ok()?;
    let context = SinkContext {
        telemetry: Arc::new(Silent),
    };
    (plugin.metrics?)(&uri, &options, &context).ok()
}

fn write(runtime: &Runtime, sink: &mut dyn MetricSink, batch: &Arc<Batch>) -> usize {
    let deadline = Instant::now() + Duration::from_secs(60);
    runtime.block_on(sink.write(batch.clone(), deadline)).accepted
}

fn encode(criterion: &mut Criterion) {
    let Ok(runtime) = Builder::new_current_thread().enable_time().build() else {
        return;
    };
    let batch = batch();
    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for format in ["text", "json"] {
        let Some(mut sink) = sink(&format!("log:?target=/dev/null&format={format}")) else {
            continue;
        };
        group.bench_function(format, |bencher| {
            bencher.iter(|| write(&runtime, &mut *sink, &batch));
        });
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
