//! Services that appear, vanish and start again.

use crate::fixture::{Root, find, host, keys};
use heapster_plugin::model::Timestamp;
use std::fs;
use std::sync::Arc;

const V2: &str = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";
const WEB: &str = "node:box/container:web.service";

/// A machine that was started long ago, so that what a test makes is younger.
fn machine() -> Root {
    let root = Root::with_proc(V2);
    let stat = fs::read_to_string(root.path("proc/stat")).unwrap();
    root.write("proc/stat", stat.replace("btime 1795559676", "btime 1000000000"));
    root.write("sys/fs/cgroup/web.service/cpu.stat", "usage_usec 5000\n");
    root
}

#[tokio::test]
async fn a_service_that_stays_keeps_entity_labels_and_start() {
    let root = machine();
    let host = host(&root).await;
    let (first, second) = (host.scrape().await, host.scrape().await);
    let (old, new) = (find(&first, WEB).unwrap(), find(&second, WEB).unwrap());
    assert!(Arc::ptr_eq(&old.entity, &new.entity));
    assert!(Arc::ptr_eq(&old.labels, &new.labels));
    assert_eq!(old.times.collection_start, new.times.collection_start);
    assert!(old.times.scrape < new.times.scrape);
}

#[tokio::test]
async fn a_service_appears_and_vanishes() {
    let root = machine();
    let host = host(&root).await;
    host.scrape().await;
    root.write("sys/fs/cgroup/db.service/cpu.stat", "usage_usec 1\n");
    assert_eq!(
        keys(&host.scrape().await),
        ["node:box", "node:box/container:db.service", WEB]
    );
    root.remove("sys/fs/cgroup/web.service");
    assert_eq!(
        keys(&host.scrape().await),
        ["node:box", "node:box/container:db.service"]
    );
}

#[tokio::test]
async fn a_service_that_was_started_again_counts_from_a_new_start() {
    let root = machine();
    let host = host(&root).await;
    let first = host.scrape().await;
    let old = find(&first, WEB).unwrap().times;
    // Made while the old one is there, so that it is another directory for sure.
    root.write("sys/fs/cgroup/new.mount/cpu.stat", "usage_usec 1\n");
    root.remove("sys/fs/cgroup/web.service");
    fs::rename(
        root.path("sys/fs/cgroup/new.mount"),
        root.path("sys/fs/cgroup/web.service"),
    )
    .unwrap();
    let second = host.scrape().await;
    let new = find(&second, WEB).unwrap().times;
    assert!(new.collection_start >= old.scrape, "{old:?} {new:?}");
    assert!(new.collection_start <= new.scrape);
}

#[tokio::test]
async fn no_service_is_older_than_the_machine() {
    let root = machine();
    let boot = Timestamp::now();
    let stat = fs::read_to_string(root.path("proc/stat")).unwrap();
    root.write(
        "proc/stat",
        stat.replace("btime 1000000000", &format!("btime {}", boot.secs() - 1)),
    );
    let earlier = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
    let folder = fs::File::open(root.path("sys/fs/cgroup/web.service")).unwrap();
    folder
        .set_times(fs::FileTimes::new().set_accessed(earlier).set_modified(earlier))
        .unwrap();
    let scraped = host(&root).await.scrape().await;
    let start = find(&scraped, WEB).unwrap().times.collection_start;
    assert_eq!(start, Some(Timestamp::from_secs(boot.secs() - 1)));
}
