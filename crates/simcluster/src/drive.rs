//! What a cluster costs: it runs as a process of its own and is asked for all summaries, round after round.

use crate::child::{Child, Scratch};
use crate::client::{Connection, trusting};
use crate::{Fallible, cli};
use clap::parser::ValueSource;
use clap::{ArgMatches, value_parser};
use heapster_simcluster::{names, process};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

/// Requests that are under way at a time.
const AT_ONCE: usize = 32;

pub(crate) fn command() -> clap::Command {
    let drive = clap::Command::new("drive")
        .about(
            "Runs a cluster in another process, asks all its kubelets, and prints what that cost the cluster",
        )
        .arg(
            clap::Arg::new("rounds")
                .long("rounds")
                .value_name("N")
                .default_value("4")
                .value_parser(value_parser!(u32))
                .help("How often each kubelet is asked"),
        )
        .arg(
            clap::Arg::new("path")
                .long("path")
                .value_name("PATH")
                .default_value("/stats/summary/")
                .help("What it is asked for"),
        );
    cli::with_cluster(drive, "1000", "100")
}

/// Prints a line a round.
pub(crate) async fn run(matches: &ArgMatches) -> Fallible<()> {
    let config = cli::config(matches);
    let path = matches.get_one::<String>("path").cloned().unwrap_or_default();
    let folder = Scratch::new()?;
    let mut child = Command::new(std::env::current_exe()?);
    for (name, size) in [("nodes", config.shape.nodes), ("pods", config.shape.pods)] {
        if matches.value_source(name) == Some(ValueSource::DefaultValue) {
            child.arg(format!("--{name}={size}"));
        }
    }
    child
        .args(std::env::args_os().skip(2).filter_cluster())
        .arg("--folder")
        .arg(&folder.0)
        .stdout(Stdio::piped());
    let mut child = Child::spawn(&mut child)?;
    let pid = child.id();
    let output = child.output()?;
    let line = spawn_blocking(move || BufReader::new(output).lines().next()).await?;
    let line = line.ok_or("the cluster did not start")??;
    let wanted = if config.tls {
        "kubelet_tls_port"
    } else {
        "kubelet_port"
    };
    let port = line
        .split(' ')
        .filter_map(|word| word.split_once('='))
        .find(|(name, _)| *name == wanted)
        .ok_or("no port in the line that says ready")?
        .1
        .parse()?;
    let tls = if config.tls {
        let ca = CertificateDer::from_pem_file(folder.0.join("ca.crt"))?;
        Some(trusting(&ca)?)
    } else {
        None
    };
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    let mut connections: Vec<Option<Connection>> = (0..config.shape.nodes).map(|_| None).collect();
    for round in 1..=matches.get_one::<u32>("rounds").copied().unwrap_or(4) {
        let (cpu, started) = (process::cpu(pid).unwrap_or_default(), Instant::now());
        let asked = Asked {
            port,
            tls: tls.clone(),
            token: config.token.clone(),
            path: path.clone(),
        };
        let bytes = asked.all(&mut connections).await?;
        let cpu = process::cpu(pid).unwrap_or_default().saturating_sub(cpu);
        let memory = process::memory(&pid.to_string()).ok_or("the cluster ended")?;
        writeln!(
            out,
            "round {round}: {} nodes, {:.1} MB, cluster CPU {:.2} s, wall {:.2} s, cluster RSS {} MB, peak {} MB",
            config.shape.nodes,
            megabytes(bytes),
            cpu.as_secs_f64(),
            started.elapsed().as_secs_f64(),
            memory.resident_kib / 1024,
            memory.peak_kib / 1024
        )?;
    }
    Ok(())
}

fn megabytes(bytes: u64) -> f64 {
    let tenths = u32::try_from(bytes / 100_000).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}

/// What is asked of each kubelet.
#[derive(Clone)]
struct Asked {
    port: u16,
    tls: Option<TlsConnector>,
    token: Option<String>,
    path: String,
}

impl Asked {
    /// Asks all kubelets, over the connections that are open already where there are any.
    async fn all(&self, connections: &mut [Option<Connection>]) -> Fallible<u64> {
        let mut under_way = tokio::task::JoinSet::new();
        let mut total = 0;
        for node in 0..connections.len() {
            if under_way.len() >= AT_ONCE {
                total += take(under_way.join_next().await, connections)?;
            }
            let open = connections.get_mut(node).and_then(Option::take);
            under_way.spawn(self.clone().one(node, open));
        }
        while !under_way.is_empty() {
            total += take(under_way.join_next().await, connections)?;
        }
        Ok(total)
    }

    async fn one(self, node: usize, open: Option<Connection>) -> Fallible<(usize, Connection, u64)> {
        let mut connection = match open {
            Some(connection) => connection,
            None => {
                let address = names::address(u32::try_from(node)?);
                let address = SocketAddr::from((address, self.port));
                Connection::open(address, self.tls.as_ref(), self.token.as_deref()).await?
            }
        };
        let answer = connection.get(&self.path, |_| {}).await?;
        if answer.status != 200 {
            return Err(format!("node {node} answered {}", answer.status).into());
        }
        Ok((node, connection, answer.bytes))
    }
}

type Joined = Option<Result<Fallible<(usize, Connection, u64)>, tokio::task::JoinError>>;

fn take(joined: Joined, connections: &mut [Option<Connection>]) -> Fallible<u64> {
    let (node, connection, bytes) = joined.ok_or("nothing under way")???;
    if let Some(place) = connections.get_mut(node) {
        *place = Some(connection);
    }
    Ok(bytes)
}

/// Leaves out what only the driver understands.
trait FilterCluster: Iterator<Item = std::ffi::OsString> + Sized {
    fn filter_cluster(self) -> Vec<std::ffi::OsString> {
        let mut kept = Vec::new();
        let mut skip = false;
        for word in self {
            let own = word == "--rounds" || word == "--path";
            let own_whole = word
                .to_str()
                .is_some_and(|word| word.starts_with("--rounds=") || word.starts_with("--path="));
            if !skip && !own && !own_whole {
                kept.push(word);
            }
            skip = own;
        }
        kept
    }
}

impl<I: Iterator<Item = std::ffi::OsString>> FilterCluster for I {}
