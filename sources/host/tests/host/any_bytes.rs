//! Whatever stands in a file, nothing panics and no value is negative.

use crate::fixture::{Host, Root, host};
use heapster_plugin::source::ScrapeFailure;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// What is spoilt stays so in later cases: most files are bad most of the time.
const FILES: &[&str] = &[
    "proc/stat",
    "proc/loadavg",
    "proc/meminfo",
    "proc/vmstat",
    "proc/uptime",
    "proc/diskstats",
    "proc/net/dev",
    "proc/net/route",
    "proc/net/ipv6_route",
    "proc/mounts",
    "sys/fs/cgroup/u/a.slice/cpu.stat",
    "sys/fs/cgroup/u/a.slice/memory.current",
    "sys/fs/cgroup/u/a.slice/memory.stat",
    "sys/fs/cgroup/c/b.slice/cpuacct.usage",
    "sys/fs/cgroup/m/b.slice/memory.usage_in_bytes",
    "sys/fs/cgroup/m/b.slice/memory.stat",
];

const MOUNTS: &str = "cgroup2 /sys/fs/cgroup/u cgroup2 rw 0 0\ncgroup /sys/fs/cgroup/c cgroup rw,cpuacct 0 0\n\
                      cgroup /sys/fs/cgroup/m cgroup rw,memory 0 0\n";

/// Bytes of any kind, or words that the readers look for between numbers of any size.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let words = "(cpu|cpu0|btime|ctxt|processes|MemTotal:|MemFree:|Cached:|eth0:|eth0|vda|/dev/vda|/|usage_usec|anon|pgfault\
                 |00000000|0003|kB|GB|cgroup2|rw|-1|nan|inf|1e400|0|1|1/2|65536|9223372036854775808|18446744073709551615\
                 |18446744073709551616|\u{e9}|[ -~]{0,6})";
    let line = prop::collection::vec(words, 0..22).prop_map(|words| words.join(" "));
    let text = prop::collection::vec(line, 0..6).prop_map(|lines| lines.join("\n").into_bytes());
    prop_oneof![text, prop::collection::vec(any::<u8>(), 0..200)]
}

async fn assert_sound(host: &Host) {
    match host.try_scrape().await {
        Ok(scraped) => {
            for set in scraped.sets() {
                let plain = scraped.points(set).iter().copied();
                let labeled = scraped.labeled(set).iter().map(|value| value.point);
                let negative: Vec<_> = plain
                    .chain(labeled)
                    .filter(|point| point.value().as_f64() < 0.0)
                    .collect();
                assert_eq!(negative, []);
            }
        }
        // A reading that panics is a malformed answer that says so.
        Err(error) => {
            assert!(
                error.reason != ScrapeFailure::Malformed || !error.text.contains("broke off"),
                "{error}"
            );
        }
    }
}

#[test]
fn any_bytes_in_any_file_are_read_without_a_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let root = Root::with_proc(MOUNTS);
    for file in FILES.iter().filter(|file| file.starts_with("sys/")) {
        root.write(file, "1\n");
    }
    let host = runtime.block_on(host(&root));
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(256)
    };
    let spoilt = prop::collection::vec((0..FILES.len(), content()), 1..6);
    let read = |spoilt: Vec<(usize, Vec<u8>)>| {
        for (file, content) in &spoilt {
            root.write(FILES[*file], content);
            runtime.block_on(assert_sound(&host));
        }
        Ok(())
    };
    TestRunner::new(config).run(&spoilt, read).unwrap();
}
