//! The product's decoders understand the answers, and find the values of the function.

use super::*;
use crate::values::CAPACITY_BYTES;
use heapster_plugin::model::{MetricId, Model, Scraped, ScrapedSet, Timestamp, Value as Measured, id};
use heapster_source_kubernetes::decode::{Decoder, NodeLabels};
use std::sync::Arc;

fn decoder() -> Decoder {
    let node = NodeLabels {
        name: "node-00000".into(),
        hostname: "node-00000".into(),
        host_id: "".into(),
        schedulable: None,
    };
    Decoder::new(Arc::new(Model::default()), &node)
}

fn now() -> Timestamp {
    Timestamp::from_secs(NOW)
}

fn set<'a>(scraped: &'a Scraped, key: &str) -> &'a ScrapedSet {
    let found = scraped.sets().iter().find(|set| set.entity.key() == key);
    found.unwrap_or_else(|| panic!("no set {key}"))
}

fn value(scraped: &Scraped, key: &str, metric: MetricId) -> Option<u64> {
    let points = scraped.points(set(scraped, key));
    let point = points.iter().find(|point| point.metric() == metric)?;
    match point.value() {
        Measured::Int(value) => u64::try_from(value).ok(),
        Measured::Float(_) => None,
    }
}

fn expected(state: &State) -> (Pod, Usage) {
    let pod = state.store().read().pods_of(0)[2];
    (pod, state.shape().container(&pod, 0, NOW).usage(NOW))
}

const POD: &str = "namespace:ns-02/pod:web-00000-002-0";

#[test]
fn a_decoded_summary_holds_the_values_of_the_function() {
    let state = state();
    let scraped = decoder().summary(&text(&state, 0, Page::Summary), now()).unwrap();
    let (pod, usage) = expected(&state);
    let container = format!("{POD}/container:main");
    for (metric, wanted) in [
        (id::CPU_USAGE, usage.cpu_nanos),
        (id::MEMORY_WORKING_SET, usage.working_set),
        (id::MEMORY_USAGE, usage.usage),
        (id::MEMORY_RSS, usage.rss),
        (id::MEMORY_PAGE_FAULTS, usage.page_faults),
    ] {
        assert_eq!(value(&scraped, &container, metric), Some(wanted));
    }
    let entity = state.shape().pod(&pod);
    let network = entity.network(NOW);
    assert_eq!(value(&scraped, POD, id::NETWORK_RX), Some(network.rx_bytes));
    assert_eq!(value(&scraped, POD, id::NETWORK_TX), Some(network.tx_bytes));
    let started = Timestamp::from_secs(entity.start);
    assert_eq!(set(&scraped, POD).times.collection_start, Some(started));
    assert_eq!(set(&scraped, POD).times.scrape, Some(now()));
}

#[test]
fn a_summary_makes_a_set_of_each_entity() {
    let state = state();
    let scraped = decoder().summary(&text(&state, 0, Page::Summary), now()).unwrap();
    let pods = state.store().read().pods_of(0).to_vec();
    let containers: u32 = pods.iter().map(|pod| state.shape().containers(pod)).sum();
    // The node and its three system containers.
    let wanted = 4 + pods.len() + usize::try_from(containers).unwrap();
    assert_eq!(scraped.sets().len(), wanted);
    let volume = scraped.labeled(set(&scraped, POD));
    assert!(
        volume
            .iter()
            .any(|labeled| labeled.point.value() == Measured::Int(i64::try_from(CAPACITY_BYTES).unwrap()))
    );
}

#[test]
fn decoded_container_stats_hold_the_same_values() {
    let state = state();
    let mut decoder = decoder();
    let scraped = decoder
        .container_stats(&text(&state, 0, Page::ContainerStats), now())
        .unwrap();
    let (pod, usage) = expected(&state);
    let container = format!("{POD}/container:main");
    assert_eq!(value(&scraped, &container, id::CPU_USAGE), Some(usage.cpu_nanos));
    assert_eq!(
        value(&scraped, &container, id::MEMORY_WORKING_SET),
        Some(usage.working_set)
    );
    let network = state.shape().pod(&pod).network(NOW);
    assert_eq!(value(&scraped, POD, id::NETWORK_RX), Some(network.rx_bytes));
    assert!(
        scraped
            .sets()
            .iter()
            .any(|set| set.entity.key() == "node:node-00000")
    );
}

#[test]
fn each_lie_is_decoded_or_refused_but_never_breaks_the_decoder() {
    let modes = [
        Lie::Negative,
        Lie::Wrapped,
        Lie::Types,
        Lie::Repeated,
        Lie::Duplicate,
        Lie::Nameless,
        Lie::Fallen,
    ];
    let mut decoder = decoder();
    for lie in modes {
        let state = state();
        state.set_mode(0, Mode::Lie(lie));
        let read = decoder.summary(&text(&state, 0, Page::Summary), now());
        assert!(read.is_ok(), "{lie:?}: {read:?}");
        let read = decoder.container_stats(&text(&state, 0, Page::ContainerStats), now());
        assert!(read.is_ok(), "{lie:?}: {read:?}");
    }
    let state = state();
    state.set_mode(0, Mode::Cut);
    assert!(decoder.summary(&text(&state, 0, Page::Summary), now()).is_err());
}
