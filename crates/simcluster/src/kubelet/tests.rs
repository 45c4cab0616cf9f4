//! Against a recorded answer of a real kubelet, and against the decoders that read such answers.

mod decoded;
mod modes;

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::shape::EPOCH;
use crate::state::State;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const NOW: i64 = EPOCH + 100_000;

pub(super) fn state() -> State {
    let config = Config {
        shape: Shape {
            nodes: 2,
            pods: 5,
            ..Shape::default()
        },
        clock: Clock::held(NOW),
        ..Config::default()
    };
    State::new(&config, 10_250)
}

pub(super) fn text(state: &State, node: u32, page: Page) -> Vec<u8> {
    state.view(node).unwrap().answer(page).bytes()
}

pub(super) fn json(state: &State, node: u32, page: Page) -> Value {
    serde_json::from_slice(&text(state, node, page)).unwrap()
}

/// The paths of all fields; elements of lists count as one.
fn paths(value: &Value, at: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{at}.{name}");
                paths(field, &path, all);
                all.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, at, all)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_summary_has_the_fields_of_a_real_one() {
    let real = include_str!("../../../../sources/kubernetes/tests/fixtures/kubelet-1.34-summary.json");
    let real: Value = serde_json::from_str(real).unwrap();
    let (mut wanted, mut ours) = (BTreeSet::new(), BTreeSet::new());
    paths(&real, "", &mut wanted);
    paths(&json(&state(), 0, Page::Summary), "", &mut ours);
    // The recorded pod has no volume and shares the node's network, and its kubelet watches no processes.
    let absent = |path: &&String| {
        [".pods.volume", ".pods.network", ".pods.process_stats"]
            .iter()
            .any(|prefix| path.starts_with(prefix))
    };
    let more: Vec<_> = ours.difference(&wanted).filter(|path| !absent(path)).collect();
    let less: Vec<_> = wanted.difference(&ours).collect();
    assert!(less.is_empty(), "less: {less:?}");
    // Under containerd a container's page faults are not told; under other runtimes they are.
    assert_eq!(
        more,
        [
            ".pods.containers.memory.majorPageFaults",
            ".pods.containers.memory.pageFaults"
        ],
        "more"
    );
}

#[test]
fn a_summary_is_indented_as_a_real_one() {
    let text = String::from_utf8(text(&state(), 0, Page::Summary)).unwrap();
    assert!(
        text.starts_with("{\n \"node\": {\n  \"nodeName\": \"node-00000\",\n"),
        "{text}"
    );
}

#[test]
fn an_answer_follows_from_seed_and_second() {
    let (one, two) = (state(), state());
    for page in [Page::Summary, Page::ContainerStats, Page::Resource] {
        assert_eq!(text(&one, 0, page), text(&two, 0, page));
        assert_ne!(text(&one, 0, page), text(&one, 1, page));
    }
    two.clock().advance(1);
    assert_ne!(text(&one, 0, Page::Summary), text(&two, 0, Page::Summary));
}

#[test]
fn a_pod_uses_what_its_containers_use() {
    let summary = json(&state(), 0, Page::Summary);
    for pod in summary["pods"].as_array().unwrap() {
        let containers = pod["containers"].as_array().unwrap();
        for field in ["usageCoreNanoSeconds", "usageNanoCores"] {
            let sum: u64 = containers.iter().map(|c| c["cpu"][field].as_u64().unwrap()).sum();
            assert_eq!(pod["cpu"][field], sum);
        }
    }
}

#[test]
fn the_resource_page_lists_each_family_once() {
    let state = state();
    let text = String::from_utf8(text(&state, 0, Page::Resource)).unwrap();
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    assert_eq!(heads.len(), 8, "{heads:#?}");
    assert_eq!(heads.iter().collect::<BTreeSet<_>>().len(), 8);
    let world = state.store().read();
    let pod = world.pods_of(0)[0];
    let container = state.shape().container(&pod, 0, NOW);
    let line = format!(
        "container_memory_working_set_bytes{{container=\"main\",namespace=\"ns-00\",pod=\"web-00000-000-0\"}} {} {NOW}000",
        container.usage(NOW).working_set
    );
    assert!(text.lines().any(|found| found == line), "{line}\n{text}");
}

#[test]
fn pages_that_a_kubelet_lacks_are_not_found() {
    let config = Config {
        pages: vec![Page::Summary],
        ..Config::default()
    };
    let state = State::new(&config, 0);
    let post = state.kubelet_answer(0, &http::Method::POST, "/stats/container/");
    assert_eq!(post.status, Some(404));
    let get = state.kubelet_answer(0, &http::Method::GET, "/stats/summary");
    assert_eq!(get.status, Some(200));
}

#[test]
fn a_replaced_pod_is_in_the_next_answer() {
    let state = state();
    state.store().replace_pod(0, 1);
    let summary = json(&state, 0, Page::Summary);
    assert_eq!(summary["pods"][1]["podRef"]["name"], "web-00000-001-1");
    assert_eq!(summary["pods"][1]["cpu"]["usageCoreNanoSeconds"], 0);
}
