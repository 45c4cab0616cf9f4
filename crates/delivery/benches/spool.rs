//! What a spool costs: a batch of 50 nodes with 100 pods to its form on disk, and back; a filter over it.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_delivery::{Conditions, Parcel};
use heapster_plugin::model::{
    Batch, Freezer, Labeled, Labels, MetricId, MetricType, Model, Point, Times, Timestamp, id, label,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

const COUNTERS: [MetricId; 6] = [
    id::CPU_USAGE,
    id::MEMORY_PAGE_FAULTS,
    id::MEMORY_MAJOR_PAGE_FAULTS,
    id::NETWORK_RX,
    id::NETWORK_TX,
    id::UPTIME,
];
const GAUGES: [MetricId; 9] = [
    id::CPU_LIMIT,
    id::CPU_REQUEST,
    id::CPU_USAGE_RATE,
    id::MEMORY_CACHE,
    id::MEMORY_LIMIT,
    id::MEMORY_REQUEST,
    id::MEMORY_RSS,
    id::MEMORY_USAGE,
    id::MEMORY_WORKING_SET,
];
const RATES: [MetricId; 4] = [
    id::MEMORY_PAGE_FAULTS_RATE,
    id::MEMORY_MAJOR_PAGE_FAULTS_RATE,
    id::NETWORK_RX_RATE,
    id::NETWORK_TX_RATE,
];

/// Values as a cluster has them: many zeros, multiples of pages, counters of all sizes, floats with long fractions.
fn points(seed: u64, out: &mut Vec<Point>) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |bits: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from(state >> (64 - bits)).unwrap_or(0)
    };
    out.clear();
    out.extend(COUNTERS.map(|metric| Point::cumulative(metric, next(40))));
    out.extend(GAUGES.map(|metric| Point::gauge(metric, next(17) * 4096 * i64::from(metric.0 % 3 > 0))));
    for metric in RATES {
        let value = f64::from(u32::try_from(next(20)).unwrap_or(0)) / 60.0;
        out.push(Point::float(
            metric,
            MetricType::Gauge,
            value * f64::from(metric.0 % 2),
        ));
    }
}

fn batch(model: &Model, nodes: u64) -> Batch {
    let time = Timestamp::from_secs(1_800_000_000);
    let mut freezer = Freezer::new(time, 0, 0);
    let mut values = Vec::new();
    let times = Times {
        scrape: Some(time.plus(Duration::from_millis(1_234))),
        collection_start: Some(time.minus(Duration::from_secs(98_765))),
        entity_create: None,
    };
    let volume = Arc::new(Labels::from_pairs([(
        label::RESOURCE_ID,
        "Volume:default-token-abcde",
    )]));
    for node in 0..nodes {
        let node = format!("node-{node:04}.example.com");
        for pod in 0..100_u64 {
            let (namespace, name) = (
                format!("team-{:02}", pod % 20),
                format!("web-{node}-{pod:03}-7f9c6d5b8-x2x4z"),
            );
            let uid = format!("8a6e0804-2bd0-4672-b79d-{:012x}", pod * 7_919);
            let common = [
                (label::NODENAME, node.as_str()),
                (label::HOSTNAME, node.as_str()),
                (label::HOST_ID, node.as_str()),
                (label::NAMESPACE_NAME, namespace.as_str()),
                (label::NAMESPACE_ID, "0d9d2d38-1b5c-4c5c-8f5c-7d4ee80d9d2d"),
                (label::POD_NAME, name.as_str()),
                (label::POD_ID, uid.as_str()),
                (label::LABELS, "app:web,pod-template-hash:7f9c6d5b8,tier:front"),
            ];
            for container in ["", "nginx", "sidecar"] {
                let entity = match container {
                    "" => model.entities.pod(&namespace, &name),
                    container => model.entities.pod_container(&namespace, &name, container),
                };
                let own = [
                    (label::TYPE, entity.kind().as_str()),
                    (label::CONTAINER_NAME, container),
                ];
                let labels = Arc::new(Labels::from_pairs(common.into_iter().chain(own)));
                points(pod * 3 + container.len() as u64, &mut values);
                let usage = [1 << 30, 77_824].map(|value| Labeled {
                    point: Point::gauge(id::FILESYSTEM_USAGE, value),
                    labels: &volume,
                });
                freezer.push(entity, labels, times, None, &values, usage);
            }
        }
    }
    freezer.finish(&model.metrics)
}

fn spool(criterion: &mut Criterion) {
    let model = Arc::new(Model::default());
    let batch = Arc::new(batch(&model, 50));
    let mut bytes = Vec::new();
    batch.encode(&mut bytes).ok(); // memory takes everything
    let values = batch.value_count();
    println!(
        "{} sets, {values} values, {} bytes on disk",
        batch.len(),
        bytes.len()
    );
    for (unit, throughput) in [
        ("values", Throughput::Elements(values as u64)),
        ("bytes", Throughput::Bytes(bytes.len() as u64)),
    ] {
        let mut group = criterion.benchmark_group(format!("spool/{unit}"));
        group.throughput(throughput).sample_size(20);
        group.bench_function("encode", |bencher| {
            let mut out = Vec::with_capacity(bytes.len());
            bencher.iter(|| {
                out.clear();
                batch.encode(&mut out).ok();
            });
        });
        group.bench_function("decode", |bencher| {
            bencher.iter(|| Batch::decode(black_box(&bytes), &model).map(|batch| batch.value_count()));
        });
    }
    let mut group = criterion.benchmark_group("filter");
    group
        .throughput(Throughput::Elements(values as u64))
        .sample_size(20);
    for (name, text) in [
        ("type", "type=~^p"),
        ("one type", "type=pod"),
        ("name", "name=~^memory/"),
        ("label", "namespace_name!=team-07"),
    ] {
        let mut conditions = Conditions::default();
        conditions.only(text).ok();
        let Ok(filter) = Batch::compile(conditions) else {
            return;
        };
        group.bench_function(name, |bencher| bencher.iter(|| Batch::pass(&batch, &filter)));
    }
}

criterion_group!(benches, spool);
criterion_main!(benches);
