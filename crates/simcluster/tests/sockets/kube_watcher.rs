//! The client library that Heapster uses: its watcher lists page by page, follows changes and recovers from 410.

use crate::cluster::config;
use futures::{Stream, StreamExt};
use heapster_simcluster::{Cluster, Config, Shape};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::runtime::watcher::{self, Event, InitialListStrategy};
use kube::{Api, Client, ResourceExt};
use std::collections::BTreeSet;
use std::pin::pin;

async fn cluster() -> (Cluster, Client) {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let config = Config {
        shape: Shape {
            nodes: 3,
            pods: 40,
            ..Shape::default()
        },
        ..config()
    };
    let cluster = Cluster::start(&config).await.unwrap();
    let client = kube::Config::new(cluster.urls().api.parse().unwrap());
    (cluster, Client::try_from(client).unwrap())
}

/// The names in a list, once the watcher has it whole.
async fn listed(events: &mut (impl Stream<Item = watcher::Result<Event<Pod>>> + Unpin)) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    loop {
        match events.next().await.unwrap() {
            Ok(Event::Init) => names.clear(),
            Ok(Event::InitApply(pod)) => {
                names.insert(pod.name_any());
            }
            Ok(Event::InitDone) => return names,
            Ok(other) => panic!("{other:?}"),
            Err(_) => {}
        }
    }
}

async fn follows(strategy: InitialListStrategy) {
    let (cluster, client) = cluster().await;
    let settings = watcher::Config {
        page_size: Some(50),
        initial_list_strategy: strategy,
        ..watcher::Config::default()
    };
    let mut events = pin!(watcher::watcher(Api::<Pod>::all(client), settings));
    assert_eq!(listed(&mut events).await.len(), 120);
    cluster.state().store().replace_pod(2, 7);
    let Event::Delete(gone) = events.next().await.unwrap().unwrap() else {
        panic!("no deletion")
    };
    let Event::Apply(new) = events.next().await.unwrap().unwrap() else {
        panic!("no addition")
    };
    assert_eq!(
        (gone.name_any(), new.name_any()),
        ("web-00002-007-0".to_owned(), "web-00002-007-1".to_owned())
    );
    cluster.state().store().trim();
    cluster.state().store().replace_pod(2, 7);
    let again = listed_or_changed(&mut events).await;
    assert!(again.contains("web-00002-007-2"));
}

/// What is there after the version was lost, or after the change arrived because it was not.
async fn listed_or_changed(
    events: &mut (impl Stream<Item = watcher::Result<Event<Pod>>> + Unpin),
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    loop {
        match events.next().await.unwrap() {
            Ok(Event::Init) => names.clear(),
            Ok(Event::InitApply(pod)) => {
                names.insert(pod.name_any());
            }
            Ok(Event::Apply(pod)) => return [pod.name_any()].into(),
            Ok(Event::InitDone) => return names,
            Ok(Event::Delete(_)) | Err(_) => {}
        }
    }
}

#[tokio::test]
async fn the_watcher_follows_after_a_paged_list() {
    follows(InitialListStrategy::ListWatch).await;
}

#[tokio::test]
async fn the_watcher_follows_after_a_streamed_list() {
    follows(InitialListStrategy::StreamingList).await;
}

#[tokio::test]
async fn objects_are_what_the_library_takes_for_nodes_and_pods() {
    let (_cluster, client) = cluster().await;
    let nodes = Api::<Node>::all(client.clone())
        .list(&Default::default())
        .await
        .unwrap();
    assert_eq!(nodes.items.len(), 3);
    let capacity = nodes.items[0].status.as_ref().unwrap().capacity.as_ref().unwrap();
    assert_eq!(capacity["memory"].0, "32Gi");
    let pods = Api::<Pod>::namespaced(client, "ns-03")
        .list(&Default::default())
        .await
        .unwrap();
    assert_eq!(pods.items.len(), 6);
    assert!(
        pods.items
            .iter()
            .all(|pod| pod.namespace().as_deref() == Some("ns-03"))
    );
}
