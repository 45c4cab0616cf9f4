//! The simulated cluster as a program: `simcluster` runs one, `simcluster drive` measures what one costs, `simcluster bench`
//! measures a Heapster-compatible program against one.

mod bench;
mod child;
mod cli;
mod client;
mod drive;

use heapster_simcluster::{Cluster, Config};
use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

/// Whatever went wrong, for the last line on stderr.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let matches = cli::command().get_matches();
    let threads = matches.get_one::<usize>("threads").copied().unwrap_or(2).max(1);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| {
        runtime.block_on(async {
            match matches.subcommand() {
                Some(("drive", matches)) => drive::run(matches).await,
                Some(("bench", matches)) => bench::run(matches).await,
                _ => serve(&cli::config(&matches)).await,
            }
        })
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(inner) = cause {
                text = format!("{text}: {inner}");
                cause = inner.source();
            }
            writeln!(std::io::stderr(), "simcluster: {text}").ok();
            ExitCode::FAILURE
        }
    }
}

/// Runs a cluster until the process is told to end.
async fn serve(config: &Config) -> Fallible<()> {
    let cluster = Cluster::start(config).await?;
    writeln!(std::io::stdout(), "{}", ready_line(&cluster))?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

/// `ready api=… control=… kubelet_port=…`, and `api_tls` and `kubelet_tls_port` with TLS.
fn ready_line(cluster: &Cluster) -> String {
    let urls = cluster.urls();
    let mut line = format!(
        "ready api={} control={} kubelet_port={}",
        urls.api, urls.control, urls.kubelet_port
    );
    if let (Some(api), Some(port)) = (&urls.api_tls, urls.kubelet_tls_port) {
        line = format!("{line} api_tls={api} kubelet_tls_port={port}");
    }
    line
}
