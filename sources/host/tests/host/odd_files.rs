//! Files that are missing, empty, full of nonsense or of huge numbers.

use crate::fixture::{Host, Root, find, host, keys};
use heapster_plugin::model::{Scraped, Value};
use std::collections::BTreeSet;

const NODE: &str = "node:box";
const V2: &str = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";

fn names(host: &Host, scraped: &Scraped) -> BTreeSet<String> {
    let labeled = host.labeled(scraped).into_iter().map(|(name, ..)| name);
    let plain = host
        .plain(scraped, &scraped.sets()[0])
        .into_iter()
        .map(|(name, _)| name);
    plain.chain(labeled).collect()
}

/// What the node loses when a file is bad, by file and counter label.
const LOSSES: &[(&str, &str, &[&str])] = &[
    ("proc/stat", "stat", &["cpu/usage", "cpu/node_capacity"]),
    ("proc/loadavg", "loadavg", &["cpu/load"]),
    (
        "proc/meminfo",
        "meminfo",
        &[
            "memory/usage",
            "memory/working_set",
            "memory/rss",
            "memory/cache",
            "memory/node_capacity",
        ],
    ),
    (
        "proc/vmstat",
        "vmstat",
        &["memory/page_faults", "memory/major_page_faults"],
    ),
    ("proc/uptime", "uptime", &["uptime"]),
    (
        "proc/net/dev",
        "net/dev",
        &[
            "network/rx",
            "network/rx_errors",
            "network/tx",
            "network/tx_errors",
        ],
    ),
    (
        "proc/diskstats",
        "diskstats",
        &["disk/io_read_bytes", "disk/io_write_bytes"],
    ),
    (
        "proc/mounts",
        "mounts",
        &[
            "filesystem/usage",
            "filesystem/limit",
            "filesystem/available",
            "filesystem/inodes",
            "filesystem/inodes_free",
        ],
    ),
];

/// Makes each file bad in turn and compares what is left.
async fn assert_losses(spoil: impl Fn(&Root, &str)) {
    for (file, counted_as, lost) in LOSSES {
        let root = Root::with_proc(V2);
        let host = host(&root).await;
        let whole = names(&host, &host.scrape().await);
        spoil(&root, file);
        let left = names(&host, &host.scrape().await);
        let gone: BTreeSet<&str> = whole.difference(&left).map(String::as_str).collect();
        let mut expected: BTreeSet<&str> = lost.iter().copied().collect();
        // Some file systems have no fixed number of inodes.
        expected.retain(|name| whole.contains(*name));
        assert_eq!(gone, expected, "{file}");
        assert_eq!(host.unreadable(counted_as), Some(1.0), "{file}");
    }
}

#[tokio::test]
async fn a_missing_file_takes_its_metrics_away_and_nothing_else() {
    assert_losses(|root, file| root.remove(file)).await;
}

#[tokio::test]
async fn a_file_of_nonsense_takes_its_metrics_away_and_nothing_else() {
    assert_losses(|root, file| root.write(file, "one\ntwo \u{e9} x\nthree y z\n\u{1}\n")).await;
}

#[tokio::test]
async fn a_file_that_is_no_text_takes_its_metrics_away_and_nothing_else() {
    assert_losses(|root, file| root.write(file, b"\n\n\n\xff\xfe\x00\n".as_slice())).await;
}

#[tokio::test]
async fn a_folder_in_a_files_place_takes_its_metrics_away_and_nothing_else() {
    assert_losses(|root, file| {
        root.remove(file);
        root.write(&format!("{file}/inside"), "");
    })
    .await;
}

#[tokio::test]
async fn without_a_boot_time_the_uptime_tells_the_start() {
    let root = Root::with_proc("");
    root.remove("proc/stat");
    let scraped = host(&root).await.scrape().await;
    let times = scraped.sets()[0].times;
    let uptime = times.scrape.unwrap().since(times.collection_start.unwrap());
    assert_eq!(uptime.as_millis(), 457_490);
}

#[tokio::test]
async fn a_file_that_comes_back_brings_its_metrics_back() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let mounts = std::fs::read(root.path("proc/mounts")).unwrap();
    let whole = names(&host, &host.scrape().await);
    root.remove("proc/mounts");
    host.scrape().await;
    root.write("proc/mounts", mounts);
    assert_eq!(names(&host, &host.scrape().await), whole);
}

#[tokio::test]
async fn counters_at_the_end_of_their_range_are_held_and_never_negative() {
    const MAX: &str = "18446744073709551615";
    let root = Root::with_proc(V2);
    root.write(
        "proc/stat",
        format!("cpu {MAX} {MAX} {MAX} {MAX}\ncpu0 1 1 1 1\nctxt 1\nbtime {MAX}\nprocesses 1\n"),
    );
    root.write(
        "proc/meminfo",
        format!("MemTotal: {MAX} kB\nMemFree: 0 kB\nCached: {MAX} kB\nAnonPages: {MAX} kB\n"),
    );
    root.write("proc/vmstat", format!("pgfault {MAX}\npgmajfault {MAX}\n"));
    root.write("proc/uptime", format!("{MAX} 1\n"));
    let numbers = [MAX; 16].join(" ");
    root.write("proc/net/dev", format!("head\nhead\neth0: {numbers}\n"));
    root.write("proc/diskstats", format!("254 0 vda {}\n", [MAX; 11].join(" ")));
    root.write("sys/fs/cgroup/a.slice/cpu.stat", format!("usage_usec {MAX}\n"));
    root.write("sys/fs/cgroup/a.slice/memory.current", "0\n");
    root.write(
        "sys/fs/cgroup/a.slice/memory.stat",
        format!("inactive_file {MAX}\nanon {MAX}\npgfault {MAX}\n"),
    );
    let host = host(&root).await;
    let scraped = host.scrape().await;
    for metric in [
        "cpu/usage",
        "memory/usage",
        "memory/cache",
        "memory/rss",
        "memory/page_faults",
        "network/rx",
    ] {
        assert_eq!(
            host.value(&scraped, NODE, metric),
            Some(Value::Int(i64::MAX)),
            "{metric}"
        );
    }
    for set in scraped.sets() {
        let plain = scraped.points(set).iter().copied();
        let labeled = scraped.labeled(set).iter().map(|value| value.point);
        assert!(
            plain.chain(labeled).all(|point| point.value().as_f64() >= 0.0),
            "{:?}",
            set.entity
        );
    }
    let slice = "node:box/container:a.slice";
    assert_eq!(
        host.value(&scraped, slice, "cpu/usage"),
        Some(Value::Int(i64::MAX))
    );
    assert_eq!(
        host.value(&scraped, slice, "memory/working_set"),
        Some(Value::Int(0))
    );
}

#[tokio::test]
async fn a_bad_file_of_one_service_does_not_touch_the_others() {
    let root = Root::with_proc(V2);
    root.write("sys/fs/cgroup/a.service/cpu.stat", "nonsense\n");
    root.write("sys/fs/cgroup/a.service/memory.current", "5\n");
    root.write("sys/fs/cgroup/b.service/cpu.stat", "usage_usec 1\n");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    assert_eq!(keys(&scraped).len(), 3);
    let a = find(&scraped, "node:box/container:a.service").unwrap();
    assert_eq!(
        host.plain(&scraped, a)[0],
        ("memory/usage".to_owned(), Value::Int(5))
    );
    assert_eq!(
        host.value(&scraped, "node:box/container:b.service", "cpu/usage"),
        Some(Value::Int(1000))
    );
    assert_eq!(host.unreadable("cpu.stat"), Some(1.0));
}
