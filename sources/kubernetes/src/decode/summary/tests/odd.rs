//! Answers that are not as they should be.

use super::{REAL, pod, pods};
use crate::decode::testing::{decoder, keys, labeled, now, set, summary, values};

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
fn fractions_are_cut_off_and_numbers_outside_the_range_left_out() {
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
        assert_eq!(number(huge), "", "{huge}");
    }
    assert_eq!(number("9223372036854775807"), "cpu/usage=9223372036854775807+");
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
        ("{}", "neither \"node\" nor \"pods\" is in it"),
        (r#"{"items":[]}"#, "neither \"node\" nor \"pods\" is in it"),
        (r#"{"pods":[]} {}"#, "trailing characters at line 1 column 13"),
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
