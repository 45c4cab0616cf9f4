//! A real server on this machine, run by a script in `ci` that gets a folder and a port and runs until it is killed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a script exits with when the server is not installed.
const NOT_INSTALLED: i32 = 77;

/// A server. Killed when dropped.
#[derive(Debug)]
pub struct Live {
    script: &'static str,
    extra: &'static [&'static str],
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Live {
    /// Runs the script until its port takes connections. When the server is not installed, a line says SKIPPED and the answer is
    /// `None`.
    ///
    /// # Panics
    /// When it is not there and `HEAPSTER_REQUIRE_ALL` is set, or does not get ready within a minute.
    pub async fn start(script: &'static str) -> Option<Self> {
        Self::start_with(script, &[]).await
    }

    /// The same with more words behind folder and port.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_with(script: &'static str, extra: &'static [&'static str]) -> Option<Self> {
        let Ok(folder) = tempfile::tempdir() else {
            unreachable!("this machine has a temporary folder");
        };
        let mut server = Self {
            script,
            extra,
            folder,
            port: 0,
            child: None,
        };
        // Somebody else may take the port before the server does.
        for _ in 0..5 {
            server.port = free_port().unwrap_or_default();
            match server.run().await {
                Ok(()) => return Some(server),
                Err(NOT_INSTALLED) => break,
                Err(_) => {}
            }
        }
        let line = format!("SKIPPED {script}: it does not start; ci/setup installs it\n");
        io::stderr().write_all(line.as_bytes()).ok();
        let required = std::env::var_os("HEAPSTER_REQUIRE_ALL").is_some();
        assert!(!required, "HEAPSTER_REQUIRE_ALL is set: {line}");
        None
    }

    /// Starts it, also once more with the data it has, and waits until it is ready.
    ///
    /// # Errors
    /// Its exit status, when it has ended.
    ///
    /// # Panics
    /// When it does not get ready within a minute.
    pub async fn run(&mut self) -> Result<(), i32> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../ci")
            .join(self.script);
        let mut command = Command::new(script);
        command
            .arg(self.data())
            .arg(self.port.to_string())
            .args(self.extra)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let path = self.folder.path().join("log");
        if let Ok((out, errors)) = File::create(&path).and_then(|log| Ok((log.try_clone()?, log))) {
            command.stdout(out).stderr(errors);
        }
        let Ok(mut child) = command.spawn() else {
            return Err(NOT_INSTALLED);
        };
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(status.code().unwrap_or(-1));
            }
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                self.child = Some(child);
                return Ok(());
            }
            let log = || std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                Instant::now() < deadline,
                "{} is not ready: {}",
                self.script,
                log()
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills it at once, as `kill -9` does, and waits until it is gone.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.ok();
        }
    }

    /// Asks it to end, as `kill -TERM` does, and waits until it has.
    ///
    /// # Panics
    /// When it does not run, or has not ended within a minute.
    pub async fn terminate(&mut self) {
        self.signal("-TERM").await;
        if let Some(mut child) = self.child.take() {
            let ended = timeout(PATIENCE, child.wait()).await;
            assert!(ended.is_ok(), "{} does not end", self.script);
        }
    }

    /// Stops it where it is, as `kill -STOP` does: its port takes connections that it does not read.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    async fn signal(&self, signal: &str) {
        let id = self.child.as_ref().and_then(Child::id).map(|id| id.to_string());
        let sent = Command::new("kill").arg(signal).args(id).status().await;
        assert!(
            sent.is_ok_and(|status| status.success()),
            "{} does not run",
            self.script
        );
    }

    /// Where it listens: `127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The folder that the script got.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

fn free_port() -> io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
