//! What becomes of a summary.

mod memory;
mod odd;
mod random;
mod repeated;

use crate::decode::testing::{keys, labeled, labels, set, summary, time, values};

const REAL: &str = include_str!("../../../tests/fixtures/kubelet-1.34-summary.json");

/// A pod's JSON with more fields behind its reference.
fn pod(namespace: &str, name: &str, rest: &str) -> String {
    format!(r#"{{"podRef":{{"name":"{name}","namespace":"{namespace}","uid":"uid-{name}"}}{rest}}}"#)
}

fn pods(all: &[String]) -> String {
    format!(r#"{{"node":{{"nodeName":"n1"}},"pods":[{}]}}"#, all.join(","))
}

#[test]
fn a_node_and_its_system_containers() {
    let scraped = summary(
        r#"{"node":{"nodeName":"n1","startTime":"2026-11-22T09:00:00Z",
            "cpu":{"time":"2026-11-22T09:59:50Z","usageNanoCores":7,"usageCoreNanoSeconds":11},
            "memory":{"time":"2026-11-22T09:59:51Z","availableBytes":1,"usageBytes":12,"workingSetBytes":13,"rssBytes":14,
                      "pageFaults":15,"majorPageFaults":16},
            "network":{"time":"2026-11-22T09:59:52Z","name":"eth0","rxBytes":17,"rxErrors":0,"txBytes":19,"txErrors":20,
                       "interfaces":[{"name":"eth1","rxBytes":999}]},
            "fs":{"availableBytes":21,"capacityBytes":22,"usedBytes":23,"inodesFree":24,"inodes":25,"inodesUsed":1},
            "systemContainers":[{"name":"kubelet","cpu":{"usageCoreNanoSeconds":1}},
                                {"name":"runtime","startTime":"2026-11-22T09:30:00Z","memory":{"time":"2026-11-22T09:59:53Z","usageBytes":2}},
                                {"name":"misc"},{"name":"pods"}]},
           "pods":[]}"#,
    );
    assert_eq!(
        keys(&scraped),
        [
            "node:n1",
            "node:n1/container:docker-daemon",
            "node:n1/container:kubelet",
            "node:n1/container:pods",
            "node:n1/container:system"
        ]
    );
    assert_eq!(
        values(&scraped, "node:n1"),
        "cpu/usage=11+ ephemeral_storage/usage=23 memory/major_page_faults=16+ memory/page_faults=15+ memory/rss=14 \
         memory/usage=12 memory/working_set=13 network/rx=17+ network/rx_errors=0+ network/tx=19+ network/tx_errors=20+ \
         uptime=3600000+"
    );
    assert_eq!(
        labeled(&scraped, "node:n1"),
        "filesystem/usage{/}=23 filesystem/limit{/}=22 filesystem/available{/}=21 filesystem/inodes{/}=25 \
         filesystem/inodes_free{/}=24"
    );
    assert_eq!(
        labels(&scraped, "node:n1"),
        "host_id=id-1 hostname=n1.example nodename=n1 type=node"
    );
    let node = set(&scraped, "node:n1").times;
    assert_eq!(node.scrape, time("2026-11-22T09:59:50Z"));
    assert_eq!(node.collection_start, time("2026-11-22T09:00:00Z"));
    let runtime = "node:n1/container:docker-daemon";
    assert_eq!(values(&scraped, runtime), "memory/usage=2 uptime=1800000+");
    assert_eq!(
        labels(&scraped, runtime),
        "container_name=docker-daemon host_id=id-1 hostname=n1.example nodename=n1 type=sys_container"
    );
    assert_eq!(set(&scraped, runtime).times.scrape, time("2026-11-22T09:59:53Z"));
}

#[test]
fn a_pod_with_all_blocks() {
    let body = pods(&[pod(
        "shop",
        "web",
        r#","startTime":"2026-11-22T09:59:00Z","cpu":{"time":"2026-11-22T09:59:51Z","usageCoreNanoSeconds":1},
           "memory":{"usageBytes":2},"network":{"time":"2026-11-22T09:59:50Z","rxBytes":3},
           "volume":[{"name":"data","usedBytes":4,"capacityBytes":5},{"name":"tmp","inodes":6}],
           "ephemeral-storage":{"usedBytes":7},
           "containers":[{"name":"runtime","startTime":"2026-11-22T09:59:30Z","cpu":{"usageCoreNanoSeconds":8},
                          "rootfs":{"usedBytes":10,"capacityBytes":100},"logs":{"usedBytes":20,"inodesFree":0}}]"#,
    )]);
    let scraped = summary(&body);
    let key = "namespace:shop/pod:web";
    assert_eq!(
        values(&scraped, key),
        "cpu/usage=1+ ephemeral_storage/usage=7 memory/usage=2 network/rx=3+ uptime=60000+"
    );
    assert_eq!(
        labeled(&scraped, key),
        "filesystem/usage{Volume:data}=4 filesystem/limit{Volume:data}=5 filesystem/inodes{Volume:tmp}=6"
    );
    assert_eq!(
        labels(&scraped, key),
        "host_id=id-1 hostname=n1.example namespace_name=shop nodename=n1 pod_id=uid-web pod_name=web type=pod"
    );
    assert_eq!(set(&scraped, key).times.scrape, time("2026-11-22T09:59:50Z"));
    let container = "namespace:shop/pod:web/container:runtime";
    assert_eq!(
        values(&scraped, container),
        "cpu/usage=8+ ephemeral_storage/usage=30 uptime=30000+"
    );
    assert_eq!(
        labeled(&scraped, container),
        "filesystem/usage{/}=10 filesystem/limit{/}=100 filesystem/usage{logs}=20 filesystem/inodes_free{logs}=0"
    );
    assert_eq!(
        labels(&scraped, container),
        "container_name=runtime host_id=id-1 hostname=n1.example namespace_name=shop nodename=n1 pod_id=uid-web pod_name=web \
         type=pod_container"
    );
}

#[test]
fn a_pod_without_network_has_no_scrape_time() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","cpu":{"time":"2026-11-22T09:59:51Z","usageCoreNanoSeconds":1}"#,
    )]);
    assert_eq!(set(&summary(&body), "namespace:a/pod:p").times.scrape, None);
}

#[test]
fn pods_of_one_name_in_two_namespaces_are_two() {
    let one = pod(
        "a",
        "p",
        r#","containers":[{"name":"c","cpu":{"usageCoreNanoSeconds":1}}]"#,
    );
    let two = pod(
        "b",
        "p",
        r#","containers":[{"name":"c","cpu":{"usageCoreNanoSeconds":2}}]"#,
    );
    let scraped = summary(&pods(&[one, two]));
    assert_eq!(values(&scraped, "namespace:a/pod:p/container:c"), "cpu/usage=1+");
    assert_eq!(values(&scraped, "namespace:b/pod:p/container:c"), "cpu/usage=2+");
}

#[test]
fn a_pod_with_volumes_only() {
    let scraped = summary(&pods(&[pod(
        "a",
        "p",
        r#","volume":[{"name":"v","usedBytes":0}]"#,
    )]));
    assert_eq!(values(&scraped, "namespace:a/pod:p"), "");
    assert_eq!(
        labeled(&scraped, "namespace:a/pod:p"),
        "filesystem/usage{Volume:v}=0"
    );
}

#[test]
fn accelerators_come_before_filesystems_and_need_no_memory_block() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","containers":[{"name":"c","rootfs":{"usedBytes":1},"accelerators":[
            {"make":"nvidia","model":"k80","id":"gpu-1","memoryTotal":3,"memoryUsed":2,"dutyCycle":50},
            {"make":"nvidia","model":"k80","id":"gpu-2","dutyCycle":0}]}]"#,
    )]);
    let scraped = summary(&body);
    let key = "namespace:a/pod:p/container:c";
    assert_eq!(values(&scraped, key), "");
    assert_eq!(
        labeled(&scraped, key),
        "accelerator/memory_total{gpu-1,nvidia,k80}=3 accelerator/memory_used{gpu-1,nvidia,k80}=2 \
         accelerator/duty_cycle{gpu-1,nvidia,k80}=50 accelerator/duty_cycle{gpu-2,nvidia,k80}=0 filesystem/usage{/}=1"
    );
}

#[test]
fn ephemeral_storage_of_a_container_needs_both_parts() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","containers":[{"name":"root","rootfs":{"usedBytes":1}},{"name":"logs","logs":{"usedBytes":1}},
                          {"name":"null","rootfs":{"usedBytes":1},"logs":{"usedBytes":null}}]"#,
    )]);
    let scraped = summary(&body);
    for name in ["root", "logs", "null"] {
        assert_eq!(
            values(&scraped, &format!("namespace:a/pod:p/container:{name}")),
            ""
        );
    }
}

#[test]
fn custom_metrics_are_floats_and_follow_the_others() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","containers":[{"name":"c","startTime":"2026-11-22T09:59:59Z","userDefinedMetrics":[
            {"name":"qps","type":"gauge","units":"","labels":{"a":"b"},"time":"2026-11-22T09:00:00Z","value":2.5},
            {"type":"cumulative","value":7,"name":"hits"},{"name":"d","type":"delta","value":-1},
            {"name":"odd","type":"histogram","value":1},{"name":"none","type":"gauge"},{"name":"","type":"gauge","value":1}]}]"#,
    )]);
    let scraped = summary(&body);
    assert_eq!(
        values(&scraped, "namespace:a/pod:p/container:c"),
        "uptime=1000+ custom=-1.0 custom=7.0+ custom=2.5"
    );
}

#[test]
fn blocks_that_heapster_never_had_are_passed_over() {
    let known = r#"{"node":{"cpu":{"usageCoreNanoSeconds":1}},"pods":[{"podRef":{"name":"p","namespace":"a","uid":"u"},
        "containers":[{"name":"c","memory":{"rssBytes":2}}]}]}"#;
    let more = known
        .replace(
            r#"{"node":{"#,
            r#"{"node":{"runtime":{"imageFs":{"usedBytes":9},"containerFs":{"usedBytes":9}},"rlimit":{"maxpid":9,"curproc":9},
               "swap":{"time":"2026-11-22T10:00:00Z","swapAvailableBytes":9,"swapUsageBytes":9},
               "io":{"psi":{"full":{"total":9,"avg10":0.5,"avg60":0,"avg300":0},"some":{"total":9}}},"#,
        )
        .replace(
            r#""cpu":{"#,
            r#""cpu":{"psi":{"full":{"total":9,"avg10":0.5},"some":{"total":9}},"usageNanoCores":9,"#,
        )
        .replace(
            r#""containers":["#,
            r#""process_stats":{"process_count":9},"swap":{"swapUsageBytes":9},"io":{"time":"x"},"containers":["#,
        )
        .replace(
            r#"{"name":"c","#,
            r#"{"name":"c","swap":{"swapUsageBytes":9},"io":{},"userDefinedMetrics":null,"accelerators":null,"#,
        );
    let (plain, full) = (summary(known), summary(&more));
    for block in ["imageFs", "rlimit", "psi", "process_stats", r#""c","swap""#] {
        assert!(more.contains(block), "{block}");
    }
    assert_eq!(keys(&plain), keys(&full));
    for key in keys(&plain) {
        assert_eq!(values(&plain, &key), values(&full, &key));
        assert_eq!(labeled(&full, &key), "");
    }
}

#[test]
fn a_real_kubelet_of_1_34() {
    let scraped = summary(REAL);
    assert_eq!(
        keys(&scraped),
        [
            "namespace:default/pod:burner-n1",
            "namespace:default/pod:burner-n1/container:c1",
            "namespace:default/pod:burner-n1/container:c2",
            "node:n1",
            "node:n1/container:pods"
        ]
    );
    let container = "namespace:default/pod:burner-n1/container:c1";
    assert_eq!(
        values(&scraped, container),
        "cpu/usage=83821862+ ephemeral_storage/usage=20480 memory/rss=9338880 memory/usage=10153984 \
         memory/working_set=10153984 uptime=2033000+"
    );
    assert_eq!(
        set(&scraped, container).times.scrape,
        time("2026-11-22T09:26:21Z")
    );
    assert_eq!(
        set(&scraped, "namespace:default/pod:burner-n1").times.scrape,
        None
    );
    assert!(values(&scraped, "node:n1").contains("network/rx=1321803900+"));
}
