//! Lines in datagrams.

use crate::config::Config;
use crate::encode::Encoder;
use crate::keys::Keys;
use heapster_plugin::Instant;
use heapster_plugin::model::Batch;
use heapster_socket::{Datagrams, Failure, Skipped, Socket};

/// Sends a batch, as many lines in a datagram as the options allow.
pub(crate) async fn put(
    datagrams: &Datagrams,
    batch: &Batch,
    config: &Config,
    keys: &mut Keys,
    deadline: Instant,
) -> Result<Skipped, Failure> {
    let mut encoder = Encoder::new(config, keys);
    let mut lines = Vec::new();
    let mut packet = Packet {
        socket: datagrams.open(deadline).await?,
        bytes: Vec::new(),
        lines: 0,
    };
    for set in batch.sets() {
        lines.clear();
        encoder.push(set, &mut lines);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            packet.add(line, config).await?;
        }
    }
    packet.send().await?;
    packet.socket.finish()?;
    Ok(encoder.finish())
}

/// The datagram that is being filled.
struct Packet<'a> {
    socket: Socket<'a>,
    bytes: Vec<u8>,
    lines: usize,
}

impl Packet<'_> {
    async fn add(&mut self, line: &[u8], config: &Config) -> Result<(), Failure> {
        if self.lines >= config.lines || self.bytes.len() + line.len() > config.bytes {
            self.send().await?;
        }
        self.bytes.extend_from_slice(line);
        self.lines += 1;
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Failure> {
        if self.lines > 0 {
            self.socket.send(&self.bytes).await?;
            self.bytes.clear();
            self.lines = 0;
        }
        Ok(())
    }
}
