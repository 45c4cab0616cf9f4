//! How long a batch takes from answers to frozen: 100 nodes × 100 pods × 2 containers, about 25 values a set.
//!
//! `cargo bench -p heapster-pipeline --bench process`

mod world;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::cell::RefCell;
use std::hint::black_box;
use world::World;

fn process(criterion: &mut Criterion) {
    let world = RefCell::new(World::new(100, 100));
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
}

criterion_group!(benches, process);
criterion_main!(benches);
