//! The listener: connections in, connections bounded, a graceful end.

use crate::access::Peer;
use crate::api::Api;
use crate::connection::{self, Io};
use crate::count;
use crate::room::{Place, Room};
use crate::site::Site;
use crate::tls::{Keeper, Tls};
use crate::turned_away::TurnedAway;
use heapster_plugin::telemetry::Telemetry;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// Connections at one time, half of them from one address; further ones are told so and closed.
const CONNECTIONS: usize = 1024;
/// For how long requests in flight may go on after the stop.
const FINISH: Duration = Duration::from_secs(10);
/// For how long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The port cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Address and port.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A TLS file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A certificate file holds no certificate.
    #[error("no valid certs found in {}", path.display())]
    NoCertificates {
        /// Which.
        path: PathBuf,
    },
    /// A key file holds no private key.
    #[error("no private key found in {}: it must hold one in PEM", path.display())]
    NoKey {
        /// Which.
        path: PathBuf,
    },
    /// Certificate and key cannot be used, or not together.
    #[error("cannot serve TLS with certificate {} and key {}", cert.display(), key.display())]
    Certificate {
        /// The certificate file.
        cert: PathBuf,
        /// The key file.
        key: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
}

/// A listening server.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    local: SocketAddr,
    tls: Option<Arc<Keeper>>,
    room: Arc<Room>,
}

impl Server {
    /// Reads the TLS files and listens. An empty `address` stands for all interfaces; port 0 for any free one.
    ///
    /// # Errors
    /// [`ServeError`] when the port is taken or a TLS file is no good.
    pub async fn bind(address: &str, port: u16, tls: Option<Tls>) -> Result<Self, ServeError> {
        let tls = tls.map(Keeper::new).transpose()?.map(Arc::new);
        let host = address.trim_start_matches('[').trim_end_matches(']');
        let listening = match host {
            "" => match TcpListener::bind(("::", port)).await {
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    TcpListener::bind(("0.0.0.0", port)).await
                }
                other => other,
            },
            host => TcpListener::bind((host, port)).await,
        };
        let listen = |source| ServeError::Listen {
            address: format!("{address}:{port}"),
            source,
        };
        let listener = listening.map_err(listen)?;
        let local = listener.local_addr().map_err(listen)?;
        let room = Arc::new(Room::new(CONNECTIONS));
        Ok(Self {
            listener,
            local,
            tls,
            room,
        })
    }

    /// Takes up to `all` connections at one time, and half of them from one address; 1024 unless told otherwise.
    #[must_use]
    pub fn with_connections(mut self, all: usize) -> Self {
        self.room = Arc::new(Room::new(all));
        self
    }

    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Answers requests until `stop`; then takes no new connection, lets requests in flight finish for ten seconds, and
    /// returns.
    pub async fn run(self, api: Api, stop: CancellationToken) {
        count::declare(&api.telemetry);
        let site = Arc::new(Site::new(api));
        let turned_away = TurnedAway::new(self.tls.is_some());
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let (stream, address) = tokio::select! {
                () = stop.cancelled() => break,
                next = accept(&self.listener) => next,
            };
            match self.room.take(address.ip()) {
                Some(place) => {
                    let (site, tls, stop) = (site.clone(), self.tls.clone(), stop.clone());
                    connections.spawn(answer(stream, place, tls, site, stop));
                }
                None => {
                    site.api.telemetry.count(count::CONNECTIONS_REFUSED, &[], 1);
                    turned_away.tell(stream);
                }
            }
        }
        drop(self.listener);
        let finished = async { while connections.join_next().await.is_some() {} };
        if timeout(FINISH, finished).await.is_err() {
            tracing::warn!(
                seconds = FINISH.as_secs(),
                "requests in flight did not end in time; cut off"
            );
        }
    }
}

/// Serves one connection for as long as it has its place.
async fn answer(
    stream: TcpStream,
    _place: Place,
    tls: Option<Arc<Keeper>>,
    site: Arc<Site>,
    stop: CancellationToken,
) {
    let Some(keeper) = tls else {
        return connection::serve(Io::Plain(stream), Peer::default(), &site, &stop).await;
    };
    let session = tokio::select! {
        session = handshake(stream, &keeper, &site.api) => session,
        () = stop.cancelled() => None,
    };
    if let Some((io, peer)) = session {
        connection::serve(io, peer, &site, &stop).await;
    }
}

/// The next connection. When the system has no descriptor left it is asked again later, not at once.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    let mut failures = 0_u32;
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                stream.set_nodelay(true).ok();
                return (stream, address);
            }
            Err(error) => {
                if failures.is_multiple_of(600) {
                    tracing::warn!(%error, failures, "cannot take a connection");
                }
                failures = failures.wrapping_add(1);
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn handshake(stream: TcpStream, keeper: &Arc<Keeper>, api: &Api) -> Option<(Io, Peer)> {
    let acceptor = TlsAcceptor::from(keeper.refreshed().config.clone());
    match timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(session)) => {
            let (_, state) = session.get_ref();
            let shown = state.peer_certificates().unwrap_or_default();
            let shown = shown
                .iter()
                .map(|certificate| certificate.clone().into_owned())
                .collect();
            let h2 = state.alpn_protocol() == Some(b"h2");
            let peer = Peer::new(keeper.clone(), shown);
            Some((Io::Tls(Box::new(session), h2), peer))
        }
        Ok(Err(error)) => {
            api.telemetry.count(count::TLS_FAILURES, &[], 1);
            tracing::debug!(%error, "no TLS session");
            None
        }
        Err(_) => {
            api.telemetry.count(count::TLS_FAILURES, &[], 1);
            None
        }
    }
}
