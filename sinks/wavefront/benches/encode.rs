//! What writing one batch of 1,000 pods costs, over a connection to a reader on this machine. That encoding allocates nothing
//! a value is a test beside the encoder.
//!
//! `cargo bench -p heapster-sink-wavefront`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_rehearsal::{build, pods, reader, write};
use heapster_sink_wavefront as _;
use std::sync::Arc;
use tokio::runtime::Builder;

fn encode(criterion: &mut Criterion) {
    let (Ok(address), Ok(runtime)) = (reader(), Builder::new_current_thread().enable_all().build()) else {
        return;
    };
    let batch = Arc::new(pods(1_000));
    let mut group = criterion.benchmark_group("wavefront");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for (name, options) in [("plain", ""), ("user labels", "?includeLabels=true")] {
        let Ok(mut sink) = build(&format!("wavefront:{address}{options}")) else {
            continue;
        };
        group.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(write(&mut *sink, &batch)).accepted);
        });
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
