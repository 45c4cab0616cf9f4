//! Certificates, tokens and kubeconfigs against a server with TLS.

use crate::clusters::Clusters;
use crate::testing::{status_object, until};
use crate::way::Environment;
use bytes::Bytes;
use heapster_plugin::cluster::{ApiServer, Cluster};
use heapster_plugin::model::Model;
use heapster_plugin::source::Clusters as _;
use heapster_plugin::testkit::Recorded;
use heapster_rehearsal::tls::{Authority, acceptor, authority};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use std::convert::Infallible;
use std::fs::write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A server that lists one object of each kind to those whose `Authorization` header `allows`, and keeps watches open.
async fn serve(by: &Authority, allows: impl Fn(&str) -> bool + Clone + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = acceptor(by, "127.0.0.1", None);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, allows) = (acceptor.clone(), allows.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let service = service_fn(move |request| answer(request, allows.clone()));
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .ok();
            });
        }
    });
    address
}

async fn answer(
    request: Request<Incoming>,
    allows: impl Fn(&str) -> bool,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let header = request.headers().get("authorization");
    let (code, body) = if !allows(header.map_or("", |header| header.to_str().unwrap())) {
        (401, status_object(401, "Unauthorized"))
    } else if request.uri().query().unwrap().contains("watch=true") {
        std::future::pending().await
    } else {
        let items = json!([{ "metadata": { "name": "one" } }]);
        (
            200,
            json!({ "metadata": { "resourceVersion": "1" }, "items": items }),
        )
    };
    let response = Response::builder().status(code);
    Ok(response.body(Full::from(body.to_string())).unwrap())
}

/// A pod's environment with a token and a CA.
struct Pod {
    folder: TempDir,
    environment: Environment,
    counted: Arc<Recorded>,
}

impl Pod {
    fn new(server: SocketAddr, ca: &Authority, token: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("token"), token).unwrap();
        write(folder.path().join("ca.crt"), ca.pem()).unwrap();
        Self {
            environment: Environment {
                host: Some("127.0.0.1".to_owned()),
                port: Some(server.port().to_string()),
                account: folder.path().to_owned(),
            },
            folder,
            counted: Arc::default(),
        }
    }

    /// A view whose watches run until the guard is dropped.
    fn open(&self, server: &ApiServer) -> (Arc<dyn Cluster>, DropGuard) {
        let wait = Duration::from_millis(1);
        let clusters = Clusters::within(
            self.environment.clone(),
            wait,
            Arc::<Model>::default(),
            self.counted.clone(),
        );
        let (view, _) = clusters.open(server).unwrap();
        let stop = CancellationToken::new();
        clusters.start(stop.clone());
        (view, stop.drop_guard())
    }

    async fn failed(&self, reason: &str) {
        let series = format!("heapster_cluster_watch_failures_total{{kind=pods,reason={reason}}}");
        until(|| self.counted.value(&series)).await;
    }
}

fn in_cluster() -> ApiServer {
    ApiServer {
        master: None,
        in_cluster: true,
        insecure: false,
        kubeconfig: None,
        use_service_account: false,
    }
}

async fn all_listed(view: &Arc<dyn Cluster>) {
    until(|| view.node("one")).await;
    until(|| view.namespace("one")).await;
    until(|| view.pod("", "one")).await;
    assert_eq!(
        (view.nodes().len(), view.pods().len(), view.pods_of("").len()),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn a_pod_reads_its_own_cluster_and_equal_arguments_give_the_same_view() {
    let ca = authority("own");
    let server = serve(&ca, |header| header == "Bearer secret").await;
    let pod = Pod::new(server, &ca, "secret\n");
    let clusters = Clusters::within(
        pod.environment.clone(),
        Duration::ZERO,
        Arc::default(),
        pod.counted.clone(),
    );
    let stop = CancellationToken::new();
    clusters.start(stop.clone());
    let (view, access) = clusters.open(&in_cluster()).unwrap();
    let (same, _) = clusters.open(&in_cluster()).unwrap();
    assert!(Arc::ptr_eq(&view, &same) && access.ca.is_some() && access.token.is_some());
    all_listed(&view).await;
    stop.cancel();
}

#[tokio::test]
async fn a_token_that_was_replaced_is_used_for_the_next_request() {
    let ca = authority("own");
    let pod = Pod::new(SocketAddr::from(([127, 0, 0, 1], 0)), &ca, "old");
    let token = pod.folder.path().join("token");
    let allows = move |header: &str| {
        if header == "Bearer old" {
            write(&token, "the new one").unwrap();
        }
        header == "Bearer the new one"
    };
    let server = serve(&ca, allows).await;
    let mut pod = pod;
    pod.environment.port = Some(server.port().to_string());
    let (view, _running) = pod.open(&in_cluster());
    all_listed(&view).await;
    pod.failed("unauthorized").await;
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_not_asked_until_the_file_with_the_authority_changes() {
    let (own, other) = (authority("own"), authority("other"));
    let server = serve(&own, |header| header == "Bearer secret").await;
    let pod = Pod::new(server, &other, "secret");
    let (view, _running) = pod.open(&in_cluster());
    pod.failed("tls").await;
    assert!(view.nodes().is_empty());
    write(pod.folder.path().join("ca.crt"), own.pem()).unwrap();
    all_listed(&view).await;
}

#[tokio::test]
async fn insecure_asks_a_server_of_any_authority_and_needs_no_ca() {
    let (own, other) = (authority("own"), authority("other"));
    let server = serve(&own, |header| header == "Bearer secret").await;
    let pod = Pod::new(server, &other, "secret");
    let insecure = ApiServer {
        insecure: true,
        ..in_cluster()
    };
    let (view, _running) = pod.open(&insecure);
    all_listed(&view).await;
}

#[tokio::test]
async fn a_kubeconfig_may_get_its_token_from_a_program_and_its_address_from_the_master() {
    let ca = authority("own");
    let server = serve(&ca, |header| header == "Bearer made").await;
    let pod = Pod::new(server, &ca, "unused");
    let path = pod.folder.path().join("config");
    let credential = json!({
        "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": { "token": "made" },
    });
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
        "command": "echo", "args": [credential.to_string()],
    });
    let config = json!({
        "current-context": "here",
        "contexts": [{ "name": "here", "context": { "cluster": "c", "user": "u" } }],
        "clusters": [{ "name": "c", "cluster": { "server": "https://127.0.0.1:1", "certificate-authority": "ca.crt" } }],
        "users": [{ "name": "u", "user": { "exec": exec } }],
    });
    write(&path, config.to_string()).unwrap();
    let (view, _running) = pod.open(&ApiServer {
        master: Some(format!("https://{server}")),
        in_cluster: false,
        insecure: false,
        kubeconfig: Some(path),
        use_service_account: false,
    });
    all_listed(&view).await;
}
