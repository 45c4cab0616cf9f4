//! Lists, pages, watches, bookmarks.

use crate::kinds::{NamespaceObject, NodeObject, PodObject};
use crate::testing::{Answer, Scene, Then, bookmark, event, page, pod, status, status_object};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

type Pods = Scene<PodObject>;

#[tokio::test(start_paused = true)]
async fn a_list_is_read_in_pages_and_followed_by_a_watch_from_its_version() {
    let scene = Pods::play(vec![
        page("7", "more", &[pod("b", "y", "2"), pod("b", "x", "1")]),
        page("7", "", &[pod("a", "z", "3")]),
    ]);
    scene.shows(&["a/z", "b/x", "b/y"]).await;
    let (_, first) = scene.request(0).await;
    assert!(
        first.starts_with("/api/v1/pods?") && first.contains("limit=500"),
        "{first}"
    );
    let (_, second) = scene.request(1).await;
    assert!(
        second.contains("limit=500") && second.contains("continue=more"),
        "{second}"
    );
    let (_, watch) = scene.request(2).await;
    for part in [
        "watch=true",
        "resourceVersion=7",
        "allowWatchBookmarks=true",
        "timeoutSeconds=2",
    ] {
        assert!(watch.contains(part), "{watch}");
    }
    assert_eq!(
        scene.counted.value("heapster_cluster_objects{kind=pods}"),
        Some(3.0)
    );
    assert_eq!(
        scene.counted.value("heapster_cluster_lists_total{kind=pods}"),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_list_shows_before_its_last_page() {
    let scene = Pods::play(vec![page("7", "more", &[pod("a", "x", "1")])]);
    scene.request(1).await;
    assert!(scene.table.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn changes_are_applied_one_by_one() {
    let mut changed = pod("a", "x", "4");
    changed["spec"]["nodeName"] = json!("n2");
    let scene = Pods::play(vec![
        page("1", "", &[pod("a", "x", "1")]),
        Answer::Parts(
            vec![
                event("ADDED", &pod("a", "y", "2")),
                event("ADDED", &pod("b", "z", "3")),
                event("MODIFIED", &changed) + &event("DELETED", &pod("a", "y", "5")),
            ],
            Then::Stay,
        ),
    ]);
    scene.shows(&["a/x", "b/z"]).await;
    assert_eq!(&*scene.table.get("a", "x").unwrap().node, "n2");
    assert_eq!(
        scene.counted.value("heapster_cluster_objects{kind=pods}"),
        Some(2.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_closed_goes_on_from_the_newest_bookmark_without_a_list() {
    let scene = Pods::play(vec![
        page("1", "", &[]),
        Answer::Parts(
            vec![event("ADDED", &pod("a", "x", "8")), bookmark("50")],
            Then::Close,
        ),
        Answer::Parts(vec![event("ADDED", &pod("a", "y", "51"))], Then::Stay),
    ]);
    scene.shows(&["a/x", "a/y"]).await;
    assert!(scene.request(2).await.1.contains("resourceVersion=50"));
    assert_eq!(
        scene.counted.value("heapster_cluster_lists_total{kind=pods}"),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_watches_at_once_is_asked_once_a_second() {
    let mut answers = vec![page("1", "", &[])];
    answers.extend((0..20).map(|_| Answer::Parts(Vec::new(), Then::Close)));
    let scene = Pods::play(answers);
    let (start, end) = (scene.request(1).await.0, scene.request(20).await.0);
    assert!(end - start >= Duration::from_secs(19), "{:?}", end - start);
}

#[tokio::test(start_paused = true)]
async fn gone_in_a_watch_gives_a_new_list_that_keeps_what_did_not_change() {
    let scene = Pods::play(vec![
        page("1", "", &[pod("a", "gone", "1"), pod("a", "stays", "1")]),
        Answer::Parts(
            vec![
                event("MODIFIED", &pod("a", "stays", "2")),
                event("ERROR", &status_object(410, "too old resource version")),
            ],
            Then::Stay,
        ),
        page("90", "", &[pod("a", "new", "80"), pod("a", "stays", "70")]),
    ]);
    scene.shows(&["a/gone", "a/stays"]).await;
    let known = scene.table.get("a", "stays").unwrap();
    scene.shows(&["a/new", "a/stays"]).await;
    assert!(Arc::ptr_eq(&known, &scene.table.get("a", "stays").unwrap()));
    assert_eq!(scene.failures("expired"), Some(1.0));
    assert_eq!(
        scene.counted.value("heapster_cluster_objects{kind=pods}"),
        Some(2.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_refused_at_the_start_of_a_watch_gives_a_new_list() {
    for code in [410, 504] {
        let scene = Pods::play(vec![
            page("900", "", &[pod("a", "x", "1")]),
            status(code, "Too large resource version: 900, current: 3"),
            page("3", "", &[pod("a", "y", "2")]),
        ]);
        scene.shows(&["a/y"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_and_namespaces_are_followed_in_the_same_way() {
    let object = json!({ "metadata": { "name": "one", "uid": "u" } });
    let nodes = Scene::<NodeObject>::play(vec![page("1", "", std::slice::from_ref(&object))]);
    let namespaces = Scene::<NamespaceObject>::play(vec![page("1", "", &[object])]);
    nodes.shows(&["/one"]).await;
    namespaces.shows(&["/one"]).await;
    assert!(nodes.request(0).await.1.starts_with("/api/v1/nodes?"));
    assert!(namespaces.request(0).await.1.starts_with("/api/v1/namespaces?"));
}
