//! Bodies of answers: whole, or made piece by piece while they are sent, so that a long one is never in memory at once.

use crate::negotiate::Coding;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::fmt;
use std::io::Write;

/// How many bytes of a body are compressed or made in one go: small enough not to hold up other requests.
pub(crate) const PIECE: usize = 64 << 10;

/// Pieces of a body; the next one is made when the last one is on its way.
pub(crate) type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// The body of an answer.
pub(crate) enum Body {
    /// All of it.
    Whole(Bytes),
    /// Piece by piece, of unknown length.
    Pieces(Pieces),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Pieces(_) => f.write_str("pieces"),
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Whole(text.into())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::Whole(Bytes::from_static(text.as_bytes()))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes.into())
    }
}

impl Body {
    /// The length when it is known before all is made.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::Whole(bytes) => Some(bytes.len()),
            Self::Pieces(_) => None,
        }
    }

    /// The same body in a content coding. A short one is coded at once and keeps a known length.
    pub(crate) fn coded(self, coding: Coding) -> Self {
        match self {
            Self::Whole(bytes) if bytes.len() <= PIECE => {
                let mut encoder = Encoder::new(coding);
                let mut coded = encoder.code(&bytes);
                coded.extend_from_slice(&encoder.finish());
                Self::Whole(coded.into())
            }
            Self::Whole(bytes) => Self::Pieces(Box::new(Coded::new(cut(bytes), coding))),
            Self::Pieces(pieces) => Self::Pieces(Box::new(Coded::new(pieces, coding))),
        }
    }
}

fn cut(mut bytes: Bytes) -> impl Iterator<Item = Bytes> + Send {
    std::iter::from_fn(move || {
        let piece = bytes.split_to(PIECE.min(bytes.len()));
        (!piece.is_empty()).then_some(piece)
    })
}

enum Encoder {
    Gzip(GzEncoder<Vec<u8>>),
    Deflate(ZlibEncoder<Vec<u8>>),
    Done,
}

impl Encoder {
    fn new(coding: Coding) -> Self {
        match coding {
            Coding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), Compression::fast())),
            Coding::Deflate => Self::Deflate(ZlibEncoder::new(Vec::new(), Compression::fast())),
        }
    }

    /// Takes `bytes` in and gives out what is ready. Writing to a `Vec` cannot fail.
    fn code(&mut self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Gzip(encoder) => {
                encoder.write_all(bytes).ok();
                std::mem::take(encoder.get_mut())
            }
            Self::Deflate(encoder) => {
                encoder.write_all(bytes).ok();
                std::mem::take(encoder.get_mut())
            }
            Self::Done => Vec::new(),
        }
    }

    fn finish(&mut self) -> Vec<u8> {
        match std::mem::replace(self, Self::Done) {
            Self::Gzip(encoder) => encoder.finish().unwrap_or_default(),
            Self::Deflate(encoder) => encoder.finish().unwrap_or_default(),
            Self::Done => Vec::new(),
        }
    }
}

struct Coded<I> {
    pieces: I,
    encoder: Encoder,
}

impl<I> Coded<I> {
    fn new(pieces: I, coding: Coding) -> Self {
        Self {
            pieces,
            encoder: Encoder::new(coding),
        }
    }
}

impl<I: Iterator<Item = Bytes>> Iterator for Coded<I> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        for piece in self.pieces.by_ref() {
            let coded = self.encoder.code(&piece);
            if !coded.is_empty() {
                return Some(coded.into());
            }
        }
        Some(self.encoder.finish())
            .filter(|last| !last.is_empty())
            .map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn all(body: Body) -> Vec<u8> {
        match body {
            Body::Whole(bytes) => bytes.to_vec(),
            Body::Pieces(pieces) => pieces.flatten().collect(),
        }
    }

    #[test]
    fn a_coded_body_reads_back_whether_it_is_short_long_or_in_pieces() {
        let long: Vec<u8> = (0..=250).cycle().take(PIECE * 3 + 7).collect();
        let pieces: Vec<Bytes> = long.chunks(1000).map(Bytes::copy_from_slice).collect();
        let whole = Body::Whole(long.clone().into());
        for body in [
            Body::from("short"),
            whole,
            Body::Pieces(Box::new(pieces.into_iter())),
        ] {
            let wanted = if body.len() == Some(5) {
                b"short".to_vec()
            } else {
                long.clone()
            };
            let mut plain = Vec::new();
            let coded = all(body.coded(Coding::Gzip));
            flate2::read::GzDecoder::new(&coded[..])
                .read_to_end(&mut plain)
                .unwrap();
            assert_eq!(plain, wanted);
        }
        let coded = all(Body::Whole(long.clone().into()).coded(Coding::Deflate));
        let mut plain = Vec::new();
        flate2::read::ZlibDecoder::new(&coded[..])
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain, long);
    }
}
