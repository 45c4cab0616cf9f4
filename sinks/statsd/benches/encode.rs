//! What writing one batch of 1,000 pods costs, as datagrams to a socket on this machine that nobody reads. That encoding
//! allocates nothing a value is a test beside the encoder.
//!
//! `cargo bench -p heapster-sink-statsd`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_rehearsal::{build, pods, write};
use heapster_sink_statsd as _;
use std::net::UdpSocket;
use std::sync::Arc;
use tokio::runtime::Builder;

fn encode(criterion: &mut Criterion) {
    let (Ok(server), Ok(runtime)) = (
        UdpSocket::bind("127.0.0.1:0"),
        Builder::new_current_thread().enable_all().build(),
    ) else {
        return;
    };
    let Ok(address) = server.local_addr() else { return };
    let batch = Arc::new(pods(1_000));
    let mut group = criterion.benchmark_group("statsd");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for (name, options) in [
        ("etsy, 5 lines", ""),
        ("etsy, 64 KiB", "numMetricsPerMsg=65507"),
        (
            "influx, 64 KiB",
            "numMetricsPerMsg=65507&protocolType=influxstatsd&labelStyle=lowerCamelCase",
        ),
        ("dog, 64 KiB", "numMetricsPerMsg=65507&protocolType=dogstatsd"),
    ] {
        let Ok(mut sink) = build(&format!("statsd:udp://{address}?{options}")) else {
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
