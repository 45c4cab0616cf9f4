//! What is remembered from one answer to the next.

use super::{pod, pods};
use crate::decode::testing::{decoder, now, set};
use std::sync::Arc;

const CONTAINER: &str =
    r#","volume":[{"name":"v","usedBytes":1}],"containers":[{"name":"c","rootfs":{"usedBytes":1}}]"#;

#[test]
fn entities_and_labels_are_the_same_from_answer_to_answer() {
    let body = pods(&[pod("a", "p", CONTAINER)]);
    let (mut decoder, _) = decoder();
    let first = decoder.summary(body.as_bytes(), now()).unwrap();
    let second = decoder.summary(body.as_bytes(), now()).unwrap();
    assert_eq!(first.sets().len(), 3);
    for (one, two) in first.sets().iter().zip(second.sets()) {
        assert!(Arc::ptr_eq(&one.entity, &two.entity));
        assert!(Arc::ptr_eq(&one.labels, &two.labels));
        for (one, two) in first.labeled(one).iter().zip(second.labeled(two)) {
            assert!(Arc::ptr_eq(&one.labels, &two.labels));
        }
    }
}

#[test]
fn what_an_answer_does_not_name_is_forgotten() {
    let (mut decoder, model) = decoder();
    decoder
        .summary(
            pods(&[pod("a", "p", CONTAINER), pod("a", "q", "")]).as_bytes(),
            now(),
        )
        .unwrap();
    assert_eq!(decoder.remembered(), 3);
    assert!(model.entities.find("namespace:a/pod:p").is_some());
    decoder
        .summary(pods(&[pod("a", "q", "")]).as_bytes(), now())
        .unwrap();
    assert_eq!(decoder.remembered(), 1);
    assert!(model.entities.find("namespace:a/pod:p").is_none());
}

#[test]
fn a_broken_answer_makes_nothing_forgotten() {
    let (mut decoder, _) = decoder();
    let body = pods(&[pod("a", "p", CONTAINER)]);
    decoder.summary(body.as_bytes(), now()).unwrap();
    assert!(decoder.summary(&body.as_bytes()[..40], now()).is_err());
    assert_eq!(decoder.remembered(), 2);
}

#[test]
fn a_pod_that_was_made_anew_gets_new_labels() {
    let (mut decoder, _) = decoder();
    let body = pods(&[pod("a", "p", CONTAINER)]);
    decoder.summary(body.as_bytes(), now()).unwrap();
    let body = body.replace("uid-p", "uid-2");
    let scraped = decoder.summary(body.as_bytes(), now()).unwrap();
    for key in ["namespace:a/pod:p", "namespace:a/pod:p/container:c"] {
        assert_eq!(set(&scraped, key).labels.get("pod_id"), Some("uid-2"));
    }
    assert_eq!(decoder.remembered(), 2);
}

#[test]
fn a_known_answer_takes_less_than_one_allocation_an_entity() {
    let all: Vec<String> = (0..50).map(|n| pod("a", &format!("p{n}"), CONTAINER)).collect();
    let body = pods(&all);
    let (mut decoder, _) = decoder();
    decoder.summary(body.as_bytes(), now()).unwrap();
    let counted = allocation_counter::measure(|| {
        let scraped = decoder.summary(body.as_bytes(), now()).unwrap();
        assert_eq!(scraped.sets().len(), 101);
    });
    assert!(counted.count_total <= 101, "{} allocations", counted.count_total);
}
