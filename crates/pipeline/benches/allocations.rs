//! How many allocations a batch costs when nothing but values changes.
//!
//! `cargo bench -p heapster-pipeline --bench allocations`

mod world;

use world::World;

fn main() {
    let mut world = World::new(100, 100);
    let (sets, values) = world.settle();
    world.advance();
    let counted = allocation_counter::measure(|| {
        world.batch();
    });
    let each = |of: u32| f64::from(u32::try_from(counted.count_total).unwrap_or(u32::MAX)) / f64::from(of);
    println!("{sets} sets, {values} values");
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
