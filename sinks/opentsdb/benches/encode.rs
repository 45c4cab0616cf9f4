//! What encoding costs: 1,000 pods with 23 values each, three of them labeled, as bodies of puts and as lines.
//!
//! `cargo bench -p heapster-sink-opentsdb`. That it allocates nothing a point is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_sink_opentsdb::encoded_bytes;

fn encode(criterion: &mut Criterion) {
    let batch = heapster_rehearsal::pods(1_000);
    let mut group = criterion.benchmark_group("opentsdb");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for mode in ["http", "telnet"] {
        let text = format!("opentsdb:?mode={mode}");
        group.bench_function(mode, |bencher| bencher.iter(|| encoded_bytes(&text, &batch)));
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
