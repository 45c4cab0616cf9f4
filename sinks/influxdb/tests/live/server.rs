//! A server of its own for each test.

use heapster_httpclient::{Auth, Endpoint, Proxies, Transport};
use heapster_plugin::Instant;
use heapster_plugin::cluster::Token;
use serde_json::Value as Json;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// How long a server may take to start, to answer and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that a script in `ci` runs. Killed when dropped.
pub(crate) struct Server {
    script: &'static str,
    ready: (&'static str, u16),
    extra: Option<&'static str>,
    folder: TempDir,
    pub(crate) port: u16,
    child: Option<Child>,
}

impl Server {
    /// An InfluxDB 1.x, or `None` and a line when it is not installed.
    pub(crate) async fn influxdb(extra: Option<&'static str>) -> Option<Self> {
        Self::start("influxdb", ("/ping", 204), extra).await
    }

    /// A VictoriaMetrics.
    pub(crate) async fn victoria_metrics() -> Option<Self> {
        Self::start("victoria-metrics", ("/health", 200), None).await
    }

    async fn start(
        script: &'static str,
        ready: (&'static str, u16),
        extra: Option<&'static str>,
    ) -> Option<Self> {
        let mut server = Self {
            script,
            ready,
            extra,
            folder: tempfile::tempdir().unwrap(),
            port: 0,
            child: None,
        };
        // Somebody else may take the port before the server does.
        for _ in 0..5 {
            server.port = std::net::TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            match server.run().await {
                Ok(()) => return Some(server),
                Err(77) => break,
                Err(_) => {}
            }
        }
        let line = format!("SKIPPED {script}: it does not start; ci/setup installs it\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        assert!(
            std::env::var_os("HEAPSTER_REQUIRE_ALL").is_none(),
            "HEAPSTER_REQUIRE_ALL is set: {line}"
        );
        None
    }

    /// Starts it, also once more with the data it has. The error is its exit status.
    pub(crate) async fn run(&mut self) -> Result<(), i32> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../ci")
            .join(self.script);
        let log = File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new(script)
            .arg(self.folder.path().join("data"))
            .arg(self.port.to_string())
            .args(self.extra)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn();
        let Ok(mut child) = child else { return Err(77) };
        let deadline = Instant::now() + PATIENCE;
        let endpoint = self.endpoint("", "");
        while Instant::now() < deadline {
            if let Some(status) = child.try_wait().unwrap() {
                return Err(status.code().unwrap_or(-1));
            }
            if let Ok(answer) = endpoint.get(self.ready.0).send(deadline).await
                && answer.status == self.ready.1
            {
                self.child = Some(child);
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("{} is not ready after {PATIENCE:?}: {log}", self.script);
    }

    /// Kills it at once, as `kill -9` does.
    pub(crate) async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn terminate(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .await
                .unwrap()
                .success()
        );
        tokio::time::timeout(PATIENCE, child.wait())
            .await
            .unwrap()
            .unwrap();
    }

    pub(crate) fn endpoint(&self, user: &str, password: &str) -> Endpoint {
        let auth = match user {
            "" => Auth::none(),
            user => Auth::basic(user, Token::Inline(password.into())),
        };
        let transport = Transport {
            auth,
            proxies: Proxies::none(),
            max_answer: 1 << 30,
            timeout: PATIENCE,
            ..Transport::default()
        };
        Endpoint::new(&format!("http://127.0.0.1:{}", self.port), transport).unwrap()
    }

    /// The text of an answer with a status of success.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self
            .endpoint("", "")
            .get(path)
            .send(Instant::now() + PATIENCE)
            .await
            .unwrap();
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(answer.status.is_success(), "{path}: {text}");
        text
    }

    /// The answer to InfluxQL, as `root` with this password.
    pub(crate) async fn query_as(&self, password: &str, statements: &str) -> Json {
        let pairs = [("db", "k8s"), ("epoch", "ns"), ("q", statements)];
        let path = format!("/query?{}", heapster_httpclient::query(pairs));
        let endpoint = self.endpoint("root", password);
        let answer = endpoint
            .post(&path)
            .send(Instant::now() + PATIENCE)
            .await
            .unwrap();
        let json: Json = serde_json::from_slice(&answer.body).unwrap();
        assert!(!json.to_string().contains("\"error\""), "{statements}: {json}");
        json
    }

    /// The answer to InfluxQL.
    pub(crate) async fn query(&self, statements: &str) -> Json {
        self.query_as("root", statements).await
    }
}
