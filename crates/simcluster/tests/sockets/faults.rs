//! What clients see of kubelets and API servers that misbehave.

use crate::cluster::{config, kubelet, of};
use crate::http::{Answer, converse, get};
use heapster_simcluster::{ApiMode, Cluster, Config, Mode, State};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

async fn asked(cluster: &Cluster, mode: Mode) -> Answer {
    cluster.state().set_mode(0, mode);
    get(kubelet(cluster, 0), "/stats/summary/").await
}

#[tokio::test]
async fn half_answers_end_in_three_ways() {
    let cluster = Cluster::start(&config()).await.unwrap();
    let good = asked(&cluster, Mode::Ok).await.body.len();
    let cut = asked(&cluster, Mode::Cut).await;
    assert_eq!((cut.status, cut.body.len(), cut.whole), (200, good / 2, true));
    let dropped = asked(&cluster, Mode::Drop).await;
    assert_eq!((dropped.status, dropped.whole), (200, false));
    assert!(dropped.body.len() <= good / 2);
    cluster.state().set_mode(0, Mode::Stall);
    let address = kubelet(&cluster, 0);
    let stalled = tokio::spawn(async move { get(address, "/stats/summary/").await });
    end_when_asked(cluster.state()).await;
    let stalled = stalled.await.unwrap();
    assert_eq!(
        (stalled.status, stalled.body.len(), stalled.whole),
        (200, good / 2, false)
    );
}

#[tokio::test]
async fn a_hanging_kubelet_takes_the_request_and_says_nothing() {
    let cluster = Cluster::start(&config()).await.unwrap();
    cluster.state().set_mode(0, Mode::Hang);
    let address = kubelet(&cluster, 0);
    let hanging = tokio::spawn(async move { get(address, "/stats/summary/").await });
    end_when_asked(cluster.state()).await;
    assert_eq!(hanging.await.unwrap().status, 0);
}

/// Ends all connections to node 0, once it was asked and had its time to answer.
async fn end_when_asked(state: &Arc<State>) {
    let before = state.stats().totals().kubelet_requests;
    while state.stats().totals().kubelet_requests == before {
        tokio::task::yield_now().await;
    }
    // Another kubelet's whole answer takes longer than the first half of one.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    state.set_mode(0, Mode::Reset);
}

#[tokio::test]
async fn a_refusing_kubelet_comes_back() {
    let cluster = Cluster::start(&config()).await.unwrap();
    cluster.state().set_mode(0, Mode::Refuse);
    let address = kubelet(&cluster, 0);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    cluster.state().set_mode(0, Mode::Ok);
    while TcpStream::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(get(address, "/stats/summary/").await.status, 200);
}

#[tokio::test]
async fn statuses_garbage_and_resets_arrive_as_such() {
    let cluster = Cluster::start(&config()).await.unwrap();
    for status in [401, 403, 404, 500] {
        assert_eq!(asked(&cluster, Mode::Status(status)).await.status, status);
    }
    let garbage = asked(&cluster, Mode::Garbage).await;
    assert_eq!((garbage.status, garbage.body.first()), (200, Some(&b'<')));
    assert_eq!(asked(&cluster, Mode::Reset).await.status, 0);
    assert_eq!(get(kubelet(&cluster, 1), "/stats/summary/").await.status, 200);
}

#[tokio::test]
async fn an_api_server_that_resets_ends_its_watches() {
    let cluster = Cluster::start(&config()).await.unwrap();
    let api = of(&cluster.urls().api);
    let watching =
        tokio::spawn(async move { get(api, "/api/v1/nodes?watch=true&resourceVersion=1000").await });
    while cluster.state().stats().totals().api_requests == 0 {
        tokio::task::yield_now().await;
    }
    cluster.state().api().set_mode(ApiMode::Reset);
    assert!(!watching.await.unwrap().whole);
    assert_eq!(get(api, "/version").await.status, 0);
}

#[tokio::test]
async fn each_part_has_a_certificate_for_its_own_address() {
    let config = Config {
        tls: true,
        token: Some("secret".to_owned()),
        ..config()
    };
    let cluster = Cluster::start(&config).await.unwrap();
    let port = cluster.urls().kubelet_tls_port.unwrap();
    let api = of(cluster.urls().api_tls.as_ref().unwrap());
    let mut roots = rustls::RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(cluster.ca().unwrap().as_bytes()).unwrap();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(client));
    let kubelet = (heapster_simcluster::names::address(3), port).into();
    for (address, path) in [(kubelet, "/stats/summary"), (api, "/api/v1/nodes")] {
        let stream = TcpStream::connect(address).await.unwrap();
        let stream = connector
            .connect(ServerName::from(address.ip()), stream)
            .await
            .unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nauthorization: Bearer secret\r\n");
        let answer = converse(stream, &head).await;
        assert_eq!((answer.status, answer.body.first()), (200, Some(&b'{')));
    }
}
