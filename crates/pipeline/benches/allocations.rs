//! How many allocations a batch costs when nothing but values changes, and how long it takes.
//!
//! `cargo bench -p heapster-pipeline --bench allocations [-- NODES]`; 100 nodes of 100 pods when not given.

mod world;

use heapster_plugin::telemetry::Silent;
use std::sync::Arc;
use world::World;

fn main() {
    let nodes = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100);
    let mut world = World::new(nodes, 100, Arc::new(Silent));
    let (sets, values) = world.settle();
    world.advance();
    let started = tokio::time::Instant::now();
    world.batch();
    let took = started.elapsed();
    world.advance();
    let counted = allocation_counter::measure(|| {
        world.batch();
    });
    let each = |of: u32| f64::from(u32::try_from(counted.count_total).unwrap_or(u32::MAX)) / f64::from(of);
    println!("{sets} sets, {values} values, {took:?}");
    println!(
        "{} allocations, {} bytes at most at a time",
        counted.count_total, counted.bytes_max
    );
    println!(
        "{:.6} allocations a set, {:.6} allocations a value",
        each(sets),
        each(values)
    );
}
