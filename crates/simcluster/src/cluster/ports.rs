//! Binding all addresses before anything is served.

use super::kubelets::Door;
use super::{api, control};
use crate::config::Config;
use crate::names;
use crate::state::State;
use crate::tls::{Authority, TlsError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How often other free ports are tried for all kubelets.
const TRIES: u32 = 20;
/// File descriptors beside two for each address: one listens, one is a client's connection.
const SPARE: u64 = 300;

/// A cluster could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An address is not to be had.
    #[error("listening on {0}")]
    Bind(SocketAddr, #[source] io::Error),
    /// The process may not open as many files as there would be sockets.
    #[error(
        "{nodes} nodes need about {needed} file descriptors, but the hard limit is {limit}: raise it (ulimit -Hn) or take fewer nodes"
    )]
    Descriptors {
        /// Nodes asked for.
        nodes: u32,
        /// What they need.
        needed: u64,
        /// What there is at most.
        limit: u64,
    },
    /// More nodes than addresses.
    #[error("{0} nodes: there are loopback addresses for {max}", max = names::MOST_NODES)]
    TooMany(u32),
    /// No certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A file for clients could not be written.
    #[error("writing {0}")]
    Write(PathBuf, #[source] io::Error),
}

/// Where the cluster's parts are.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub struct Urls {
    pub api: String,
    pub api_tls: Option<String>,
    pub control: String,
    pub kubelet_port: u16,
    pub kubelet_tls_port: Option<u16>,
}

/// All sockets of a cluster.
pub(super) struct Bound {
    pub(super) urls: Urls,
    api: TcpListener,
    api_tls: Option<TcpListener>,
    control: TcpListener,
    kubelets: Vec<TcpListener>,
    kubelets_tls: Option<Vec<TcpListener>>,
}

impl Bound {
    pub(super) async fn bind(config: &Config) -> Result<Self, StartError> {
        let nodes = config.shape.nodes;
        if nodes > names::MOST_NODES {
            return Err(StartError::TooMany(nodes));
        }
        raise_limit(nodes, config.tls)?;
        let api = listen(Ipv4Addr::LOCALHOST, config.api_port).await?;
        let control = listen(Ipv4Addr::LOCALHOST, config.control_port).await?;
        let (kubelet_port, kubelets) = all_kubelets(nodes, config.kubelet_port).await?;
        let mut urls = Urls {
            api: format!("http://{}", address(&api)),
            api_tls: None,
            control: format!("http://{}", address(&control)),
            kubelet_port,
            kubelet_tls_port: None,
        };
        let (mut api_tls, mut kubelets_tls) = (None, None);
        if config.tls {
            let listener = listen(Ipv4Addr::LOCALHOST, config.api_tls_port).await?;
            urls.api_tls = Some(format!("https://{}", address(&listener)));
            api_tls = Some(listener);
            let (port, listeners) = all_kubelets(nodes, config.kubelet_tls_port).await?;
            urls.kubelet_tls_port = Some(port);
            kubelets_tls = Some(listeners);
        }
        Ok(Self {
            urls,
            api,
            api_tls,
            control,
            kubelets,
            kubelets_tls,
        })
    }

    /// Starts the tasks that accept connections.
    pub(super) fn serve(
        self,
        state: &Arc<State>,
        authority: Option<&Arc<Authority>>,
        stop: &CancellationToken,
    ) -> Result<(), StartError> {
        tokio::spawn(api(state.clone(), self.api, None, stop.clone()));
        tokio::spawn(control(state.clone(), self.control, stop.clone()));
        if let (Some(listener), Some(authority)) = (self.api_tls, authority) {
            let tls = TlsAcceptor::from(authority.api()?);
            tokio::spawn(api(state.clone(), listener, Some(tls), stop.clone()));
        }
        let plain = (self.kubelets, self.urls.kubelet_port, None);
        let tls = self.kubelets_tls.zip(self.urls.kubelet_tls_port);
        let tls = tls.map(|(listeners, port)| (listeners, port, authority.cloned()));
        for (listeners, port, authority) in [Some(plain), tls].into_iter().flatten() {
            for (node, listener) in (0..).zip(listeners) {
                let door = Door {
                    state: state.clone(),
                    node,
                    port,
                    authority: authority.clone(),
                    stop: stop.clone(),
                };
                tokio::spawn(door.open(listener));
            }
        }
        Ok(())
    }
}

fn address(listener: &TcpListener) -> SocketAddr {
    let unknown = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    listener.local_addr().unwrap_or(unknown)
}

async fn listen(address: Ipv4Addr, port: u16) -> Result<TcpListener, StartError> {
    let address = SocketAddr::from((address, port));
    TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Bind(address, error))
}

/// A listener at the address of each node, all on one port; which one is free at all of them shows when they are bound.
async fn all_kubelets(nodes: u32, port: u16) -> Result<(u16, Vec<TcpListener>), StartError> {
    let mut tried = 0;
    loop {
        match try_port(nodes, port).await {
            Err(StartError::Bind(_, error))
                if port == 0 && tried < TRIES && error.kind() == io::ErrorKind::AddrInUse =>
            {
                tried += 1;
            }
            other => return other,
        }
    }
}

async fn try_port(nodes: u32, mut port: u16) -> Result<(u16, Vec<TcpListener>), StartError> {
    let mut listeners = Vec::new();
    for node in 0..nodes {
        let listener = listen(names::address(node), port).await?;
        port = address(&listener).port();
        listeners.push(listener);
    }
    Ok((port, listeners))
}

/// Raises the soft limit of open files as far as is needed.
fn raise_limit(nodes: u32, tls: bool) -> Result<(), StartError> {
    let needed = u64::from(nodes) * if tls { 3 } else { 2 } + SPARE;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let most = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit {
        current: Some(most.min(needed.max(most.min(1 << 20)))),
        maximum: limit.maximum,
    };
    if most < needed || setrlimit(Resource::Nofile, raised).is_err() {
        return Err(StartError::Descriptors {
            nodes,
            needed,
            limit: most,
        });
    }
    Ok(())
}
