//! What encoding costs: 1,000 pods with 23 values each, three of them labeled, as requests with and without types.
//!
//! `cargo bench -p heapster-sink-elasticsearch`. That it allocates nothing a set is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_sink_elasticsearch::encoded_bytes;

fn encode(criterion: &mut Criterion) {
    let batch = heapster_rehearsal::pods(1_000);
    let mut group = criterion.benchmark_group("elasticsearch");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for ver in ["5", "8"] {
        let text = format!("elasticsearch:http://h?ver={ver}");
        group.bench_function(ver, |bencher| bencher.iter(|| encoded_bytes(&text, &batch)));
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
