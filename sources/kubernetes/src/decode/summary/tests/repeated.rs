//! Things that an answer names twice.

use super::{pod, pods};
use crate::decode::testing::{decoder, keys, now, set, summary, time, values};

#[test]
fn of_two_containers_of_one_name_the_one_started_last_counts() {
    let container = |start: &str, usage: u32| {
        format!(r#"{{"name":"c","startTime":{start},"cpu":{{"usageCoreNanoSeconds":{usage}}}}}"#)
    };
    let counted = |containers: &[String]| {
        let rest = format!(r#","containers":[{},{{"name":"d"}}]"#, containers.join(","));
        let scraped = summary(&pods(&[pod("a", "p", &rest)]));
        assert_eq!(scraped.sets().len(), 4);
        values(&scraped, "namespace:a/pod:p/container:c")
    };
    let (early, late) = (r#""2026-11-22T10:00:00Z""#, r#""2026-11-22T10:00:01Z""#);
    let usage = |usage: u32| format!("cpu/usage={usage}+ uptime=0+");
    assert_eq!(counted(&[container(early, 1), container(late, 2)]), usage(2));
    assert_eq!(counted(&[container(late, 2), container(early, 1)]), usage(2));
    assert_eq!(counted(&[container(early, 1), container(early, 2)]), usage(2));
    assert_eq!(counted(&[container(late, 1), container("null", 2)]), usage(1));
    assert_eq!(
        counted(&[container(early, 1), container(late, 3), container(early, 2)]),
        usage(3)
    );
}

#[test]
fn of_a_pod_and_its_successor_the_successor_counts() {
    let one = |uid: &str, start: &str, usage: u32| {
        format!(
            r#"{{"podRef":{{"name":"p","namespace":"a","uid":"{uid}"}},"startTime":"{start}","cpu":{{"usageCoreNanoSeconds":{usage}}}}}"#
        )
    };
    let old = one("old", "2026-11-22T09:00:00Z", 1);
    let new = one("new", "2026-11-22T09:30:00Z", 2);
    for body in [pods(&[old.clone(), new.clone()]), pods(&[new, old])] {
        let scraped = summary(&body);
        let set = set(&scraped, "namespace:a/pod:p");
        assert_eq!(set.labels.get("pod_id"), Some("new"));
        assert_eq!(set.times.collection_start, time("2026-11-22T09:30:00Z"));
    }
}

#[test]
fn of_containers_started_at_once_the_last_in_the_list_counts_whatever_its_sample_time() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","containers":[
            {"name":"c","cpu":{"time":"2026-11-22T09:59:59Z","usageCoreNanoSeconds":1}},
            {"name":"c","cpu":{"time":"2026-11-22T09:59:01Z","usageCoreNanoSeconds":2}}]"#,
    )]);
    assert_eq!(
        values(&summary(&body), "namespace:a/pod:p/container:c"),
        "cpu/usage=2+"
    );
}

#[test]
fn a_stopped_container_does_not_hide_its_running_namesake() {
    let stopped = r#"{"name":"c","startTime":"2026-11-22T09:00:00Z"}"#;
    let running = r#"{"name":"c","startTime":"2026-11-22T09:59:59Z","cpu":{"usageCoreNanoSeconds":1}}"#;
    for list in [[stopped, running], [running, stopped]] {
        let body = pods(&[pod("a", "p", &format!(r#","containers":[{}]"#, list.join(",")))]);
        assert_eq!(
            values(&summary(&body), "namespace:a/pod:p/container:c"),
            "cpu/usage=1+ uptime=1000+"
        );
    }
}

#[test]
fn of_a_repeated_field_the_last_usable_value_counts() {
    let number = |fields: &str| {
        values(
            &summary(&format!(r#"{{"node":{{"memory":{{{fields}}}}}}}"#)),
            "node:n1",
        )
    };
    assert_eq!(number(r#""rssBytes":1,"rssBytes":2"#), "memory/rss=2");
    for unusable in ["null", "-1", "-0.5", "\"3\"", "{}", "[4]"] {
        assert_eq!(
            number(&format!(r#""rssBytes":1,"rssBytes":{unusable}"#)),
            "memory/rss=1",
            "{unusable}"
        );
    }
}

#[test]
fn a_repeated_block_adds_its_fields() {
    let body =
        r#"{"node":{"cpu":{"usageCoreNanoSeconds":1}},"node":{"fs":{"usedBytes":2}},"pods":[],"pods":[{}]}"#;
    let scraped = summary(body);
    assert_eq!(keys(&scraped), ["node:n1"]);
    assert_eq!(
        values(&scraped, "node:n1"),
        "cpu/usage=1+ ephemeral_storage/usage=2"
    );
}

#[test]
fn a_repeated_sample_time_stays_as_it_is() {
    let body = r#"{"node":{"cpu":{"time":"2026-11-22T09:59:50Z","usageCoreNanoSeconds":1}}}"#;
    let (mut decoder, _) = decoder();
    for _ in 0..2 {
        let scraped = decoder.summary(body.as_bytes(), now()).unwrap();
        assert_eq!(
            set(&scraped, "node:n1").times.scrape,
            time("2026-11-22T09:59:50Z")
        );
    }
}

#[test]
fn of_two_custom_metrics_of_one_name_the_last_counts() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","containers":[{"name":"c","userDefinedMetrics":[
            {"name":"qps","type":"gauge","value":1,"labels":{"a":"1"}},{"name":"other","type":"gauge","value":2},
            {"name":"qps","type":"gauge","value":3,"labels":{"a":"2"}}]}]"#,
    )]);
    assert_eq!(
        values(&summary(&body), "namespace:a/pod:p/container:c"),
        "custom=3.0 custom=2.0"
    );
}

#[test]
fn system_containers_that_end_up_with_one_name_are_one() {
    let body = r#"{"node":{"systemContainers":[
        {"name":"runtime","startTime":"2026-11-22T09:00:00Z","memory":{"rssBytes":1}},
        {"name":"docker-daemon","startTime":"2026-11-22T08:00:00Z","memory":{"rssBytes":2}}]}}"#;
    assert_eq!(
        values(&summary(body), "node:n1/container:docker-daemon"),
        "memory/rss=1 uptime=3600000+"
    );
}
