//! Numbers, times and strings a second, each appended to one reused buffer; and that none of them allocates.
//!
//! `cargo bench -p heapster-gotext`

use allocation_counter::measure;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use heapster_gotext::{
    push_decimal, push_fixed6, push_general, push_int, push_json_float, push_json_string, push_rfc3339_nano,
};
use std::hint::black_box;

const COUNT: u64 = 10_000;

fn bench<T>(criterion: &mut Criterion, name: &str, all: &[T], mut push: impl FnMut(&mut Vec<u8>, &T)) {
    let mut out = Vec::new();
    let mut round = || {
        out.clear();
        all.iter().for_each(|one| push(&mut out, black_box(one)));
        out.len()
    };
    round();
    let allocated = measure(|| {
        round();
    });
    println!(
        "{name}: {} allocations for {} values",
        allocated.count_total,
        all.len()
    );
    let mut group = criterion.benchmark_group("gotext");
    group.throughput(Throughput::Elements(COUNT));
    group.bench_function(name, |bencher| bencher.iter(&mut round));
    group.finish();
}

fn write(criterion: &mut Criterion) {
    // Spread over all magnitudes that a cluster has, by the fractional part of multiples of the golden ratio.
    let spread: Vec<f64> = (0..10_000_u32)
        .map(|number| (f64::from(number) * 0.618_033_988_749_894_9).fract())
        .map(|fraction| (fraction * 24.0).exp())
        .collect();
    let whole: Vec<f64> = spread.iter().map(|value| value.floor()).collect();
    let ints: Vec<i64> = (0..10_000_i64).map(|number| number.pow(3)).collect();
    for (kind, floats) in [("whole", &whole), ("any", &spread)] {
        bench(criterion, &format!("fixed6/{kind}"), floats, |out, value| {
            push_fixed6(out, *value)
        });
        bench(criterion, &format!("decimal/{kind}"), floats, |out, value| {
            push_decimal(out, *value)
        });
        bench(criterion, &format!("general/{kind}"), floats, |out, value| {
            push_general(out, *value)
        });
        bench(criterion, &format!("json/{kind}"), floats, |out, value| {
            push_json_float(out, *value);
        });
    }
    bench(criterion, "int", &ints, |out, value| push_int(out, *value));
    bench(criterion, "time", &ints, |out, value| {
        push_rfc3339_nano(out, *value)
    });
    let names = ["namespace:kube-system/pod:dns-7d.x/container:dns"; 10_000];
    bench(criterion, "json string", &names, |out, text| {
        push_json_string(out, text)
    });
}

criterion_group!(benches, write);
criterion_main!(benches);
