//! Tags as text.

use super::*;

fn rules(max: Option<usize>) -> TagRules {
    TagRules {
        cluster: "c 1".to_owned(),
        allowed: Vec::new(),
        renamed: Vec::new(),
        max,
    }
}

fn written(rules: &TagRules, form: Form, set: &[(&str, &str)], own: &[(&str, &str)]) -> String {
    let (set, own) = (Labels::from_pairs(set.to_vec()), Labels::from_pairs(own.to_vec()));
    let (mut chosen, mut out) = (Vec::new(), Vec::new());
    rules.choose(&set, Some(&own), &mut chosen);
    rules.write(form, &chosen, &mut Vec::new(), &mut out);
    String::from_utf8(out).unwrap()
}

fn json(rules: &TagRules, set: &[(&str, &str)]) -> String {
    written(rules, Form::Json, set, &[])
}

#[test]
fn names_and_values_are_cleaned_and_the_cluster_is_not() {
    let text = json(
        &rules(None),
        &[
            ("labels", "app:dns,tier:back end"),
            ("a\"b", "x/ü\u{20ac}"),
            ("pod_id", ""),
        ],
    );
    assert_eq!(
        text,
        r#"{"a_b":"x/__","cluster":"c 1","labels":"app_dns_tier_back_end"}"#
    );
}

#[test]
fn a_value_s_own_labels_win_over_those_of_its_set() {
    let text = written(
        &rules(None),
        Form::Line,
        &[("type", "pod"), ("resource_id", "set")],
        &[("resource_id", "/dev/sda1"), ("make", "x")],
    );
    assert_eq!(text, " cluster=c 1 make=x resource_id=/dev/sda1 type=pod");
}

#[test]
fn of_two_names_that_become_one_the_first_is_sent() {
    let text = json(&rules(None), &[("a:b", "1"), ("a;b", "2"), ("cluster", "label")]);
    assert_eq!(text, r#"{"a_b":"1","cluster":"c 1"}"#);
}

#[test]
fn without_any_tag_the_object_is_empty() {
    let rules = TagRules {
        cluster: String::new(),
        ..rules(None)
    };
    assert_eq!(json(&rules, &[]), "{}");
    assert_eq!(json(&rules, &[("cluster", "label")]), r#"{"cluster":"label"}"#);
}

#[test]
fn labels_may_be_left_out_and_renamed() {
    let rules = TagRules {
        allowed: vec!["type".to_owned(), "pod_name".to_owned(), "pod_id".to_owned()],
        renamed: vec![
            ("pod_name".to_owned(), "pod".to_owned()),
            ("pod_id".to_owned(), "cluster".to_owned()),
        ],
        ..rules(None)
    };
    let text = json(
        &rules,
        &[
            ("type", "pod"),
            ("pod_name", "web"),
            ("pod_id", "1"),
            ("host_id", "2"),
        ],
    );
    assert_eq!(text, r#"{"cluster":"c 1","pod":"web","type":"pod"}"#);
}

#[test]
fn of_a_container_s_tags_eight_still_tell_it_from_the_others() {
    let set = [
        "container_base_image",
        "container_name",
        "host_id",
        "hostname",
        "labels",
        "namespace_id",
        "namespace_name",
        "nodename",
        "pod_id",
        "pod_name",
        "type",
        "zone",
    ];
    let set = set.map(|key| (key, "x"));
    let keys = |max| {
        let mut chosen = Vec::new();
        let set = Labels::from_pairs(set);
        rules(Some(max)).choose(&set, None, &mut chosen);
        chosen
            .iter()
            .map(|(key, _)| (*key).to_owned())
            .collect::<Vec<_>>()
    };
    let eight = [
        "container_name",
        "namespace_name",
        "nodename",
        "pod_id",
        "pod_name",
        "type",
        "zone",
    ];
    assert_eq!(keys(8), eight);
    assert_eq!(
        keys(6),
        ["container_name", "namespace_name", "nodename", "pod_name", "type"]
    );
    assert_eq!(keys(3), ["nodename", "type"]);
    assert!(keys(1).is_empty());
}
