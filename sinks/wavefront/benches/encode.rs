//! What writing one batch of 1,000 pods costs, over a connection to a reader on this machine. That encoding allocates nothing
//! a value is a test beside the encoder.
//!
//! `cargo bench -p heapster-sink-wavefront`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_rehearsal::{build, pods, write};
use heapster_sink_wavefront as _;
use std::io::{self, Read};
use std::net::TcpListener;
use std::sync::Arc;
use tokio::runtime::Builder;

/// Takes connections and reads each to its end.
fn reader() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        for mut stream in listener.incoming().flatten() {
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
        }
    });
    Ok(address)
}

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
