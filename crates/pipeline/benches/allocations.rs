//! How many allocations and how much processor time a batch costs when nothing but values changes.
//!
//! Processor time does not depend on what else the machine does, unlike the time in the bench `process`.
//!
//! `cargo bench -p heapster-pipeline --bench allocations [-- NODES]`; 100 nodes of 100 pods when not given.

mod world;

use heapster_plugin::telemetry::Silent;
use heapster_rehearsal::processor_time;
use std::sync::Arc;
use world::World;

const CYCLES: u32 = 50;

fn main() {
    let nodes = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100);
    let mut world = World::new(nodes, 100, Arc::new(Silent));
    let (sets, values) = world.settle();
    let before = processor_time();
    for _ in 0..CYCLES {
        world.advance();
        world.batch();
    }
    let spent = processor_time().saturating_sub(before) / CYCLES;
    world.advance();
    let counted = allocation_counter::measure(|| {
        world.batch();
    });
    let each = |of: u32| f64::from(u32::try_from(counted.count_total).unwrap_or(u32::MAX)) / f64::from(of);
    println!("{sets} sets, {values} values, {spent:?} of processor time a batch");
    println!(
        "{:?} a set of {:.1} values, {:?} a value",
        spent / sets,
        f64::from(values) / f64::from(sets),
        spent / values
    );
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
