//! UDP: nothing is ever confirmed, but the kernel tells when nobody listens.

use crate::{Address, Failure, plain};
use heapster_plugin::Instant;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::{UdpSocket, lookup_host};
use tokio::time::timeout_at;

/// A server that takes datagrams.
#[derive(Debug)]
pub struct Datagrams {
    address: Address,
}

impl Datagrams {
    /// The server at `address`; contacts nothing.
    #[must_use]
    pub const fn new(address: Address) -> Self {
        Self { address }
    }

    /// A socket for one batch, to the first of the host's addresses.
    ///
    /// # Errors
    /// [`Failure`] when the host has no address, or none by the deadline.
    pub async fn open(&self, deadline: Instant) -> Result<Socket<'_>, Failure> {
        let failed = |why: String| Failure::new("sending to", &self.address, why);
        let mut found = timeout_at(deadline, lookup_host(self.address.pair()))
            .await
            .map_err(|_| failed("the name was not found in time".to_owned()))?
            .map_err(|error| failed(plain(&error)))?;
        let server = found
            .next()
            .ok_or_else(|| failed("the name has no address".to_owned()))?;
        let own: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(own)
            .await
            .map_err(|error| failed(plain(&error)))?;
        socket
            .connect(server)
            .await
            .map_err(|error| failed(plain(&error)))?;
        Ok(Socket {
            socket,
            address: &self.address,
            deadline,
        })
    }
}

/// The socket of one batch.
#[derive(Debug)]
pub struct Socket<'a> {
    socket: UdpSocket,
    address: &'a Address,
    deadline: Instant,
}

impl Socket<'_> {
    /// The most that one datagram carries over IPv4.
    pub const LARGEST: usize = 65_507;

    /// Sends one datagram.
    ///
    /// # Errors
    /// [`Failure`] when an earlier datagram was answered with "nobody listens", when this one is larger than the way allows, or
    /// when there was no room for it by the deadline.
    pub async fn send(&self, bytes: &[u8]) -> Result<(), Failure> {
        match timeout_at(self.deadline, self.socket.send(bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::new("sending to", self.address, plain(&error))),
            Err(_) => Err(Failure::new("sending to", self.address, "not sent in time")),
        }
    }

    /// Ends the batch.
    ///
    /// # Errors
    /// [`Failure`] when the kernel knows by now that nobody listens.
    pub fn finish(self) -> Result<(), Failure> {
        match self.socket.take_error() {
            Ok(None) => Ok(()),
            Ok(Some(error)) | Err(error) => Err(Failure::new("sending to", self.address, plain(&error))),
        }
    }
}
