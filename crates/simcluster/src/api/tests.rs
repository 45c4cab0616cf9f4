//! Lists and watches as clients see them; time is held.

mod watches;

use super::*;
use crate::answer::Recipe;
use crate::clock::Clock;
use crate::config::Config;
use crate::shape::EPOCH;
use crate::state::State;
use crate::world::FIRST_VERSION;
use http::Method;
use serde_json::Value;

pub(super) fn state() -> State {
    let config = Config {
        shape: Shape {
            nodes: 3,
            pods: 4,
            namespaces: 2,
            ..Shape::default()
        },
        clock: Clock::held(EPOCH + 100_000),
        ..Config::default()
    };
    State::new(&config, 10_250)
}

pub(super) fn get(state: &State, path: &str) -> Answer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    state.api().answer(&Method::GET, path, query)
}

pub(super) fn json(state: &State, path: &str) -> Value {
    serde_json::from_slice(&get(state, path).bytes()).unwrap()
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["metadata"]["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_kind_is_listed_under_the_newest_version() {
    let state = state();
    for (plural, kind, count) in [
        ("nodes", "NodeList", 3),
        ("pods", "PodList", 12),
        ("namespaces", "NamespaceList", 2),
    ] {
        let list = json(&state, &format!("/api/v1/{plural}"));
        assert_eq!(list["kind"], kind);
        assert_eq!(list["items"].as_array().unwrap().len(), count);
        assert_eq!(list["metadata"]["resourceVersion"], FIRST_VERSION.to_string());
        assert!(list["metadata"].get("continue").is_none());
    }
}

#[test]
fn pages_together_are_the_whole_list() {
    let state = state();
    let whole = names(&json(&state, "/api/v1/pods"));
    let (mut paged, mut path) = (Vec::new(), "/api/v1/pods?limit=5".to_owned());
    for left in [7, 2] {
        let page = json(&state, &path);
        assert_eq!(page["metadata"]["remainingItemCount"], left);
        paged.extend(names(&page));
        let token = page["metadata"]["continue"].as_str().unwrap();
        path = format!("/api/v1/pods?limit=5&continue={token}");
    }
    let last = json(&state, &path);
    paged.extend(names(&last));
    assert!(last["metadata"].get("continue").is_none());
    assert_eq!(paged, whole);
}

#[test]
fn a_page_keeps_the_version_of_the_first() {
    let state = state();
    let first = json(&state, "/api/v1/nodes?limit=2");
    state.store().set_ready(0, false);
    let token = first["metadata"]["continue"].as_str().unwrap();
    let second = json(&state, &format!("/api/v1/nodes?limit=2&continue={token}"));
    assert_eq!(
        second["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
}

#[test]
fn a_page_from_before_the_log_is_gone() {
    let state = state();
    let first = json(&state, "/api/v1/nodes?limit=2");
    state.store().trim();
    let token = first["metadata"]["continue"].as_str().unwrap();
    let answer = get(&state, &format!("/api/v1/nodes?limit=2&continue={token}"));
    assert_eq!(answer.status, Some(410));
    let status: Value = serde_json::from_slice(&answer.bytes()).unwrap();
    assert_eq!(
        (&status["reason"], &status["code"]),
        (&"Expired".into(), &410.into())
    );
}

#[test]
fn pods_are_chosen_by_node_and_namespace() {
    let state = state();
    let of_node = json(&state, "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-00001");
    assert_eq!(names(&of_node).len(), 4);
    assert!(names(&of_node).iter().all(|name| name.starts_with("web-00001-")));
    let of_namespace = json(&state, "/api/v1/namespaces/ns-01/pods?limit=4");
    assert_eq!(names(&of_namespace).len(), 4);
    let token = of_namespace["metadata"]["continue"].as_str().unwrap();
    let rest = json(
        &state,
        &format!("/api/v1/namespaces/ns-01/pods?limit=4&continue={token}"),
    );
    assert_eq!(names(&rest).len(), 2);
    assert_eq!(
        get(&state, "/api/v1/pods?fieldSelector=spec.other%3Dx").status,
        Some(400)
    );
}

#[test]
fn an_object_is_found_by_its_name_with_its_kind() {
    let state = state();
    let node = json(&state, "/api/v1/nodes/node-00002");
    assert_eq!(
        (&node["kind"], &node["apiVersion"]),
        (&"Node".into(), &"v1".into())
    );
    let address = &node["status"]["addresses"][0];
    assert_eq!(
        (&address["type"], &address["address"]),
        (&"InternalIP".into(), &"127.1.0.3".into())
    );
    assert_eq!(
        node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"],
        10_250
    );
    assert_eq!(get(&state, "/api/v1/nodes/node-00009").status, Some(404));
    assert_eq!(
        get(&state, "/api/v1/namespaces/ns-00/pods/web-00000-000-0").status,
        Some(200)
    );
}

#[test]
fn a_pod_says_what_the_function_says() {
    let state = state();
    let pod = state.store().read().pods_of(1)[2];
    let requests = state.shape().requests(&pod, 0);
    let object = json(&state, "/api/v1/namespaces/ns-01/pods/web-00001-002-0");
    let container = &object["spec"]["containers"][0];
    assert_eq!(
        container["resources"]["requests"]["cpu"],
        format!("{}m", requests.cpu_request_millis)
    );
    assert_eq!(
        container["resources"]["limits"]["memory"],
        requests.memory_limit_bytes.to_string()
    );
    assert_eq!(object["spec"]["nodeName"], "node-00001");
    assert_eq!(
        object["status"]["startTime"],
        object["metadata"]["creationTimestamp"]
    );
}

#[test]
fn a_node_that_is_not_ready_says_so() {
    let config = Config {
        shape: Shape {
            nodes: 4,
            pods: 0,
            ..Shape::default()
        },
        unready: 1,
        faults: vec![(crate::modes::Mode::Hang, 2)],
        ..Config::default()
    };
    let state = State::new(&config, 0);
    let nodes = json(&state, "/api/v1/nodes");
    let ready: Vec<&str> = nodes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["status"]["conditions"][3]["status"].as_str().unwrap())
        .collect();
    assert_eq!(ready, ["True", "False", "True", "True"]);
    assert_eq!(state.behaviour(3).unwrap().mode, crate::modes::Mode::Hang);
    assert_eq!(state.behaviour(1).unwrap().mode, crate::modes::Mode::Ok);
}

#[test]
fn odd_questions_are_refused_as_an_api_server_does() {
    let state = state();
    assert_eq!(get(&state, "/api/v1/secrets").status, Some(404));
    assert_eq!(get(&state, "/api/v1/namespaces/ns-00/nodes").status, Some(404));
    assert_eq!(get(&state, "/api/v1/pods?limit=many").status, Some(400));
    assert_eq!(get(&state, "/api/v1/pods?continue=forged").status, Some(400));
    let post = state.api().answer(&Method::POST, "/api/v1/pods", "");
    assert_eq!(post.status, Some(405));
    assert_eq!(json(&state, "/version")["minor"], "34");
}

#[test]
fn the_server_answers_as_its_mode_has_it() {
    let state = state();
    state.api().set_mode(ApiMode::Status(503));
    assert_eq!(get(&state, "/api/v1/nodes").status, Some(503));
    state.api().set_mode(ApiMode::Dead);
    assert_eq!(get(&state, "/api/v1/nodes").status, None);
    state.api().set_mode(ApiMode::Ok);
    assert_eq!(get(&state, "/api/v1/nodes").status, Some(200));
}
