//! What a push costs, and the two questions that are asked most.
//!
//! `cargo bench -p heapster-store --bench store`: 100 nodes × 100 pods × 3 sets, every 30 s.

mod world;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heapster_store::{Config, Store};
use std::cell::RefCell;
use std::hint::black_box;
use std::time::Duration;
use world::World;

fn store(criterion: &mut Criterion) {
    let world = RefCell::new(World::new(100));
    let config = Config {
        short: Duration::from_secs(140),
        long: Duration::from_secs(900),
        long_metrics: ["cpu/usage_rate", "memory/usage", "memory/working_set"]
            .map(str::to_owned)
            .to_vec(),
    };
    let store = Store::new(config, world.borrow().model().clone());
    let push = |batch| {
        let now = world.borrow().now();
        store.push(batch, now)
    };
    for _ in 0..40 {
        let batch = world.borrow_mut().batch();
        push(batch);
    }
    let sets = store.latest().map_or(0, |batch| batch.len() as u64);
    let mut group = criterion.benchmark_group("store");
    group.sample_size(64); // a segment is sealed in every 32nd push
    group.throughput(Throughput::Elements(sets));
    group.bench_function("push", |bencher| {
        let next = || world.borrow_mut().batch();
        bencher.iter_batched(next, |batch| black_box(push(batch)), BatchSize::PerIteration);
    });
    group.throughput(Throughput::Elements(1));
    let now = world.borrow().now();
    for metric in ["cpu/usage_rate", "network/rx_rate"] {
        group.bench_function(format!("values of {metric}"), |bencher| {
            let key = "namespace:namespace-7/pod:pod-7";
            bencher.iter(|| black_box(store.values(key, metric, None, now, now)));
        });
    }
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);
