//! A real server as a process of its own.

use bytes::Bytes;
use heapster_httpclient::{Endpoint, Proxies, Transport};
use http::{HeaderValue, Method, header::CONTENT_TYPE};
use serde_json::Value as Json;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Which server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The environment variable that holds the folder with its jars.
    pub(crate) variable: &'static str,
    class: &'static str,
    netty: &'static str,
}

pub(crate) const ELASTICSEARCH: Kind = Kind {
    name: "Elasticsearch 7",
    variable: "HEAPSTER_LIVE_ELASTICSEARCH",
    class: "NodeElasticsearch",
    netty: "-Des.set.netty.runtime.available.processors=false",
};

pub(crate) const OPENSEARCH: Kind = Kind {
    name: "OpenSearch 2",
    variable: "HEAPSTER_LIVE_OPENSEARCH",
    class: "NodeOpenSearch",
    netty: "-Dopensearch.set.netty.runtime.available.processors=false",
};

/// One node. Its data outlive its process; all ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    kind: Kind,
    jars: PathBuf,
    home: TempDir,
    ports: [u16; 2],
    process: Option<Child>,
    endpoint: Endpoint,
}

impl Server {
    /// A node that answers, or `None` and a line on why there is none.
    pub(crate) async fn start(kind: Kind) -> Option<Self> {
        let Some(jars) = std::env::var_os(kind.variable) else {
            println!(
                "SKIPPED {}: {} names no folder with its jars; ci/elasticsearch does",
                kind.name, kind.variable
            );
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("config")).unwrap();
        std::fs::write(home.path().join("config/log4j2.properties"), "").unwrap();
        let ports = [(); 2].map(|()| {
            TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port()
        });
        let transport = Transport {
            proxies: Proxies::none(),
            ..Transport::default()
        };
        let mut server = Self {
            kind,
            jars: jars.into(),
            home,
            ports,
            process: None,
            endpoint: Endpoint::new(&format!("http://127.0.0.1:{}", ports[0]), transport).unwrap(),
        };
        server.run().await;
        Some(server)
    }

    pub(crate) fn address(&self) -> String {
        self.endpoint.address()
    }

    /// Starts the process and waits for it.
    pub(crate) async fn run(&mut self) {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ci/elasticsearch.d");
        let child = Command::new("java")
            .args([
                "-Xms512m",
                "-Xmx512m",
                "-Djava.security.manager=allow",
                self.kind.netty,
            ])
            .arg("-cp")
            .arg(self.jars.join("*"))
            .arg(format!("{source}/{}.java", self.kind.class))
            .arg(self.home.path())
            .args(self.ports.map(|port| port.to_string()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(child);
        let end = Instant::now() + Duration::from_secs(120);
        while self
            .try_ask(Method::GET, "/_cluster/health?wait_for_status=yellow", None)
            .await
            .is_none()
        {
            assert!(Instant::now() < end, "{} did not start", self.kind.name);
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Ends the process at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// What it answers with 2xx.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Json>) -> Json {
        let answer = self.try_ask(method.clone(), path, body).await;
        answer.unwrap_or_else(|| panic!("{method} {path} failed"))
    }

    async fn try_ask(&self, method: Method, path: &str, body: Option<Json>) -> Option<Json> {
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let call = self.endpoint.call(method, path).body(body);
        let call = call.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let answer = call.send(Instant::now() + Duration::from_secs(60)).await.ok()?;
        answer
            .is_success()
            .then(|| serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// How many documents it has been given so far, whether they can be found already or not.
    pub(crate) async fn taken(&self) -> u64 {
        let path = "/_stats/indexing?filter_path=_all.primaries.indexing.index_total";
        let stats = self.try_ask(Method::GET, path, None).await.unwrap_or_default();
        stats
            .pointer("/_all/primaries/indexing/index_total")
            .and_then(Json::as_u64)
            .unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
