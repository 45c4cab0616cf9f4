//! How fast a summary of 100 pods with two containers each is decoded (in MB of 10^6 bytes), and how often memory is asked for.
//!
//! `cargo bench -p heapster-source-kubernetes`. One core, no warm cache of the operating system needed: the text is made here.

use criterion::{Criterion, Throughput};
use heapster_plugin::model::{Model, Timestamp};
use heapster_source_kubernetes::decode::{Decoder, NodeLabels};
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

const PODS: usize = 100;

fn main() {
    let body = summary();
    let now = Timestamp::from_secs(1_795_341_600);
    allocations(&body, now);
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("summary");
    group.throughput(Throughput::BytesDecimal(
        u64::try_from(body.len()).unwrap_or(u64::MAX),
    ));
    let mut decoder = decoder();
    group.bench_function("steady", |bencher| {
        bencher.iter(|| decoder.summary(black_box(body.as_bytes()), now).ok());
    });
    group.bench_function("first time", |bencher| {
        bencher.iter(|| self::decoder().summary(black_box(body.as_bytes()), now).ok());
    });
    group.finish();
    criterion.final_summary();
}

fn decoder() -> Decoder {
    let node = NodeLabels {
        name: "node-1".into(),
        hostname: "node-1".into(),
        host_id: "".into(),
        schedulable: None,
    };
    Decoder::new(Arc::new(Model::default()), &node)
}

fn allocations(body: &str, now: Timestamp) {
    let mut decoder = decoder();
    for when in ["first time", "second time", "steady"] {
        let mut answer = None;
        let counted = allocation_counter::measure(|| answer = decoder.summary(body.as_bytes(), now).ok());
        let (sets, values) = answer.map_or((0, 0), |scraped| (scraped.sets().len(), scraped.len()));
        let count = counted.count_total as f64;
        println!(
            "{when}: {count} allocations ({} bytes), {:.3} an entity and {:.4} a value, for {sets} entities and {values} values in \
             {} bytes of text",
            counted.bytes_total,
            count / sets as f64,
            count / values as f64,
            body.len()
        );
    }
}

/// A summary as a kubelet writes it, in the order of its fields.
fn summary() -> String {
    let mut out = String::from(r#"{"node":{"nodeName":"node-1","#);
    out.push_str(r#""startTime":"2026-11-20T08:30:57Z","#);
    usage(&mut out, 1);
    out.push(',');
    network(&mut out, 1);
    out.push(',');
    filesystem(&mut out, "fs", 1);
    out.push_str(r#"},"pods":["#);
    for pod in 0..PODS {
        let comma = if pod == 0 { "" } else { "," };
        write!(
            out,
            r#"{comma}{{"podRef":{{"name":"web-7d4f9c6b5-{pod:05}","namespace":"namespace-{}","uid":"6f1d2c3b-0000-4000-8000-{pod:012}"}},"startTime":"2026-11-21T08:31:10Z","containers":["#,
            pod % 10
        )
        .ok();
        for container in 0..2 {
            let comma = if container == 0 { "" } else { "," };
            write!(
                out,
                r#"{comma}{{"name":"container-{container}","startTime":"2026-11-21T08:31:12Z","#
            )
            .ok();
            usage(&mut out, pod);
            out.push(',');
            filesystem(&mut out, "rootfs", pod);
            out.push(',');
            filesystem(&mut out, "logs", pod);
            out.push('}');
        }
        out.push_str("],");
        usage(&mut out, pod);
        out.push(',');
        network(&mut out, pod);
        write!(out, r#","volume":[{{"name":"kube-api-access-{pod:05}","time":"2026-11-22T09:26:17Z","availableBytes":18607013888,"capacityBytes":18607026176,"usedBytes":12288,"inodesFree":4542724,"inodes":4542733,"inodesUsed":9}}],"#).ok();
        filesystem(&mut out, "ephemeral-storage", pod);
        out.push('}');
    }
    out.push_str("]}");
    out
}

fn usage(out: &mut String, n: usize) {
    write!(
        out,
        r#""cpu":{{"time":"2026-11-22T09:26:17Z","usageNanoCores":{},"usageCoreNanoSeconds":{}}},"memory":{{"time":"2026-11-22T09:26:17Z","availableBytes":18607013888,"usageBytes":{},"workingSetBytes":66695004,"rssBytes":36472955,"pageFaults":{},"majorPageFaults":{n}}}"#,
        4_402_386 + n,
        5_164_855_271_520_u64 + n as u64,
        117_158_051 + n,
        181_493 + n
    )
    .ok();
}

fn network(out: &mut String, n: usize) {
    let figures = format!(
        r#""name":"eth0","rxBytes":{},"rxErrors":0,"txBytes":{},"txErrors":0"#,
        1_321_803 + n,
        662_137 + n
    );
    write!(
        out,
        r#""network":{{"time":"2026-11-22T09:26:17Z",{figures},"interfaces":[{{{figures}}}]}}"#
    )
    .ok();
}

fn filesystem(out: &mut String, name: &str, n: usize) {
    write!(
        out,
        r#""{name}":{{"time":"2026-11-22T09:26:14Z","availableBytes":68797136896,"capacityBytes":270553174016,"usedBytes":{},"inodesFree":16124431,"inodes":16777216,"inodesUsed":{}}}"#,
        20_480 + n,
        8 + n
    )
    .ok();
}
