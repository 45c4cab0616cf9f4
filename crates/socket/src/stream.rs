//! A TCP connection that is written to and not answered.

use crate::{Address, Failure, plain};
use heapster_plugin::Instant;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout_at;

/// For one attempt to connect.
const CONNECT: Duration = Duration::from_secs(10);

/// What becomes of the connection at the end of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// It is ended, and the server's end is waited for: the server has then read everything.
    Confirm,
    /// It stays open for the next batch, and what the kernel took counts as sent.
    Keep,
}

/// A server that takes text over TCP.
#[derive(Debug)]
pub struct Stream {
    address: Address,
    ending: Ending,
    idle: Option<TcpStream>,
}

impl Stream {
    /// The server at `address`; contacts nothing.
    #[must_use]
    pub const fn new(address: Address, ending: Ending) -> Self {
        Self {
            address,
            ending,
            idle: None,
        }
    }

    /// Begins a batch: with the connection of the last one if it was kept and the server has not ended it, else with a new one.
    ///
    /// # Errors
    /// [`Failure`] when there is no connection by the deadline, or after ten seconds.
    pub async fn open(&mut self, deadline: Instant) -> Result<Sending<'_>, Failure> {
        let stream = match self.idle.take().filter(is_open) {
            Some(stream) => stream,
            None => connect(&self.address, deadline).await?,
        };
        Ok(Sending {
            stream,
            deadline,
            owner: self,
        })
    }

    /// Ends a connection that was kept.
    pub async fn close(&mut self) {
        if let Some(mut stream) = self.idle.take() {
            // Whatever comes of it, the connection is gone.
            stream.shutdown().await.ok();
        }
    }
}

async fn connect(address: &Address, deadline: Instant) -> Result<TcpStream, Failure> {
    let deadline = deadline.min(Instant::now() + CONNECT);
    let failed = |why: String| Failure::new("connecting to", address, why);
    let stream = timeout_at(deadline, TcpStream::connect(address.pair()))
        .await
        .map_err(|_| failed("no answer in time".to_owned()))?
        .map_err(|error| failed(plain(&error)))?;
    // Large pieces are written; none should wait for the acknowledgement of another.
    stream.set_nodelay(true).ok();
    Ok(stream)
}

/// Whether the server has neither ended the connection nor broken it. What it may have said is passed over.
fn is_open(stream: &TcpStream) -> bool {
    let mut unread = [0; 512];
    loop {
        match stream.try_read(&mut unread) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

/// One batch on its way. Dropped before [`finish`](Self::finish), it breaks the connection.
#[derive(Debug)]
pub struct Sending<'a> {
    stream: TcpStream,
    deadline: Instant,
    owner: &'a mut Stream,
}

impl Sending<'_> {
    /// Writes a piece of the batch.
    ///
    /// # Errors
    /// [`Failure`] when the connection breaks, or when the server has not taken it by the deadline.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let address = &self.owner.address;
        match timeout_at(self.deadline, self.stream.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::new("writing to", address, plain(&error))),
            Err(_) => Err(Failure::new("writing to", address, "not taken in time")),
        }
    }

    /// Ends the batch.
    ///
    /// # Errors
    /// [`Failure`] when the connection breaks, or when the server's end has not come by the deadline.
    pub async fn finish(mut self) -> Result<(), Failure> {
        if self.owner.ending == Ending::Keep {
            self.owner.idle = Some(self.stream);
            return Ok(());
        }
        let address = &self.owner.address;
        match timeout_at(self.deadline, end(&mut self.stream)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::new("writing to", address, plain(&error))),
            Err(_) => Err(Failure::new(
                "waiting for the end of the connection to",
                address,
                "not read in time; confirm=false is for servers that leave connections open",
            )),
        }
    }
}

/// Ends our half and waits for the other one. What the server says before is passed over.
async fn end(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut unread = [0; 512];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}
