//! From the bytes of a kubelet's answer to sets.

mod blocks;
mod entities;
mod json;
mod labels;
mod legacy;
mod sets;
mod summary;
#[cfg(test)]
mod testing;
mod time;

pub use labels::NodeLabels;
pub(crate) use labels::Words;

use entities::Cache;
use heapster_plugin::model::{Model, Scraped, Timestamp};
use std::sync::Arc;

/// Reads the answers of one node's kubelet and remembers its entities from one to the next.
#[derive(Debug)]
pub struct Decoder {
    cache: Cache,
}

/// What came is not what was asked for: no JSON, not whole, not an object, or one about something else.
#[derive(Debug, thiserror::Error)]
#[error("the answer of {length} bytes is no {what}: {cause}")]
pub struct DecodeError {
    what: &'static str,
    length: usize,
    cause: serde_json::Error,
}

impl Decoder {
    /// A decoder for the node with these labels.
    #[must_use]
    pub fn new(model: Arc<Model>, node: &NodeLabels) -> Self {
        Self::with_words(model, node, Arc::default())
    }

    pub(crate) fn with_words(model: Arc<Model>, node: &NodeLabels, words: Arc<Words>) -> Self {
        Self {
            cache: Cache::new(model, words, node),
        }
    }

    /// Reads the answer of `GET /stats/summary`.
    ///
    /// Shape: one set for the node, each system container, pod and container, in no order; plain values ascend by metric but for
    /// custom ones. Absent values stay absent.
    /// Units: those of the catalogue; times are the kubelet's, uptime is `now` minus the start.
    ///
    /// # Errors
    /// [`DecodeError`] when the body is no whole JSON object or has neither of the fields `node` and `pods`; nothing of it counts
    /// then.
    pub fn summary(&mut self, body: &[u8], now: Timestamp) -> Result<Scraped, DecodeError> {
        summary::read(body, &mut self.cache, now).map_err(|cause| DecodeError {
            what: "stats summary",
            length: body.len(),
            cause,
        })
    }

    /// Reads the answer of `POST /stats/container/`, shaped and with errors as [`summary`](Self::summary).
    ///
    /// # Errors
    /// [`DecodeError`] when the body is no whole JSON object; nothing of it counts then.
    pub fn container_stats(&mut self, body: &[u8], now: Timestamp) -> Result<Scraped, DecodeError> {
        legacy::read(body, &mut self.cache, now).map_err(|cause| DecodeError {
            what: "container stats",
            length: body.len(),
            cause,
        })
    }

    /// How many entities beside the node are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.cache.len()
    }
}
