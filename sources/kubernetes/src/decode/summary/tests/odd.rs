//! Answers that are not as they should be.

use super::{REAL, pod, pods};
use crate::decode::testing::{decoder, keys, labeled, now, set, summary, time, values};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

#[test]
fn absent_null_negative_and_mistyped_fields_are_left_out_one_by_one() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","startTime":null,"cpu":null,"memory":{"usageBytes":null,"rssBytes":-5,"workingSetBytes":"many","pageFaults":true,
              "majorPageFaults":[1,{"a":2}],"time":{"x":[]}},"network":[],"volume":null,"ephemeral-storage":"none",
           "containers":[null,7,"c",[],{"name":3},{"name":"c","cpu":{"usageCoreNanoSeconds":{},"time":12}}]"#,
    )]);
    let scraped = summary(&body);
    assert_eq!(
        keys(&scraped),
        ["namespace:a/pod:p", "namespace:a/pod:p/container:c", "node:n1"]
    );
    for key in keys(&scraped) {
        assert_eq!(
            (values(&scraped, &key), labeled(&scraped, &key)),
            Default::default(),
            "{key}"
        );
    }
}

#[test]
fn large_and_fractional_numbers_are_held_inside_the_range() {
    let number = |text: &str| {
        let body = format!(r#"{{"node":{{"cpu":{{"usageCoreNanoSeconds":{text}}}}}}}"#);
        values(&summary(&body), "node:n1")
    };
    assert_eq!(number("1.5e9"), "cpu/usage=1500000000+");
    assert_eq!(number("2.9"), "cpu/usage=2+");
    for huge in [
        "9223372036854775808",
        "18446744073709551615",
        "99999999999999999999",
        "1e300",
    ] {
        assert_eq!(number(huge), "cpu/usage=9223372036854775807+", "{huge}");
    }
    assert_eq!(number("9223372036854775806"), "cpu/usage=9223372036854775806+");
    for negative in ["-1", "-9223372036854775808", "-1.5", "-1e300"] {
        assert_eq!(number(negative), "", "{negative}");
    }
    assert_eq!(number("0"), "cpu/usage=0+");
}

#[test]
fn the_node_is_called_as_the_api_calls_it() {
    for name in [r#""nodeName":"other","#, r#""nodeName":null,"#, ""] {
        let body = format!(r#"{{"node":{{{name}"cpu":{{"usageCoreNanoSeconds":1}}}}}}"#);
        assert_eq!(keys(&summary(&body)), ["node:n1"]);
    }
}

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
fn a_terminated_container_without_figures_still_makes_a_set() {
    let body = pods(&[pod(
        "a",
        "p",
        r#","containers":[{"name":"done","startTime":null,"cpu":{},"memory":{}}]"#,
    )]);
    assert_eq!(values(&summary(&body), "namespace:a/pod:p/container:done"), "");
}

#[test]
fn a_start_in_the_future_is_an_uptime_of_zero() {
    let body = r#"{"node":{"startTime":"2027-01-01T00:00:00Z"}}"#;
    assert_eq!(values(&summary(body), "node:n1"), "uptime=0+");
}

#[test]
fn year_one_and_garbage_are_no_times() {
    for text in [r#""0001-01-01T00:00:00Z""#, r#""soon""#, "null", "17", r#""""#] {
        let body = format!(r#"{{"node":{{"startTime":{text},"cpu":{{"time":{text}}}}}}}"#);
        let scraped = summary(&body);
        assert_eq!(set(&scraped, "node:n1").times, Default::default(), "{text}");
        assert_eq!(values(&scraped, "node:n1"), "");
    }
}

#[test]
fn fields_may_come_in_any_order_and_names_may_hold_escapes() {
    let body = r#"{"pods":[{"containers":[{"cpu":{"usageCoreNanoSeconds":1},"name":"c"}],
        "podRef":{"uid":"u","namespace":"\u0061","name":"p\u002d1"}}],"node":{}}"#;
    assert_eq!(
        keys(&summary(body)),
        [
            "namespace:a/pod:p-1",
            "namespace:a/pod:p-1/container:c",
            "node:n1"
        ]
    );
}

#[test]
fn names_that_nothing_can_have_make_no_set() {
    let body = pods(&[
        pod("a", "p/pod:q", r#","containers":[{"name":"c"}]"#),
        pod("", "p", ""),
        pod("a", "", ""),
        pod("a", "p", r#","containers":[{"name":""},{"name":"x/y"}]"#),
        "{}".to_owned(),
    ]);
    assert_eq!(keys(&summary(&body)), ["namespace:a/pod:p", "node:n1"]);
}

#[test]
fn what_is_no_whole_json_object_is_an_error_that_says_where() {
    let half = REAL.split_at(REAL.len() / 2).0;
    for (body, text) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("[]", "expected a JSON object"),
        ("null", "expected a JSON object"),
        ("<html>", "expected value at line 1 column 1"),
        ("{} {}", "trailing characters at line 1 column 4"),
        (half, "EOF while parsing"),
        (r#"{"node":{"cpu":01}}"#, "invalid number"),
    ] {
        let error = decoder()
            .0
            .summary(body.as_bytes(), now())
            .unwrap_err()
            .to_string();
        assert!(error.contains(text), "{error}");
        assert!(
            error.contains(&format!("{} bytes is no stats summary", body.len())),
            "{error}"
        );
    }
}

#[test]
fn deep_nesting_is_an_error_or_skipped_but_no_overflow() {
    let deep = |open: &str, close: &str| {
        format!(
            r#"{{"node":{{"cpu":{}{}}}}}"#,
            open.repeat(100_000),
            close.repeat(100_000)
        )
    };
    for body in [deep("[", "]"), deep(r#"{"a":"#, "}")] {
        decoder().0.summary(body.as_bytes(), now()).ok();
    }
}

#[test]
fn bytes_that_are_no_utf8_spoil_their_own_text_only() {
    let mut body = pods(&[pod("a", "p", "")]).into_bytes();
    body.extend_from_slice(b" ");
    let at = body.iter().rposition(|byte| *byte == b'p').unwrap();
    body[at] = 0xff;
    let scraped = decoder().0.summary(&body, now()).unwrap();
    assert_eq!(scraped.sets()[1].entity.key(), "node:n1");
}

/// A summary in which anything may stand anywhere.
fn shaped() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[ -~]{0,12}".prop_map(Json::from),
        Just(json!("2026-11-22T09:00:00Z")),
    ];
    let key = prop::sample::select(vec![
        "node",
        "nodeName",
        "pods",
        "podRef",
        "name",
        "namespace",
        "uid",
        "startTime",
        "cpu",
        "memory",
        "network",
        "fs",
        "time",
        "systemContainers",
        "containers",
        "volume",
        "ephemeral-storage",
        "rootfs",
        "logs",
        "accelerators",
        "make",
        "userDefinedMetrics",
        "type",
        "value",
        "usedBytes",
        "usageBytes",
        "usageCoreNanoSeconds",
        "rxBytes",
        "inodes",
        "other",
    ]);
    leaf.prop_recursive(6, 120, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((key.clone(), inner), 0..8).prop_map(|pairs| pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

/// Replaces the `at`th value of `tree`, counted in depth, by `by`.
fn replace(tree: &mut Json, at: &mut usize, by: &Json) {
    if *at == 0 {
        *tree = by.clone();
    }
    *at = at.wrapping_sub(1);
    match tree {
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, at, by)),
        Json::Object(fields) => fields.values_mut().for_each(|field| replace(field, at, by)),
        _ => {}
    }
}

fn survives(body: &[u8]) {
    let (mut decoder, _) = decoder();
    for _ in 0..2 {
        let Ok(scraped) = decoder.summary(body, now()) else {
            continue;
        };
        let mut keys = keys(&scraped);
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all, "a key occurs twice");
        for set in scraped.sets() {
            assert!(
                scraped
                    .points(set)
                    .iter()
                    .all(|point| point.value().as_f64().is_finite())
            );
        }
    }
    decoder.container_stats(body, now()).ok();
}

proptest! {
    #[test]
    fn any_json_shaped_like_a_summary_is_read_without_harm(node in shaped(), pods in shaped()) {
        survives(json!({"node": node, "pods": pods}).to_string().as_bytes());
        survives(node.to_string().as_bytes());
    }

    #[test]
    fn a_real_summary_with_one_value_replaced_is_read_without_harm(mut at in 0_usize..220, by in shaped()) {
        let mut tree: Json = serde_json::from_str(REAL).unwrap();
        replace(&mut tree, &mut at, &by);
        survives(tree.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_read_without_harm(body in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&body);
    }

    #[test]
    fn a_real_summary_cut_anywhere_is_an_error(cut in 0..REAL.trim_end().len()) {
        let body = &REAL.as_bytes()[..cut];
        prop_assert!(decoder().0.summary(body, now()).is_err());
    }
}
