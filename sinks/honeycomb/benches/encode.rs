//! What encoding costs: 1,000 pods with 23 values each, three of them labeled, as bodies of requests, with and without the labeled values.
//!
//! `cargo bench -p heapster-sink-honeycomb`. That it allocates nothing a value is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_sink_honeycomb::encoded_bytes;

fn encode(criterion: &mut Criterion) {
    let batch = heapster_rehearsal::pods(1_000);
    let mut group = criterion.benchmark_group("honeycomb");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for mode in ["off", "fields", "events"] {
        let text = format!("honeycomb:?labeled={mode}");
        group.bench_function(mode, |bencher| bencher.iter(|| encoded_bytes(&text, &batch)));
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
