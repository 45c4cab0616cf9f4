//! Addresses, tokens, files and control pages.

use crate::http::{get, request};
use heapster_simcluster::{Clock, Cluster, Config, Shape, names, shape::EPOCH};
use serde_json::Value;

pub(crate) fn config() -> Config {
    Config {
        shape: Shape {
            nodes: 4,
            pods: 6,
            ..Shape::default()
        },
        clock: Clock::held(EPOCH + 5_000),
        ..Config::default()
    }
}

pub(crate) fn kubelet(cluster: &Cluster, node: u32) -> std::net::SocketAddr {
    (names::address(node), cluster.urls().kubelet_port).into()
}

pub(crate) fn of(url: &str) -> std::net::SocketAddr {
    url.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_kubelet_answers_at_its_own_address() {
    let cluster = Cluster::start(&config()).await.unwrap();
    for node in 0..4 {
        let answer = get(kubelet(&cluster, node), "/stats/summary/").await;
        assert_eq!(answer.status, 200);
        let summary: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(summary["node"]["nodeName"], names::node_of(node, 0));
        let direct = cluster
            .state()
            .kubelet_answer(node, &::http::Method::GET, "/stats/summary");
        assert_eq!(direct.bytes(), answer.body);
    }
    let newest = cluster.state().stats().newest().unwrap();
    assert_eq!((newest.number, newest.requests, newest.whole), (0, 4, 4));
}

#[tokio::test]
async fn without_the_token_nobody_is_let_in() {
    let config = Config {
        token: Some("secret".to_owned()),
        ..config()
    };
    let cluster = Cluster::start(&config).await.unwrap();
    for address in [kubelet(&cluster, 0), of(&cluster.urls().api)] {
        let refused = get(address, "/version").await;
        assert_eq!(refused.status, 401);
    }
    let api = of(&cluster.urls().api);
    let with = request(api, "GET /version HTTP/1.1\r\nauthorization: Bearer secret\r\n").await;
    assert_eq!(with.status, 200);
    cluster.state().set_token(Some("other".to_owned()));
    let old = request(api, "GET /version HTTP/1.1\r\nauthorization: Bearer secret\r\n").await;
    assert_eq!(old.status, 401);
}

#[tokio::test]
async fn the_control_pages_change_what_happens() {
    let cluster = Cluster::start(&config()).await.unwrap();
    let control = of(&cluster.urls().control);
    let post = |path: &str| format!("POST {path} HTTP/1.1\r\n");
    assert_eq!(
        request(control, &post("/nodes/1?mode=status:500")).await.status,
        200
    );
    assert_eq!(get(kubelet(&cluster, 1), "/stats/summary").await.status, 500);
    assert_eq!(get(kubelet(&cluster, 2), "/stats/summary").await.status, 200);
    assert_eq!(
        request(control, &post("/nodes?mode=status:403")).await.status,
        200
    );
    assert_eq!(get(kubelet(&cluster, 2), "/stats/summary").await.status, 403);
    assert_eq!(request(control, &post("/api?mode=status:503")).await.status, 200);
    assert_eq!(get(of(&cluster.urls().api), "/api/v1/nodes").await.status, 503);
    assert_eq!(request(control, &post("/nodes/0/pods/3")).await.status, 200);
    assert_eq!(cluster.state().store().read().pods_of(0)[3].generation, 1);
    assert_eq!(request(control, &post("/clock?advance=7")).await.status, 200);
    assert_eq!(cluster.state().clock().second(), EPOCH + 5_007);
    let wrong = request(control, &post("/nodes/1?mode=sleepy")).await;
    assert_eq!(wrong.status, 400);
    assert!(String::from_utf8_lossy(&wrong.body).contains("hang"));
    assert_eq!(request(control, &post("/nodes/99?mode=ok")).await.status, 400);
    let stats: Value = serde_json::from_slice(&get(control, "/stats").await.body).unwrap();
    assert!(stats["cpu_seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(stats["kubelet"]["requests"], 3);
    assert_eq!(stats["api"]["requests"], 1);
}

#[tokio::test]
async fn files_for_clients_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        folder: Some(folder.path().to_owned()),
        token: Some("secret".to_owned()),
        tls: true,
        ..config()
    };
    let cluster = Cluster::start(&config).await.unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("token"), "secret");
    assert_eq!(read("ca.crt"), cluster.ca().unwrap());
    let server = cluster.urls().api_tls.clone().unwrap();
    assert!(read("kubeconfig").contains(&format!("server: {server}")));
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let first = Cluster::start(&config()).await.unwrap();
    let config = Config {
        kubelet_port: first.urls().kubelet_port,
        ..config()
    };
    let error = Cluster::start(&config).await.unwrap_err().to_string();
    assert_eq!(error, format!("listening on 127.1.0.1:{}", config.kubelet_port));
}

#[tokio::test]
async fn a_dropped_cluster_leaves_its_addresses() {
    let cluster = Cluster::start(&config()).await.unwrap();
    let port = cluster.urls().kubelet_port;
    drop(cluster);
    // The tasks end when they are next run.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let config = Config {
        kubelet_port: port,
        ..config()
    };
    assert!(Cluster::start(&config).await.is_ok());
}
