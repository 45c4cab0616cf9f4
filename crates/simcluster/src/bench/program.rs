//! The measured program: its command line, its start, its end.

use super::progress;
use crate::Fallible;
use crate::child::Child;
use crate::client::Connection;
use heapster_simcluster::{Cluster, process};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long a program may take to answer HTTP.
const START: Duration = Duration::from_secs(60);
/// How long it may take to end.
const END: Duration = Duration::from_secs(60);

/// A command line with places to fill in.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) name: String,
    pub(super) line: String,
}

/// Where files are.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// `kubeconfig`, `ca.crt` and `token`.
    pub(super) folder: PathBuf,
    pub(super) logs: PathBuf,
    pub(super) token: Option<String>,
    /// URL of the receiver of what the program writes.
    pub(super) receiver: String,
}

/// A running program.
pub(super) struct Program {
    pub(super) api: SocketAddr,
    /// From its start to its first HTTP answer.
    pub(super) startup: Duration,
    pub(super) size_bytes: u64,
    child: Child,
    log: PathBuf,
}

impl Template {
    /// The program beside this one, with Heapster's flags.
    pub(super) fn heapster() -> Fallible<Self> {
        let program = std::env::current_exe()?.with_file_name("heapster");
        if !program.exists() {
            return Err(format!("there is no {}: build it, or give --program", program.display()).into());
        }
        Ok(Self {
            name: "heapster".to_owned(),
            line: format!(
                "{} --source={{source}} --metric_resolution={{resolution}} --listen_ip=127.0.0.1 --heapster-port={{port}}",
                program.display()
            ),
        })
    }

    pub(super) fn parse(text: &str) -> Fallible<Self> {
        let (name, line) = text.split_once('=').ok_or("--program takes NAME=COMMAND")?;
        Ok(Self {
            name: name.to_owned(),
            line: line.to_owned(),
        })
    }

    fn words(&self, cluster: &Cluster, place: &Place, resolution: Duration, port: u16) -> Vec<String> {
        let urls = cluster.urls();
        let kubeconfig = place.folder.join("kubeconfig").display().to_string();
        let api = urls.api_tls.as_ref().unwrap_or(&urls.api);
        let kubelet_port = urls.kubelet_tls_port.unwrap_or(urls.kubelet_port);
        let source = if urls.api_tls.is_some() {
            format!(
                "kubernetes.summary_api:{api}?inClusterConfig=false&auth={kubeconfig}&kubeletHttps=true&kubeletPort={kubelet_port}"
            )
        } else {
            format!("kubernetes.summary_api:{api}?inClusterConfig=false&kubeletPort={kubelet_port}")
        };
        let filled = |word: &str| {
            word.replace("{source}", &source)
                .replace("{resolution}", &format!("{}s", resolution.as_secs()))
                .replace("{port}", &port.to_string())
                .replace("{api}", api)
                .replace("{kubelet_port}", &kubelet_port.to_string())
                .replace("{kubeconfig}", &kubeconfig)
                .replace("{ca}", &place.folder.join("ca.crt").display().to_string())
                .replace("{receiver}", &place.receiver)
                .replace("{token}", place.token.as_deref().unwrap_or(""))
        };
        self.line.split_ascii_whitespace().map(filled).collect()
    }

    /// Starts it and waits for its first answer.
    pub(super) async fn start(
        &self,
        cluster: &Cluster,
        place: &Place,
        resolution: Duration,
    ) -> Fallible<Program> {
        let port = free_port().await?;
        let words = self.words(cluster, place, resolution, port);
        let (program, arguments) = words.split_first().ok_or("an empty command line")?;
        let log = place.logs.join("program.log");
        let output = File::create(&log)?;
        let started = Instant::now();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(output.try_clone()?)
            .stdout(output);
        let child = Child::spawn(&mut command)?;
        let mut program = Program {
            api: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            startup: Duration::ZERO,
            size_bytes: size(program),
            child,
            log,
        };
        while !program.answers().await {
            program.alive()?;
            if started.elapsed() > START {
                return Err(format!(
                    "{} did not answer on port {port}{}",
                    self.name,
                    program.last_words()
                )
                .into());
            }
            sleep(Duration::from_millis(5)).await;
        }
        program.startup = started.elapsed();
        progress(&format!(
            "answers after {:.0} ms",
            program.startup.as_secs_f64() * 1e3
        ));
        Ok(program)
    }
}

impl Program {
    async fn answers(&self) -> bool {
        let ask = async {
            let mut connection = self.connect().await?;
            connection.text("/healthz").await
        };
        matches!(timeout(Duration::from_secs(5), ask).await, Ok(Ok(_)))
    }

    pub(super) async fn connect(&self) -> Fallible<Connection> {
        Connection::open(self.api, None, None).await
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn cpu(&self) -> Duration {
        process::cpu(self.pid()).unwrap_or_default()
    }

    pub(super) fn memory(&self) -> Option<process::Memory> {
        process::memory(&self.pid().to_string())
    }

    /// Fails with the program's last lines when it ended.
    pub(super) fn alive(&mut self) -> Fallible<()> {
        match self.child.ended() {
            None => Ok(()),
            Some(status) => Err(format!("the program ended with {status}{}", self.last_words()).into()),
        }
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(8).collect();
        lines.iter().rev().map(|line| format!("\n  {line}")).collect()
    }

    /// How many lines of its log are warnings or worse, in the form that Heapster logs.
    pub(super) fn complaints(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let complaint = |line: &&str| {
            line.starts_with(['W', 'E', 'F']) && line.chars().skip(1).take(4).all(|c| c.is_ascii_digit())
        };
        log.lines().filter(complaint).count()
    }

    /// Asks it to end; how long that took.
    pub(super) async fn stop(self) -> Option<Duration> {
        self.child.stop(END).await
    }
}

/// Size of a program that is named as the shell would find it.
fn size(program: &str) -> u64 {
    let direct = Path::new(program);
    let found = if direct.components().count() > 1 {
        Some(direct.to_owned())
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .map(|folder| folder.join(program))
            .find(|file| file.exists())
    };
    found
        .and_then(|file| std::fs::metadata(file).ok())
        .map_or(0, |file| file.len())
}

async fn free_port() -> Fallible<u16> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?.port())
}
