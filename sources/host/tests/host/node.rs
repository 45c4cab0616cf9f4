//! The node's own set.

use crate::fixture::{ROUTE, Root, build, find, host, host_at, keys};
use heapster_plugin::model::{Timestamp, Value, label};
use heapster_plugin::source::ScrapeFailure;

const NODE: &str = "node:box";
const KIB: i64 = 1024;

#[tokio::test]
async fn proc_gives_the_node_its_values_in_order_of_metrics() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    let node = find(&scraped, NODE).unwrap();
    let mut values = host.plain(&scraped, node);
    assert!(values.is_sorted_by(|a, b| a.0 < b.0), "{values:?}");
    values.retain(|(name, _)| !name.starts_with("ephemeral_storage/"));
    let expected = [
        ("cpu/load", Value::Int(250)),
        ("cpu/node_capacity", Value::Float(2000.0)),
        (
            "cpu/usage",
            Value::Int((33046 + 489 + 6155 + 63 + 47) * 10_000_000),
        ),
        ("memory/cache", Value::Int((724_540 + 46_340) * KIB)),
        ("memory/major_page_faults", Value::Int(70)),
        ("memory/node_capacity", Value::Float(24_684_084.0 * 1024.0)),
        ("memory/page_faults", Value::Int(5000)),
        ("memory/rss", Value::Int(53_012 * KIB)),
        ("memory/usage", Value::Int((24_684_084 - 23_590_336) * KIB)),
        (
            "memory/working_set",
            Value::Int((24_684_084 - 23_590_336 - 599_640) * KIB),
        ),
        ("network/rx", Value::Int(168_115_837)),
        ("network/rx_errors", Value::Int(3)),
        ("network/tx", Value::Int(778_763)),
        ("network/tx_errors", Value::Int(4)),
        ("uptime", Value::Int(457_490)),
    ];
    let expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(values, expected);
}

#[tokio::test]
async fn the_nodes_times_are_this_moment_and_the_boot() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let before = Timestamp::now();
    let scraped = host.scrape().await;
    let times = find(&scraped, NODE).unwrap().times;
    assert!(
        times
            .scrape
            .is_some_and(|scrape| before <= scrape && scrape <= Timestamp::now())
    );
    assert_eq!(times.collection_start, Some(Timestamp::from_secs(1_795_559_676)));
}

#[tokio::test]
async fn a_boot_time_that_moves_by_rounding_is_the_same_start() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let first = host.scrape().await.sets()[0].times.collection_start;
    let stat = std::fs::read_to_string(root.path("proc/stat")).unwrap();
    root.write("proc/stat", stat.replace("btime 1795559676", "btime 1795559677"));
    assert_eq!(host.scrape().await.sets()[0].times.collection_start, first);
    root.write("proc/stat", stat.replace("btime 1795559676", "btime 1795559776"));
    assert_ne!(host.scrape().await.sets()[0].times.collection_start, first);
}

#[tokio::test]
async fn the_node_has_the_labels_of_a_node_without_kubernetes() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    let labels: Vec<_> = scraped.sets()[0].labels.iter().collect();
    assert_eq!(
        labels,
        [
            ("host_id", ""),
            ("hostname", "box"),
            ("nodename", "box"),
            ("type", "node")
        ]
    );
    assert_eq!(host.target.name(), "host:box");
}

#[tokio::test]
async fn the_nodes_name_is_that_of_the_option_or_of_the_mounted_machine() {
    let root = Root::with_proc("");
    root.write("etc/hostname", "mounted\n");
    let named = host_at(&root.path(""), "&nodename=db-1").await;
    assert_eq!(keys(&named.scrape().await), ["node:db-1"]);
    let mounted = host(&root).await;
    assert_eq!(keys(&mounted.scrape().await), ["node:mounted"]);
}

#[tokio::test]
async fn a_whole_disk_that_was_used_has_its_bytes() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    let mut disks = host.labeled(&scraped);
    disks.retain(|(name, ..)| name.starts_with("disk/"));
    let expected = [
        ("disk/io_read_bytes", "/dev/vda", 3_102_178 * 512),
        ("disk/io_write_bytes", "/dev/vda", 3_109_904 * 512),
    ];
    let expected: Vec<_> = expected
        .map(|(name, disk, value)| (name.to_owned(), disk.to_owned(), Value::Int(value)))
        .into();
    assert_eq!(disks, expected);
}

#[tokio::test]
async fn file_systems_are_labeled_by_their_mount_points() {
    let root = Root::with_proc("/dev/vdb /data xfs rw 0 0\ntmpfs /run tmpfs rw 0 0\n");
    root.write("data/some", "");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    for mount_point in ["/", "/data"] {
        let values = host.labeled(&scraped);
        let value = |metric: &str| {
            let mut found = values
                .iter()
                .filter(|(name, place, _)| name == metric && place == mount_point);
            found.next().map(|(.., value)| value.as_i64()).unwrap()
        };
        let (usage, limit) = (value("filesystem/usage"), value("filesystem/limit"));
        assert!(0 <= usage && usage <= limit, "{usage} of {limit}");
        assert!(value("filesystem/available") <= limit);
    }
    assert!(host.labeled(&scraped).iter().all(|(_, place, _)| place != "/run"));
}

#[tokio::test]
async fn the_labels_of_what_stays_are_not_made_again() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    let (first, second) = (host.scrape().await, host.scrape().await);
    assert!(std::sync::Arc::ptr_eq(
        &first.sets()[0].labels,
        &second.sets()[0].labels
    ));
    let (old, new) = (first.labeled(&first.sets()[0]), second.labeled(&second.sets()[0]));
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(new) {
        assert!(
            std::sync::Arc::ptr_eq(&old.labels, &new.labels),
            "{:?}",
            new.labels.get(label::RESOURCE_ID)
        );
    }
}

#[tokio::test]
async fn a_route_that_moves_to_another_interface_is_no_traffic() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    host.scrape().await;
    root.write("proc/net/route", ROUTE.replace("eth0", "eth1"));
    let moved = host.scrape().await;
    assert_eq!(host.value(&moved, NODE, "network/rx"), None);
    let settled = host.scrape().await;
    assert_eq!(host.value(&settled, NODE, "network/rx"), Some(Value::Int(1000)));
}

#[tokio::test]
async fn without_a_default_route_the_interfaces_with_hardware_count() {
    let root = Root::with_proc("");
    root.write("proc/net/route", ROUTE.lines().next().unwrap());
    root.write("sys/class/net/eth1/device/vendor", "");
    let with_hardware = host(&root).await;
    let scraped = with_hardware.scrape().await;
    assert_eq!(
        with_hardware.value(&scraped, NODE, "network/tx"),
        Some(Value::Int(2000))
    );
    root.remove("sys/class/net");
    let without = host(&root).await;
    let scraped = without.scrape().await;
    assert_eq!(
        without.value(&scraped, NODE, "network/tx"),
        Some(Value::Int(778_763 + 2000))
    );
}

#[tokio::test]
async fn behind_another_root_the_files_of_process_1_are_read() {
    let root = Root::with_proc("");
    let dev = std::fs::read_to_string(root.path("proc/net/dev")).unwrap();
    root.write("proc/1/net/dev", dev.replace("168115837", "42"));
    let host = host(&root).await;
    let scraped = host.scrape().await;
    assert_eq!(host.value(&scraped, NODE, "network/rx"), Some(Value::Int(42)));
}

#[tokio::test]
async fn a_folder_without_proc_is_one_line_that_says_what_to_do() {
    let root = Root::empty();
    let error = host(&root).await.try_scrape().await.unwrap_err();
    assert_eq!(error.reason, ScrapeFailure::NotFound);
    assert!(
        error.text.contains("/proc") && error.text.contains("root="),
        "{error}"
    );
    assert!(!error.text.contains('\n'));
}

#[test]
fn a_root_that_is_no_directory_is_a_bad_option() {
    let error = build("host:?root=/nonexistent").err().unwrap();
    assert!(
        error.starts_with("option \"root\" of source \"host\": "),
        "{error}"
    );
    assert!(build("host:?depth=0").is_err());
}
