//! What holds for every answer, readable or not. The fuzzer and the replay of its seeds share it.

use heapster_plugin::model::{Model, Scraped, Timestamp};
use heapster_source_kubernetes::decode::{Decoder, NodeLabels};
use std::collections::HashSet;
use std::sync::Arc;

/// Reads `body` twice as each of the two answers; panics when something does not hold. Says whether it was readable.
pub(crate) fn both(body: &[u8]) -> [bool; 2] {
    [Decoder::summary, Decoder::container_stats].map(|read| {
        let mut decoder = decoder();
        // 2026-11-22T10:00:00Z
        let now = Timestamp::from_secs(1_795_341_600);
        let first = read(&mut decoder, body, now).ok();
        let second = read(&mut decoder, body, now).ok();
        match (&first, &second) {
            (Some(first), Some(second)) => {
                sound(first);
                assert_eq!(rendered(first), rendered(second), "the second reading differs");
                assert!(decoder.remembered() <= first.sets().len());
            }
            (None, None) => {}
            _ => panic!("one reading of two failed"),
        }
        first.is_some()
    })
}

fn decoder() -> Decoder {
    let node = NodeLabels {
        name: "n1".into(),
        hostname: "n1.example".into(),
        host_id: "".into(),
        schedulable: Some(true),
    };
    Decoder::new(Arc::new(Model::default()), &node)
}

/// Every entity has one set, every metric one value in it, and no value is infinite.
fn sound(scraped: &Scraped) {
    let mut entities = HashSet::new();
    for set in scraped.sets() {
        let key = set.entity.key();
        assert!(entities.insert(key.to_owned()), "{key} occurs twice");
        let mut metrics = HashSet::new();
        for point in scraped.points(set) {
            assert!(metrics.insert(point.metric()), "{key} has a metric twice");
            assert!(point.value().as_f64().is_finite(), "{key} has an infinite value");
        }
        for labeled in scraped.labeled(set) {
            assert!(
                !labeled.labels.is_empty(),
                "{key} has a labeled value without labels"
            );
        }
    }
}

fn rendered(scraped: &Scraped) -> Vec<String> {
    let mut all: Vec<String> = scraped
        .sets()
        .iter()
        .map(|set| {
            let (points, labeled) = (scraped.points(set), scraped.labeled(set));
            format!(
                "{} {:?} {:?} {points:?} {labeled:?}",
                set.entity.key(),
                set.labels,
                set.times
            )
        })
        .collect();
    all.sort();
    all
}
