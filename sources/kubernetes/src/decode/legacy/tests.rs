//! What becomes of container stats.

use crate::decode::testing::{decoder, keys, labeled, labels, legacy, now, set, time, values};

const TIME: &str = "2026-11-22T09:59:50Z";

/// A record with these labels and this part of a stats entry; everything is said to be there.
fn record(name: &str, labels: &str, stats: &str) -> String {
    format!(
        r#""{name}":{{"name":"{name}","spec":{{"creation_time":"2026-11-22T09:00:00Z","labels":{{{labels}}},"image":"img:1",
            "has_cpu":true,"has_memory":true,"has_network":true,"has_filesystem":true,"has_diskio":true,"has_custom_metrics":true,
            "custom_metrics":[{{"name":"qps","type":"gauge","format":"float"}},{{"name":"hits","type":"cumulative","format":"int"}},
                              {{"name":"load","type":"gauge","format":"double"}},{{"name":"change","type":"delta","format":"int"}},{{"name":"missing","type":"gauge","format":"int"}}]}},
            "stats":[{{"timestamp":"{TIME}",{stats}}}]}}"#
    )
}

fn of_pod(container: &str) -> String {
    format!(
        r#""io.kubernetes.container.name":"{container}","io.kubernetes.pod.name":"web","io.kubernetes.pod.namespace":"shop","io.kubernetes.pod.uid":"u1""#
    )
}

fn answer(records: &[String]) -> String {
    format!("{{{}}}", records.join(","))
}

const ALL: &str = r#""cpu":{"usage":{"total":1,"user":9},"load_average":2},
    "memory":{"usage":3,"cache":4,"rss":5,"working_set":6,"container_data":{"pgfault":7,"pgmajfault":8}},
    "network":{"rx_bytes":900,"interfaces":[{"rx_bytes":1,"rx_errors":2,"tx_bytes":3,"tx_errors":4},{"rx_bytes":10,"tx_bytes":30}]},
    "filesystem":[{"device":"/dev/sda1","capacity":1,"usage":2,"available":3,"has_inodes":true,"inodes":4,"inodes_free":5},
                  {"device":"tmpfs","capacity":6,"usage":7,"available":8,"inodes":9}],
    "diskio":{"io_service_bytes":[{"device":"/dev/sda","stats":{"Read":1,"Write":2}},{"major":8,"minor":16,"stats":{"Read":3}}]},
    "accelerators":[{"make":"m","model":"n","id":"i","memory_total":1,"memory_used":2,"duty_cycle":3}],
    "custom_metrics":{"load":[{"float_value":2.5}],"qps":[{"timestamp":"2026-11-22T09:00:00Z","float_value":1.5},{"timestamp":"2026-11-22T08:00:00Z","float_value":9}],
                      "hits":[{"int_value":7}],"change":[{"int_value":1}]}"#;

#[test]
fn the_root_is_the_node() {
    let scraped = legacy(&answer(&[record("/", "", ALL)]));
    assert_eq!(
        values(&scraped, "node:n1"),
        "cpu/load=2 cpu/usage=1+ memory/cache=4 memory/major_page_faults=8+ memory/page_faults=7+ memory/rss=5 memory/usage=3 \
         memory/working_set=6 network/rx=11+ network/rx_errors=2+ network/tx=33+ network/tx_errors=4+ uptime=3600000+ \
         custom=1.5 custom=7+"
    );
    assert_eq!(
        labeled(&scraped, "node:n1"),
        "disk/io_read_bytes{/dev/sda}=1 disk/io_read_bytes{8:16}=3 disk/io_write_bytes{/dev/sda}=2 disk/io_write_bytes{8:16}=0 \
         filesystem/usage{/dev/sda1}=2 filesystem/usage{tmpfs}=7 filesystem/limit{/dev/sda1}=1 filesystem/limit{tmpfs}=6 \
         filesystem/available{/dev/sda1}=3 filesystem/available{tmpfs}=8 filesystem/inodes{/dev/sda1}=4 \
         filesystem/inodes_free{/dev/sda1}=5 accelerator/memory_total{i,m,n}=1 accelerator/memory_used{i,m,n}=2 \
         accelerator/duty_cycle{i,m,n}=3"
    );
    let times = set(&scraped, "node:n1").times;
    assert_eq!(times.scrape, time(TIME));
    assert_eq!(times.collection_start, time("2026-11-22T09:00:00Z"));
}

#[test]
fn the_infra_container_gives_the_pod_uptime_and_network_only() {
    let scraped = legacy(&answer(&[record("/docker/1", &of_pod("POD"), ALL)]));
    let key = "namespace:shop/pod:web";
    assert_eq!(keys(&scraped), [key]);
    assert_eq!(
        values(&scraped, key),
        "network/rx=11+ network/rx_errors=2+ network/tx=33+ network/tx_errors=4+ uptime=3600000+"
    );
    assert_eq!(labeled(&scraped, key), "");
    assert_eq!(set(&scraped, key).times.scrape, time(TIME));
    assert_eq!(
        labels(&scraped, key),
        "host_id=id-1 hostname=n1.example namespace_name=shop nodename=n1 pod_id=u1 pod_name=web type=pod"
    );
}

#[test]
fn a_container_of_a_pod_carries_its_image() {
    let scraped = legacy(&answer(&[record("/docker/2", &of_pod("nginx"), ALL)]));
    let key = "namespace:shop/pod:web/container:nginx";
    assert!(values(&scraped, key).contains("memory/usage=3"));
    assert_eq!(
        labels(&scraped, key),
        "container_base_image=img:1 container_name=nginx host_id=id-1 hostname=n1.example namespace_name=shop nodename=n1 \
         pod_id=u1 pod_name=web type=pod_container"
    );
}

#[test]
fn names_without_labels_are_read_as_the_original_read_them() {
    let key_of = |name: &str, labels: &str| keys(&legacy(&answer(&[record(name, labels, ALL)]))).concat();
    let old = r#""io.kubernetes.pod.name":"testnamespace/testPodName""#;
    let old_infra =
        r#""io.kubernetes.pod.name":"testnamespace/testPodName","io.kubernetes.container.name":"POD""#;
    assert_eq!(key_of("/docker-daemon", ""), "node:n1/container:docker-daemon");
    assert_eq!(
        key_of("k8s_test.testkubelet", old_infra),
        "namespace:testnamespace/pod:testPodName"
    );
    assert_eq!(
        key_of("k8s_test.testkubelet", old),
        "namespace:testnamespace/pod:testPodName/container:test"
    );
    assert_eq!(
        key_of("/system.slice/x.service", ""),
        "node:n1/container:system.slice/x.service"
    );
    assert_eq!(key_of("a.b", old), "node:n1/container:a.b");
    assert_eq!(key_of("k8s", old), "node:n1/container:k8s");
    assert_eq!(key_of("//x", ""), "node:n1/container:/x");
}

#[test]
fn the_first_alias_replaces_the_name() {
    let body = answer(&[record("/system.slice/docker.service", "", ALL)]).replacen(
        r#""spec""#,
        r#""aliases":["/docker-daemon","/other"],"spec""#,
        1,
    );
    assert_eq!(keys(&legacy(&body)), ["node:n1/container:docker-daemon"]);
    let body = r#"{"/a":{"stats":[{}]},"/b":{"aliases":null,"stats":[{}]},"/c":{"aliases":[],"name":"","stats":[{}]}}"#;
    assert_eq!(
        keys(&legacy(body)),
        [
            "node:n1/container:a",
            "node:n1/container:b",
            "node:n1/container:c"
        ]
    );
}

#[test]
fn only_what_the_spec_says_is_there_counts() {
    let body = answer(&[record("/", "", ALL)])
        .replace(r#""has_cpu":true"#, r#""has_cpu":false"#)
        .replace(r#""has_memory":true,"#, "")
        .replace(r#""has_network":true"#, r#""has_network":null"#)
        .replace(r#""has_filesystem":true"#, r#""has_filesystem":"yes""#)
        .replace(r#""has_diskio":true"#, r#""has_diskio":1"#)
        .replace(r#""has_custom_metrics":true"#, r#""has_custom_metrics":false"#);
    let scraped = legacy(&body);
    assert_eq!(values(&scraped, "node:n1"), "uptime=3600000+");
    assert!(labeled(&scraped, "node:n1").starts_with("accelerator/memory_total"));
}

#[test]
fn no_interface_is_zero_and_no_list_is_nothing() {
    let network = |json: &str| {
        let scraped = legacy(&answer(&[record("/", "", &format!(r#""network":{json}"#))]));
        values(&scraped, "node:n1")
    };
    let zero = "network/rx=0+ network/rx_errors=0+ network/tx=0+ network/tx_errors=0+ uptime=3600000+";
    assert_eq!(network(r#"{"interfaces":[]}"#), zero);
    assert_eq!(network(r#"{"rx_bytes":5}"#), "uptime=3600000+");
    assert_eq!(network("null"), "uptime=3600000+");
}

#[test]
fn the_newest_stats_count_and_without_any_there_is_no_set() {
    let entry = |time: &str, usage: u32| {
        format!(r#"{{"timestamp":"2026-11-22T{time}Z","cpu":{{"usage":{{"total":{usage}}}}}}}"#)
    };
    let counted = |stats: &[String]| {
        let body = format!(
            r#"{{"/":{{"spec":{{"has_cpu":true}},"stats":[{}]}}}}"#,
            stats.join(",")
        );
        legacy(&body)
    };
    let usage = |stats: &[String]| values(&counted(stats), "node:n1");
    assert_eq!(
        usage(&[entry("09:00:00", 1), entry("09:01:00", 2)]),
        "cpu/usage=2+"
    );
    assert_eq!(
        usage(&[entry("09:01:00", 2), entry("09:00:00", 1)]),
        "cpu/usage=2+"
    );
    assert_eq!(
        usage(&[entry("09:00:00", 1), entry("09:00:00", 2)]),
        "cpu/usage=2+"
    );
    assert!(counted(&[]).is_empty());
    assert!(legacy(r#"{"/":{"stats":null},"/x":null,"/y":7}"#).is_empty());
}

#[test]
fn of_two_containers_of_one_name_the_one_started_last_counts() {
    let record = |path: &str, start: &str, usage: u32| {
        record(
            path,
            &of_pod("c"),
            &format!(r#""cpu":{{"usage":{{"total":{usage}}}}}"#),
        )
        .replace("2026-11-22T09:00:00Z", start)
    };
    let old = record("/docker/old", "2026-11-22T08:00:00Z", 1);
    let new = record("/docker/new", "2026-11-22T08:30:00Z", 2);
    for body in [answer(&[old.clone(), new.clone()]), answer(&[new, old])] {
        let scraped = legacy(&body);
        assert_eq!(
            values(&scraped, "namespace:shop/pod:web/container:c"),
            "cpu/usage=2+ uptime=5400000+"
        );
    }
}

#[test]
fn an_entity_keeps_its_labels_until_its_image_changes() {
    let (mut decoder, _) = decoder();
    let body = answer(&[record("/docker/2", &of_pod("nginx"), ALL)]);
    let key = "namespace:shop/pod:web/container:nginx";
    let first = decoder.container_stats(body.as_bytes(), now()).unwrap();
    let second = decoder.container_stats(body.as_bytes(), now()).unwrap();
    assert!(std::sync::Arc::ptr_eq(
        &set(&first, key).labels,
        &set(&second, key).labels
    ));
    let third = decoder
        .container_stats(body.replace("img:1", "img:2").as_bytes(), now())
        .unwrap();
    assert_eq!(set(&third, key).labels.get("container_base_image"), Some("img:2"));
}

#[test]
fn what_is_no_object_is_an_error() {
    for body in ["", "[]", "{", r#"{"/":{"stats":[{"#] {
        let error = decoder()
            .0
            .container_stats(body.as_bytes(), now())
            .unwrap_err()
            .to_string();
        assert!(error.contains("is no container stats: "), "{error}");
    }
}

#[test]
fn a_whole_number_of_a_custom_metric_keeps_its_last_digit() {
    let stats = r#""custom_metrics":{"hits":[{"int_value":9007199254740993}],"qps":[{"float_value":3}]}"#;
    let scraped = legacy(&answer(&[record("/", "", stats)]));
    assert!(values(&scraped, "node:n1").ends_with("custom=3.0 custom=9007199254740993+"));
}
