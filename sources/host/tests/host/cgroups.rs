//! System containers from cgroups of version 1, version 2 and both.

use crate::fixture::{Root, find, host, host_at, keys};
use heapster_plugin::model::Value;

const V2: &str = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";
const V1: &str = "tmpfs /sys/fs/cgroup tmpfs ro,mode=755 0 0\n\
                  cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\n\
                  cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n\
                  cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0\n";
const HYBRID: &str = "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
const SSH: &str = "node:box/container:system.slice/ssh.service";
const ID: &str = "4c01db0b339c4c01db0b339c4c01db0b339c4c01db0b339c4c01db0b339c4c01";

/// A cgroup of version 2 with the files of the controllers `cpu` and `memory`.
fn write_v2(root: &Root, path: &str) {
    let folder = format!("sys/fs/cgroup/{path}");
    root.write(
        &format!("{folder}/cpu.stat"),
        "usage_usec 2500\nuser_usec 2000\nsystem_usec 500\n",
    );
    root.write(&format!("{folder}/memory.current"), "9000\n");
    root.write(
        &format!("{folder}/memory.stat"),
        "anon 3000\nfile 5000\nkernel 1000\ninactive_file 2000\npgfault 70\npgmajfault 3\n",
    );
    root.write(&format!("{folder}/cgroup.controllers"), "cpu memory\n");
}

fn write_v1(root: &Root, path: &str) {
    root.write(
        &format!("sys/fs/cgroup/cpu,cpuacct/{path}/cpuacct.usage"),
        "2500000\n",
    );
    let memory = format!("sys/fs/cgroup/memory/{path}");
    root.write(&format!("{memory}/memory.usage_in_bytes"), "9000\n");
    root.write(
        &format!("{memory}/memory.stat"),
        "cache 1\nrss 1\npgfault 1\npgmajfault 1\ninactive_file 1\ntotal_cache 5000\ntotal_rss 3000\n\
         total_pgfault 70\ntotal_pgmajfault 3\ntotal_inactive_file 2000\n",
    );
}

fn expected() -> Vec<(String, Value)> {
    let values = [
        ("cpu/usage", 2_500_000),
        ("memory/cache", 5000),
        ("memory/major_page_faults", 3),
        ("memory/page_faults", 70),
        ("memory/rss", 3000),
        ("memory/usage", 9000),
        ("memory/working_set", 7000),
    ];
    values
        .map(|(name, value)| (name.to_owned(), Value::Int(value)))
        .into()
}

#[tokio::test]
async fn a_service_of_version_2_has_its_values() {
    let root = Root::with_proc(V2);
    write_v2(&root, "system.slice/ssh.service");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    let mut values = host.plain(&scraped, find(&scraped, SSH).unwrap());
    assert_eq!(values.pop().unwrap().0, "uptime");
    assert_eq!(values, expected());
}

#[tokio::test]
async fn a_service_of_version_1_has_the_same_values() {
    let root = Root::with_proc(V1);
    write_v1(&root, "system.slice/ssh.service");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    let mut values = host.plain(&scraped, find(&scraped, SSH).unwrap());
    assert_eq!(values.pop().unwrap().0, "uptime");
    assert_eq!(values, expected());
}

#[tokio::test]
async fn a_machine_with_both_versions_has_the_cpu_of_a_service_that_version_1_does_not_count() {
    let root = Root::with_proc(&format!("{V1}{HYBRID}"));
    write_v1(&root, "system.slice/ssh.service");
    root.remove("sys/fs/cgroup/cpu,cpuacct/system.slice");
    root.write(
        "sys/fs/cgroup/unified/system.slice/ssh.service/cpu.stat",
        "usage_usec 7\n",
    );
    root.write(
        "sys/fs/cgroup/unified/system.slice/cron.service/cpu.stat",
        "usage_usec 8\n",
    );
    let host = host(&root).await;
    let scraped = host.scrape().await;
    assert_eq!(host.value(&scraped, SSH, "cpu/usage"), Some(Value::Int(7000)));
    assert_eq!(host.value(&scraped, SSH, "memory/usage"), Some(Value::Int(9000)));
    let cron = "node:box/container:system.slice/cron.service";
    assert_eq!(host.value(&scraped, cron, "cpu/usage"), Some(Value::Int(8000)));
    assert_eq!(host.value(&scraped, cron, "memory/usage"), None);
}

#[tokio::test]
async fn system_containers_come_level_by_level_with_a_kubelets_labels() {
    let root = Root::with_proc(V2);
    let all = [
        "system.slice",
        "system.slice/ssh.service",
        "system.slice/boot.mount",
        "init.scope",
        "docker",
    ];
    for path in all {
        write_v2(&root, path);
    }
    write_v2(&root, "system.slice/ssh.service/inner");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    let expected = [
        "node:box",
        "node:box/container:docker",
        "node:box/container:init.scope",
        "node:box/container:system.slice",
        SSH,
    ];
    assert_eq!(keys(&scraped), expected);
    let labels: Vec<_> = scraped.sets()[4].labels.iter().collect();
    let expected = [
        ("container_name", "system.slice/ssh.service"),
        ("host_id", ""),
        ("hostname", "box"),
        ("nodename", "box"),
        ("type", "sys_container"),
    ];
    assert_eq!(labels, expected);
}

#[tokio::test]
async fn containers_of_a_runtime_are_in_their_slice_and_by_themselves_when_asked_for() {
    let root = Root::with_proc(V2);
    let container = format!("system.slice/docker-{ID}.scope");
    for path in ["system.slice", container.as_str()] {
        write_v2(&root, path);
    }
    let without = host(&root).await;
    assert_eq!(
        keys(&without.scrape().await),
        ["node:box", "node:box/container:system.slice"]
    );
    let with = host_at(&root.path(""), "&ids=true").await;
    assert_eq!(
        keys(&with.scrape().await).last(),
        Some(&format!("node:box/container:{container}").as_str())
    );
}

#[tokio::test]
async fn depth_and_number_bound_what_is_read() {
    let root = Root::with_proc(V2);
    for path in [
        "a.slice",
        "a.slice/b.slice",
        "a.slice/b.slice/c.slice",
        "a.slice/b.slice/c.slice/d.service",
        "z.slice",
    ] {
        write_v2(&root, path);
    }
    let count = async |options: &str| {
        let host = host_at(&root.path(""), options).await;
        let sets = host.scrape().await.sets().len() - 1;
        let cut_short = host.counted.value("heapster_plugin_host_cut_short_total{}");
        (sets, cut_short)
    };
    assert_eq!(count("").await, (4, None));
    assert_eq!(count("&depth=1").await, (2, None));
    assert_eq!(count("&depth=9").await, (5, None));
    assert_eq!(count("&containers=4").await, (4, None));
    assert_eq!(count("&containers=3").await, (3, Some(1.0)));
    assert_eq!(count("&containers=0").await, (0, None));
}

#[tokio::test]
async fn a_controller_that_is_off_is_no_failure() {
    let root = Root::with_proc(V2);
    root.write("sys/fs/cgroup/system.slice/cpu.stat", "usage_usec 1\n");
    root.write("sys/fs/cgroup/empty.slice/cgroup.procs", "");
    let host = host(&root).await;
    let scraped = host.scrape().await;
    assert_eq!(keys(&scraped), ["node:box", "node:box/container:system.slice"]);
    assert_eq!(host.unreadable("memory.current"), None);
    assert_eq!(host.unreadable("memory.stat"), None);
}

#[tokio::test]
async fn a_machine_without_cgroups_is_a_node_alone() {
    let root = Root::with_proc("");
    let host = host(&root).await;
    assert_eq!(keys(&host.scrape().await), ["node:box"]);
    assert_eq!(host.unreadable("cgroup"), Some(1.0));
}
