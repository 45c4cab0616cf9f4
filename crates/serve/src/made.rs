//! JSON that is made while it is sent: a long list is never in memory at once.

use crate::answer::{Answer, JSON};
use crate::body::{Body, PIECE};
use crate::json::Json;
use bytes::Bytes;
use http::StatusCode;

/// 200 with a document that `next` adds to until it answers `false`, upon which `end` completes it. `json` is the document
/// as far as it is written.
///
/// Shape: whole when it is complete within about [`PIECE`] bytes, else pieces of about that size, each made when the one
/// before is on its way.
pub(crate) fn made(
    json: Json,
    next: impl FnMut(&mut Json) -> bool + Send + 'static,
    end: impl FnOnce(&mut Json) + Send + 'static,
) -> Answer {
    let mut made = Made {
        json,
        next,
        end: Some(end),
    };
    let first = made.piece();
    let body = match &made.end {
        None => Body::Whole(first),
        Some(_) => {
            made.json.reserve(PIECE + PIECE / 4);
            Body::Pieces(Box::new(std::iter::once(first).chain(made)))
        }
    };
    Answer {
        body,
        ..Answer::new(StatusCode::OK, JSON, "")
    }
}

struct Made<N, E> {
    json: Json,
    next: N,
    /// Taken when the document is complete.
    end: Option<E>,
}

impl<N: FnMut(&mut Json) -> bool, E: FnOnce(&mut Json)> Made<N, E> {
    fn piece(&mut self) -> Bytes {
        while self.json.len() < PIECE {
            if !(self.next)(&mut self.json) {
                if let Some(end) = self.end.take() {
                    end(&mut self.json);
                }
                break;
            }
        }
        self.json.take().into()
    }
}

impl<N: FnMut(&mut Json) -> bool, E: FnOnce(&mut Json)> Iterator for Made<N, E> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.end.as_ref()?;
        self.json.reserve(PIECE + PIECE / 4);
        Some(self.piece())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize) -> Answer {
        let mut json = Json::compact();
        json.open('[');
        let mut all = 0..count;
        let next = move |json: &mut Json| all.next().map(|number| json.bare(number)).is_some();
        made(json, next, |json| json.close(']'))
    }

    #[test]
    fn a_short_document_is_whole() {
        assert!(matches!(numbers(3).body, Body::Whole(text) if text == "[0,1,2]"));
        assert!(matches!(numbers(0).body, Body::Whole(text) if text == "[]"));
    }

    #[test]
    fn a_long_document_comes_in_pieces_that_join_to_the_same_text() {
        let Body::Pieces(pieces) = numbers(100_000).body else {
            panic!()
        };
        let pieces: Vec<Bytes> = pieces.collect();
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE + 16));
        let all: Vec<u32> = serde_json::from_slice(&pieces.concat()).unwrap();
        assert_eq!(all.len(), 100_000);
    }
}
