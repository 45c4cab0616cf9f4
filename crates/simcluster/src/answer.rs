//! An answer of the cluster, before it is sent: status, kind, text in chunks, and how it ends.

use bytes::Bytes;
use std::fmt;
use tokio::sync::mpsc;

/// The content type of JSON.
pub const JSON: &str = "application/json";
/// The content type of Prometheus text.
pub const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A text made chunk by chunk.
pub trait Pages: Send + fmt::Debug {
    /// The next chunk; `None` at the end.
    fn next(&mut self) -> Option<Bytes>;
}

/// How an answer ends after its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// As it should.
    Whole,
    /// The connection breaks off.
    Abort,
    /// Nothing more comes.
    Hang,
}

/// Where the text comes from.
#[derive(Debug)]
pub enum Recipe {
    /// It is all there.
    Whole(Bytes),
    /// It is made while it is sent.
    Pages(Box<dyn Pages>),
    /// Others send it: a watch.
    Channel(mpsc::Receiver<Bytes>),
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status; `None` when there is no answer at all.
    pub status: Option<u16>,
    /// Content type.
    pub kind: &'static str,
    /// The text.
    pub recipe: Recipe,
    /// What comes after the text.
    pub end: End,
}

impl Answer {
    /// An answer of these parts.
    #[must_use]
    pub fn new(status: u16, kind: &'static str, recipe: Recipe, end: End) -> Self {
        Self {
            status: Some(status),
            kind,
            recipe,
            end,
        }
    }

    /// A good answer.
    #[must_use]
    pub fn ok(kind: &'static str, pages: Box<dyn Pages>) -> Self {
        Self::new(200, kind, Recipe::Pages(pages), End::Whole)
    }

    /// An answer whose text is at hand.
    #[must_use]
    pub fn whole(status: u16, kind: &'static str, text: impl Into<Bytes>) -> Self {
        Self::new(status, kind, Recipe::Whole(text.into()), End::Whole)
    }

    /// A line of plain text.
    #[must_use]
    pub fn text(status: u16, text: &'static str) -> Self {
        Self::whole(status, "text/plain; charset=utf-8", text)
    }

    /// No answer, on an open connection.
    #[must_use]
    pub fn never() -> Self {
        Self {
            status: None,
            kind: TEXT,
            recipe: Recipe::Whole(Bytes::new()),
            end: End::Hang,
        }
    }

    /// No answer, and the connection closes.
    #[must_use]
    pub fn abort() -> Self {
        Self {
            end: End::Abort,
            ..Self::never()
        }
    }

    /// All of the text, for a test that needs no socket; what a watch sends is not waited for.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        match self.recipe {
            Recipe::Whole(text) => text.to_vec(),
            Recipe::Pages(mut pages) => {
                let mut all = Vec::new();
                while let Some(chunk) = pages.next() {
                    all.extend_from_slice(&chunk);
                }
                all
            }
            Recipe::Channel(mut chunks) => {
                let mut all = Vec::new();
                while let Ok(chunk) = chunks.try_recv() {
                    all.extend_from_slice(&chunk);
                }
                all
            }
        }
    }
}
