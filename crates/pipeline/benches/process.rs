//! How long a batch takes from answers to frozen: 100 nodes × 100 pods × 2 containers, about 25 values a set.
//!
//! `cargo bench -p heapster-pipeline --bench process`

mod world;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_plugin::telemetry::Telemetry;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use world::World;

/// The shortest time that each processor took.
#[derive(Debug, Default)]
struct Fastest(Mutex<BTreeMap<String, Duration>>);

impl Telemetry for Fastest {
    fn count(&self, _: &'static str, _: &[(&'static str, &str)], _: u64) {}
    fn gauge(&self, _: &'static str, _: &[(&'static str, &str)], _: f64) {}
    fn forget(&self, _: &'static str, _: &[(&'static str, &str)]) {}
    fn observe(&self, _: &'static str, labels: &[(&'static str, &str)], took: Duration) {
        let name = labels.iter().map(|(_, value)| *value).collect();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(name).or_insert(took);
        *known = took.min(*known);
    }
}

fn process(criterion: &mut Criterion) {
    let fastest = Arc::new(Fastest::default());
    let world = RefCell::new(World::new(100, 100, fastest.clone()));
    let (sets, values) = world.borrow_mut().settle();
    println!(
        "{sets} sets, {values} values, {:.1} a set",
        f64::from(values) / f64::from(sets)
    );
    let mut group = criterion.benchmark_group("process and freeze");
    group.throughput(Throughput::Elements(u64::from(sets)));
    group.sample_size(20);
    group.bench_function("with rates, enrichment and sums", |bencher| {
        bencher.iter_batched(
            || world.borrow_mut().advance(),
            |()| black_box(world.borrow_mut().batch()),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
    for (processor, took) in fastest.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!(
            "{processor}: {:.0} ns a set at best",
            took.as_secs_f64() * 1e9 / f64::from(sets)
        );
    }
}

criterion_group!(benches, process);
criterion_main!(benches);
