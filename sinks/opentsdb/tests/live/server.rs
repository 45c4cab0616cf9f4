//! Processes, ports and answers.

use heapster_httpclient::{Endpoint, Proxies, Transport};
use serde_json::Value as Json;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a server may take to start and to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Says that a test does not run; fails when all must.
pub(crate) fn skip(why: &str) {
    let line = format!("SKIPPED opentsdb: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    assert!(
        std::env::var_os("HEAPSTER_REQUIRE_ALL").is_none(),
        "HEAPSTER_REQUIRE_ALL is set: {line}"
    );
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A script or program in `ci`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ci").join(name)
}

/// A process; killed when it is dropped.
pub(crate) struct Process(Option<Child>);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(command.spawn().ok())
    }

    /// Whether it ended by itself, or never began.
    pub(crate) fn is_over(&mut self) -> bool {
        self.0
            .as_mut()
            .is_none_or(|child| child.try_wait().unwrap().is_some())
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().unwrap();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn endpoint(port: u16) -> Endpoint {
    let transport = Transport {
        proxies: Proxies::none(),
        max_answer: 1 << 30,
        timeout: PATIENCE,
        ..Transport::default()
    };
    Endpoint::new(&format!("http://127.0.0.1:{port}"), transport).unwrap()
}

/// The text of an answer with a status of success.
pub(crate) async fn text(port: u16, path: &str) -> Option<String> {
    let answer = endpoint(port)
        .get(path)
        .send(Instant::now() + PATIENCE)
        .await
        .ok()?;
    answer
        .is_success()
        .then(|| String::from_utf8(answer.body.to_vec()).unwrap())
}

/// Waits until `path` is answered; false when the process ended before.
pub(crate) async fn ready(process: &mut Process, port: u16, path: &str) -> bool {
    let end = Instant::now() + PATIENCE;
    while text(port, path).await.is_none() {
        if process.is_over() {
            return false;
        }
        assert!(Instant::now() < end, "no server on port {port} in time");
        sleep(Duration::from_millis(50)).await;
    }
    true
}

pub(crate) fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}
