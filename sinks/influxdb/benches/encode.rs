//! What one batch costs: 1,000 pods with 23 values each, as lines alone, and sent to a server on this machine that counts and
//! answers, both ends together.
//!
//! `cargo bench -p heapster-sink-influxdb`. That encoding allocates nothing a value is a test beside the encoder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_rehearsal::{build, pods, write};
use heapster_sink_influxdb::counting;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

fn encoding(criterion: &mut Criterion) {
    let batch = pods(1_000);
    let mut group = criterion.benchmark_group("influxdb/lines");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for options in ["withfields=false", "withfields=true"] {
        let Some(mut count) = counting(&format!("influxdb:?{options}")) else {
            continue;
        };
        let bytes = count(&batch);
        println!("{options}: {} values, {bytes} bytes", batch.value_count());
        group.bench_function(options, |bencher| bencher.iter(|| count(&batch)));
    }
    group.finish();
}

/// Reads requests and answers each, without looking at what is in them.
async fn receive(mut stream: TcpStream) -> Option<()> {
    let mut buffer = vec![0; 256 << 10];
    loop {
        let mut head = Vec::new();
        let end = loop {
            let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
            head.extend_from_slice(buffer.get(..read)?);
            if let Some(at) = head.windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = String::from_utf8_lossy(head.get(..end)?).to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut left = length.unwrap_or(0_usize).checked_sub(head.len() - end)?;
        while left > 0 {
            left = left.checked_sub(stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?)?;
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok()?;
    }
}

fn sending(criterion: &mut Criterion) {
    let Ok(runtime) = Builder::new_multi_thread().enable_all().build() else {
        return;
    };
    let Ok(listener) = runtime.block_on(TcpListener::bind("127.0.0.1:0")) else {
        return;
    };
    let Ok(address) = listener.local_addr() else {
        return;
    };
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(receive(stream));
        }
    });
    let batch = Arc::new(pods(1_000));
    let mut group = criterion.benchmark_group("influxdb/sent");
    group.throughput(Throughput::Elements(batch.value_count() as u64));
    for concurrency in [1, 4] {
        let Ok(mut sink) = build(&format!("influxdb:http://{address}?concurrency={concurrency}")) else {
            return;
        };
        group.bench_function(format!("concurrency={concurrency}"), |bencher| {
            bencher.iter(|| runtime.block_on(write(&mut *sink, &batch)).accepted);
        });
    }
    group.finish();
}

criterion_group!(benches, encoding, sending);
criterion_main!(benches);
