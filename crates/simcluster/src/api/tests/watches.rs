//! Watches.

use super::*;
use bytes::Bytes;
use tokio::sync::mpsc::Receiver;

struct Watching {
    chunks: Receiver<Bytes>,
    rest: Vec<u8>,
}

fn watch(state: &State, path: &str) -> Watching {
    let answer = get(state, path);
    assert_eq!(answer.status, Some(200));
    let Recipe::Channel(chunks) = answer.recipe else {
        panic!("no watch")
    };
    Watching {
        chunks,
        rest: Vec::new(),
    }
}

impl Watching {
    /// The next line; `None` at the end.
    async fn line(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            self.rest.extend_from_slice(&self.chunks.recv().await?);
        }
    }

    async fn kinds(&mut self, count: usize) -> Vec<String> {
        let mut kinds = Vec::new();
        for _ in 0..count {
            let line = self.line().await.unwrap();
            kinds.push(format!(
                "{} {}",
                line["type"].as_str().unwrap(),
                line["object"]["metadata"]["name"].as_str().unwrap_or("-")
            ));
        }
        kinds
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_tells_what_happened_since_the_list() {
    let state = state();
    state.store().replace_pod(0, 1);
    let mut watching = watch(&state, "/api/v1/pods?watch=true&resourceVersion=1000");
    state.store().set_ready(0, false);
    state.store().replace_pod(2, 3);
    assert_eq!(
        watching.kinds(4).await,
        [
            "DELETED web-00000-001-0",
            "ADDED web-00000-001-1",
            "DELETED web-00002-003-0",
            "ADDED web-00002-003-1"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn versions_rise_along_a_watch() {
    let state = state();
    let mut watching = watch(&state, "/api/v1/pods?watch=1&resourceVersion=1000");
    (0..5).for_each(|_| state.store().replace_pod(0, 0));
    let mut before = 1_000;
    for _ in 0..10 {
        let line = watching.line().await.unwrap();
        let version = line["object"]["metadata"]["resourceVersion"].as_str().unwrap();
        let version: u64 = version.parse().unwrap();
        assert!(version > before);
        before = version;
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_without_a_version_begins_with_what_is_there() {
    let state = state();
    let mut watching = watch(&state, "/api/v1/nodes?watch=true");
    assert_eq!(
        watching.kinds(3).await,
        ["ADDED node-00000", "ADDED node-00001", "ADDED node-00002"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_streamed_list_says_where_it_ends() {
    let state = state();
    let path = "/api/v1/namespaces?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let mut watching = watch(&state, path);
    assert_eq!(watching.kinds(2).await, ["ADDED ns-00", "ADDED ns-01"]);
    let end = watching.line().await.unwrap();
    assert_eq!(end["type"], "BOOKMARK");
    assert_eq!(
        end["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"],
        "true"
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_from_before_the_log_is_told_so_and_ends() {
    let state = state();
    state.store().trim();
    let mut watching = watch(&state, "/api/v1/pods?watch=true&resourceVersion=1000");
    let line = watching.line().await.unwrap();
    assert_eq!(
        (&line["type"], &line["object"]["code"]),
        (&"ERROR".into(), &410.into())
    );
    assert!(watching.line().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_lagged_behind_is_told_the_same() {
    let config = Config {
        shape: Shape {
            nodes: 1,
            pods: 1,
            ..Shape::default()
        },
        history: 4,
        ..Config::default()
    };
    let state = State::new(&config, 0);
    let mut watching = watch(&state, "/api/v1/pods?watch=true&resourceVersion=1000");
    (0..5).for_each(|_| state.store().replace_pod(0, 0));
    assert_eq!(watching.line().await.unwrap()["type"], "ERROR");
}

#[tokio::test(start_paused = true)]
async fn bookmarks_come_regularly_to_who_asked() {
    let state = state();
    let mut watching = watch(
        &state,
        "/api/v1/pods?watch=true&resourceVersion=1000&allowWatchBookmarks=true",
    );
    let first = watching.line().await.unwrap();
    assert_eq!(
        (&first["type"], &first["object"]["metadata"]["resourceVersion"]),
        (&"BOOKMARK".into(), &"1000".into())
    );
    state.store().set_ready(0, true);
    // A change of another kind moves the bookmark on.
    let second = watching.line().await.unwrap();
    assert_eq!(second["object"]["metadata"]["resourceVersion"], "1001");
    let mut without = watch(
        &state,
        "/api/v1/pods?watch=true&resourceVersion=1000&timeoutSeconds=300",
    );
    assert!(without.line().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_when_its_client_or_the_server_says() {
    let state = state();
    let started = tokio::time::Instant::now();
    let mut watching = watch(
        &state,
        "/api/v1/pods?watch=true&resourceVersion=1000&timeoutSeconds=30",
    );
    assert!(watching.line().await.is_none());
    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_version_of_the_future_is_refused() {
    let state = state();
    let answer = get(&state, "/api/v1/pods?watch=true&resourceVersion=99999");
    assert_eq!(answer.status, Some(504));
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_is_silent_and_tells_afterwards() {
    let state = state();
    let mut watching = watch(&state, "/api/v1/nodes?watch=true&resourceVersion=1000");
    state.api().set_mode(ApiMode::Dead);
    tokio::task::yield_now().await;
    state.store().set_ready(1, false);
    let silent = tokio::time::timeout(std::time::Duration::from_secs(600), watching.line()).await;
    assert!(silent.is_err());
    state.api().set_mode(ApiMode::Ok);
    assert_eq!(watching.kinds(1).await, ["MODIFIED node-00001"]);
}

#[tokio::test(start_paused = true)]
async fn broken_servers_end_their_watches() {
    let state = state();
    let mut watching = watch(&state, "/api/v1/nodes?watch=true&resourceVersion=1000");
    state.api().set_mode(ApiMode::Status(500));
    assert!(watching.line().await.is_none());
    state.api().set_mode(ApiMode::Ok);
    let mut watching = watch(&state, "/api/v1/nodes?watch=true&resourceVersion=1000");
    state.api().set_mode(ApiMode::Garbled);
    let line = watching.chunks.recv().await.unwrap();
    assert!(serde_json::from_slice::<Value>(&line).is_err());
    assert!(watching.chunks.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn events_are_watched_by_their_number() {
    let state = state();
    let mut watching = watch(&state, "/api/v1/events?watch=true&resourceVersion=1000");
    state.store().emit_events(3);
    for number in 0..3 {
        let line = watching.line().await.unwrap();
        assert_eq!(line["object"]["message"], format!("event {number}"));
    }
    let list = json(&state, "/api/v1/events");
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
}
