//! What encoding costs: 1,000 pods with 23 values each, three of them labeled, as bodies of requests.
//!
//! `cargo bench -p heapster-sink-librato`. That it allocates nothing a value is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_sink_librato::encoded_bytes;

fn encode(criterion: &mut Criterion) {
    let batch = heapster_rehearsal::pods(1_000);
    let mut group = criterion.benchmark_group("librato");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for (name, query) in [
        ("plain", "prefix=k8s"),
        ("merged", "tags=a&tag_a=x&mergetags=true"),
    ] {
        let text = format!("librato:?{query}");
        group.bench_function(name, |bencher| bencher.iter(|| encoded_bytes(&text, &batch)));
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
