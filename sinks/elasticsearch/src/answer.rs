//! What a server's answers say.

use heapster_plugin::sink::Rejection;
use serde::Deserialize;
use std::borrow::Cow;

/// What became of one document of a `_bulk` request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    Accepted,
    /// Another try may go better.
    Retry(String),
    Rejected(Rejection, String),
}

/// Reads the answer to a `_bulk` request of `count` documents and calls `each` with each document's number, status and fate,
/// in order.
///
/// # Errors
/// One line, when the answer is none; nothing is known of the documents then.
pub(crate) fn items(
    answer: &[u8],
    count: usize,
    mut each: impl FnMut(usize, u16, Fate),
) -> Result<(), String> {
    let answer: Answer<'_> =
        serde_json::from_slice(answer).map_err(|error| format!("the answer cannot be read: {error}"))?;
    if answer.items.len() != count {
        return Err(format!(
            "the answer tells of {} documents instead of {count}",
            answer.items.len()
        ));
    }
    for (number, Item::Done(done)) in answer.items.into_iter().enumerate() {
        let status = done.status;
        each(number, status, done.fate());
    }
    Ok(())
}

/// The type and the reason of an error, or the answer as it is.
pub(crate) fn reason(answer: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Failed<'a> {
        #[serde(borrow)]
        error: Cause<'a>,
    }
    match serde_json::from_slice::<Failed<'_>>(answer) {
        Ok(Failed { error }) => error.text(),
        Err(_) => String::from_utf8_lossy(answer).into_owned(),
    }
}

/// Whether an index is there already: two programs may make it at once.
pub(crate) fn already_exists(answer: &[u8]) -> bool {
    reason(answer).contains("already_exists_exception")
}

/// Whether the answer to a change says that it has been made.
pub(crate) fn acknowledged(answer: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Done {
        acknowledged: bool,
    }
    serde_json::from_slice::<Done>(answer).is_ok_and(|done| done.acknowledged)
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
enum Item<'a> {
    #[serde(rename = "index", alias = "create", borrow)]
    Done(Done<'a>),
}

#[derive(Deserialize)]
struct Done<'a> {
    status: u16,
    #[serde(borrow)]
    error: Option<Cause<'a>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cause<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Full {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
        #[serde(borrow)]
        reason: Option<Cow<'a, str>>,
        caused_by: Option<Box<Self>>,
    },
}

impl Cause<'_> {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone().into_owned(),
            Self::Full {
                kind,
                reason,
                caused_by,
            } => {
                let mut text = kind.clone().into_owned();
                for part in [
                    reason.as_ref().map(|reason| reason.clone().into_owned()),
                    caused_by.as_ref().map(|cause| cause.text()),
                ] {
                    text.extend(part.map(|part| format!(": {part}")));
                }
                text
            }
        }
    }

    /// Whether the operator can mend what is named: the server, the index or a pipeline, not the document, is at fault.
    fn is_mendable(&self) -> bool {
        const KINDS: [&str; 5] = [
            "cluster_block_exception",
            "index_closed_exception",
            "index_not_found_exception",
            "invalid_index_name_exception",
            "security_exception",
        ];
        const REASONS: [&str; 3] = ["pipeline with id", "no write index", "maximum normal shards"];
        let Self::Full { kind, reason, .. } = self else {
            return false;
        };
        let reason = reason.as_deref().unwrap_or("");
        KINDS.contains(&&**kind) || REASONS.iter().any(|part| reason.contains(part))
    }
}

impl Done<'_> {
    fn fate(&self) -> Fate {
        let text = || {
            self.error
                .as_ref()
                .map_or_else(|| format!("status {}", self.status), Cause::text)
        };
        let mendable = self.error.as_ref().is_some_and(Cause::is_mendable);
        match self.status {
            200..=299 => Fate::Accepted,
            // The id is made from the content: what is there already is this document.
            409 => Fate::Accepted,
            401 | 403 | 404 | 408 | 429 | 500.. => Fate::Retry(text()),
            _ if mendable => Fate::Retry(text()),
            413 => Fate::Rejected(Rejection::TooLarge, text()),
            _ => Fate::Rejected(Rejection::Invalid, text()),
        }
    }
}

#[cfg(test)]
mod tests;
