//! Bodies with a limit.

use crate::error::ClientError;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, MultiGzDecoder};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use std::io::{self, Write};

/// Room made at once for an answer that announces its length; more is made as bytes come.
const FIRST_ROOM: usize = 4 << 20;

/// Requests larger than this are compressed beside the worker threads.
const LARGE: usize = 64 << 10;

/// `body` as a gzip member, for a request with `Content-Encoding: gzip`.
#[must_use]
pub fn gzip(body: &[u8]) -> Bytes {
    pack(body, Compression::default())
}

/// The same, fast rather than small, and without holding up a worker thread.
pub(crate) async fn gzip_in_background(body: Bytes) -> Bytes {
    if body.len() <= LARGE {
        return pack(&body, Compression::fast());
    }
    let packed = tokio::task::spawn_blocking(move || pack(&body, Compression::fast())).await;
    // It can only fail while the program ends, and then nothing is sent.
    packed.unwrap_or_default()
}

fn pack(body: &[u8], level: Compression) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), level);
    let done = encoder.write_all(body).and_then(|()| encoder.finish());
    debug_assert!(done.is_ok(), "writing to memory cannot fail");
    done.unwrap_or_default().into()
}

/// Reads a whole answer, undoing gzip, and takes the two headers that no longer hold away.
///
/// Errors: [`ClientError::TooLarge`] as soon as the announced or the decoded length passes `limit`; at most `limit` bytes
/// are ever kept.
pub(crate) async fn read(
    headers: &mut HeaderMap,
    mut body: Incoming,
    limit: usize,
) -> Result<Bytes, ClientError> {
    let encoding = headers
        .get(CONTENT_ENCODING)
        .map_or("", |value| value.to_str().unwrap_or("?"))
        .trim()
        .to_ascii_lowercase();
    let announced = body.size_hint().exact();
    let mut sink = match encoding.as_str() {
        "" | "identity" => {
            if announced.is_some_and(|bytes| bytes > u64::try_from(limit).unwrap_or(u64::MAX)) {
                return Err(ClientError::TooLarge { limit });
            }
            let room = announced
                .and_then(|bytes| usize::try_from(bytes).ok())
                .unwrap_or(0);
            Sink::Plain(Capped::new(limit, room.min(FIRST_ROOM)))
        }
        "gzip" | "x-gzip" => Sink::Gzip(Box::new(MultiGzDecoder::new(Capped::new(limit, 0)))),
        other => {
            return Err(ClientError::Encoding(format!(
                "the answer's content encoding {other:?} is not known"
            )));
        }
    };
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ClientError::Broken(broken(&error)))?;
        if let Some(chunk) = frame.data_ref() {
            sink.write(chunk)?;
        }
    }
    let bytes = sink.finish()?;
    if !encoding.is_empty() {
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
    }
    Ok(bytes)
}

fn broken(error: &hyper::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("the connection broke inside the answer: {cause}")
}

enum Sink {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

impl Sink {
    fn write(&mut self, chunk: &[u8]) -> Result<(), ClientError> {
        let written = match self {
            Self::Plain(capped) => capped.write_all(chunk),
            Self::Gzip(decoder) => decoder.write_all(chunk),
        };
        written.map_err(|error| self.failure(&error))
    }

    fn finish(mut self) -> Result<Bytes, ClientError> {
        let done = match &mut self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => decoder.try_finish(),
        };
        done.map_err(|error| self.failure(&error))?;
        let capped = match &mut self {
            Self::Plain(capped) => capped,
            Self::Gzip(decoder) => decoder.get_mut(),
        };
        Ok(std::mem::take(&mut capped.bytes).into())
    }

    fn failure(&self, error: &io::Error) -> ClientError {
        let capped = match self {
            Self::Plain(capped) => capped,
            Self::Gzip(decoder) => decoder.get_ref(),
        };
        if capped.full {
            return ClientError::TooLarge { limit: capped.limit };
        }
        ClientError::Encoding(format!("the answer's gzip text is damaged: {error}"))
    }
}

/// Bytes up to a limit; what would pass it is refused whole.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Capped {
    fn new(limit: usize, room: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(room),
            limit,
            full: false,
        }
    }
}

impl Write for Capped {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if chunk.len() > self.limit - self.bytes.len() {
            self.full = true;
            return Err(io::Error::other("full"));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &[u8], limit: usize) -> Result<Bytes, ClientError> {
        let mut sink = Sink::Gzip(Box::new(MultiGzDecoder::new(Capped::new(limit, 0))));
        for chunk in text.chunks(7) {
            sink.write(chunk)?;
        }
        sink.finish()
    }

    #[test]
    fn gzip_text_reads_back() {
        let text = vec![b'x'; 100_000];
        assert_eq!(decode(&gzip(&text), 100_000).unwrap(), text);
    }

    #[test]
    fn a_small_text_that_grows_past_the_limit_is_refused() {
        let bomb = gzip(&vec![0; 10 << 20]);
        assert!(bomb.len() < 20_000);
        assert_eq!(
            decode(&bomb, 1 << 20),
            Err(ClientError::TooLarge { limit: 1 << 20 })
        );
    }

    #[test]
    fn cut_or_wrong_gzip_text_is_damaged() {
        let whole = gzip(b"abcabcabcabc");
        for broken in [
            &whole[..whole.len() / 2],
            &whole[..whole.len() - 1],
            b"{\"node\":{}}",
        ] {
            assert!(matches!(decode(broken, 1 << 20), Err(ClientError::Encoding(_))));
        }
    }
}
