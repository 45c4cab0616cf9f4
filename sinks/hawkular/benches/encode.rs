//! What encoding costs: 1,000 pods with 23 values each, three of them labeled, as bodies of requests, once their definitions are
//! known to the server.
//!
//! `cargo bench -p heapster-sink-hawkular`. That it allocates nothing a value is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_sink_hawkular::{Known, encoded_bytes};

fn encode(criterion: &mut Criterion) {
    let batch = heapster_rehearsal::pods(1_000);
    let mut group = criterion.benchmark_group("hawkular");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for (name, query) in [("plain", ""), ("tenants", "labelToTenant=namespace_name")] {
        let text = format!("hawkular:http://h?{query}");
        let mut known = Known::default();
        group.bench_function(name, |bencher| {
            bencher.iter(|| encoded_bytes(&text, &batch, &mut known))
        });
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
