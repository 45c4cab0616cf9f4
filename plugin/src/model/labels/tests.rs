//! Labels, flat and over each other.

use super::*;
use proptest::prelude::*;

#[test]
fn pairs_are_sorted_and_the_later_of_two_stays() {
    let labels = Labels::from_pairs([("b", "1"), ("a", "2"), ("b", "3")]);
    assert_eq!(labels.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
    assert_eq!(labels.get("b"), Some("3"));
    assert_eq!(labels.get("c"), None);
}

fn pairs(all: &[(u8, u8)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(key, value)| (format!("k{key}"), value.to_string()))
        .collect()
}

proptest! {
    #[test]
    fn labels_over_others_are_as_if_all_were_one_list(
        levels in prop::collection::vec(prop::collection::vec((0u8..40, any::<u8>()), 0..12), 1..7),
    ) {
        let mut flat = Vec::new();
        let mut labels = Labels::default();
        for (at, level) in levels.iter().enumerate() {
            flat.extend(pairs(level));
            labels = match at {
                0 => Labels::from_pairs(pairs(level)),
                _ => Labels::over(&Arc::new(labels), pairs(level)),
            };
        }
        let expected = Labels::from_pairs(flat);
        prop_assert!(labels.iter().eq(expected.iter()));
        prop_assert_eq!(labels.iter().len(), expected.iter().count());
        prop_assert_eq!(&labels, &expected);
        for key in 0u8..40 {
            let key = format!("k{key}");
            prop_assert_eq!(labels.get(&key), expected.get(&key));
        }
    }
}

#[test]
fn a_set_that_lies_over_another_shares_its_own_pairs() {
    let [pod, other] = ["p", "q"].map(|name| Arc::new(Labels::from_pairs([("pod", name), ("type", "pod")])));
    let container = Labels::over(&pod, [("type", "container")]);
    let moved = container.rebased(&other);
    assert!(Arc::ptr_eq(&container.own, &moved.own));
    assert_eq!(
        moved.iter().collect::<Vec<_>>(),
        [("pod", "q"), ("type", "container")]
    );
    assert!(Arc::ptr_eq(container.base().unwrap(), &pod));
    assert!(size_of::<Labels>() <= 48);
}
