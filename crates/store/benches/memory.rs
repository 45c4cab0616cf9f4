//! How many bytes a value takes in the store, and how much processor time a push.
//!
//! `cargo bench -p heapster-store --bench memory [-- NODES]`: NODES × 100 pods × 3 sets, every 30 s; 100 nodes when not
//! given. Windows: 140 s of everything, 15 minutes of three metrics.

mod world;

use heapster_rehearsal::processor_time;
use heapster_store::{Config, Store};
use std::time::Duration;
use world::World;

const CYCLES: u32 = 64;

fn main() {
    let nodes = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100);
    let mut world = World::new(nodes);
    for (name, long) in [("short window alone", 0), ("both windows", 3)] {
        let metrics = ["cpu/usage_rate", "memory/usage", "memory/working_set"];
        let config = Config {
            short: Duration::from_secs(140),
            long: Duration::from_secs(900),
            long_metrics: metrics.into_iter().take(long).map(str::to_owned).collect(),
        };
        let store = Store::new(config, world.model().clone());
        // Every other round only makes a batch, to be taken off.
        let mut spent = [Duration::ZERO; 2];
        for round in 0..2 * CYCLES {
            let before = processor_time();
            let batch = world.batch();
            let [with, without] = &mut spent;
            let sum = if round % 2 == 0 {
                store.push(batch, world.now());
                with
            } else {
                without
            };
            *sum += processor_time().saturating_sub(before);
        }
        let [with, without] = spent;
        let push = with.saturating_sub(without) / CYCLES;
        for _ in 0..60 {
            let batch = world.batch();
            store.push(batch, world.now());
        }
        let (sets, values) = store
            .latest()
            .map_or((0, 0), |batch| (batch.len(), batch.value_count()));
        // Four frames behind the newest batch; 29 older moments of the long metrics.
        let kept = values * 4 + sets * long * 29;
        let batch = world.batch();
        let allocated = allocation_counter::measure(|| {
            store.push(batch, world.now());
        });
        println!("{name}: {sets} sets, {values} values a batch, {kept} values behind the newest batch");
        println!(
            "  history {} bytes, {:.2} a value; with the newest batch {} bytes",
            store.memory(),
            ratio(store.memory(), kept),
            store.memory_bytes()
        );
        let each = u32::try_from(sets).unwrap_or(u32::MAX);
        println!("  {push:?} of processor time a push, {:?} a set", push / each);
        println!(
            "  {} allocations a push, {:.6} a value",
            allocated.count_total,
            ratio(usize::try_from(allocated.count_total).unwrap_or(0), values)
        );
    }
}

fn ratio(of: usize, by: usize) -> f64 {
    let small = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    small(of) / small(by)
}
