//! Answers made by chance.

use super::REAL;
use crate::decode::testing::{decoder, keys, now};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

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
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
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
