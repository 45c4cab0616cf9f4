//! Lines to carbon.

use crate::config::Config;
use crate::encode::Encoder;
use heapster_plugin::Instant;
use heapster_plugin::model::Batch;
use heapster_socket::{Datagrams, Failure, Skipped, Stream};

/// About so many bytes are encoded before they are written.
const PIECE: usize = 128 * 1024;

/// Writes a batch to a connection, piece by piece.
pub(crate) async fn stream(
    stream: &mut Stream,
    batch: &Batch,
    config: &Config,
    deadline: Instant,
) -> Result<Skipped, Failure> {
    let mut encoder = Encoder::new(batch, config);
    let mut piece = Vec::with_capacity(PIECE + PIECE / 8);
    let mut sending = stream.open(deadline).await?;
    for set in batch.sets() {
        encoder.push(&set, &mut piece);
        if piece.len() >= PIECE {
            sending.write(&piece).await?;
            piece.clear();
        }
    }
    sending.write(&piece).await?;
    sending.finish().await?;
    Ok(encoder.finish())
}

/// Sends a datagram a line.
pub(crate) async fn datagrams(
    datagrams: &Datagrams,
    batch: &Batch,
    config: &Config,
    deadline: Instant,
) -> Result<Skipped, Failure> {
    let mut encoder = Encoder::new(batch, config);
    let mut lines = Vec::new();
    let socket = datagrams.open(deadline).await?;
    for set in batch.sets() {
        lines.clear();
        encoder.push(&set, &mut lines);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            socket.send(line).await?;
        }
    }
    socket.finish()?;
    Ok(encoder.finish())
}
