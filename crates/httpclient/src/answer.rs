//! What a backend answered, and what that means for the data.

use crate::error::ClientError;
use bytes::Bytes;
use heapster_plugin::sink::Rejection;
use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};
use std::time::Duration;

/// How much of an answer a log line shows, in characters.
const SHOWN: usize = 300;

/// A whole answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The method of the request.
    pub method: Method,
    /// What was asked, for people: address and path without the query.
    pub place: String,
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub body: Bytes,
}

/// No whole answer: what was tried, and why not.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{method} {place}: {cause}")]
pub struct Failure {
    /// The method of the request.
    pub method: Method,
    /// What was asked, for people: address and path without the query.
    pub place: String,
    /// Why there is no answer; part of the text.
    pub cause: ClientError,
}

/// What becomes of the data in a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The backend has it (2xx).
    Accepted,
    /// Another try may go better: the backend, the way to it, or its set-up is at fault.
    Retry {
        /// One line for the log and for `Retry::text`.
        text: String,
        /// How long the backend asks to be left alone (`Retry-After` in seconds).
        after: Option<Duration>,
    },
    /// The backend will never take it.
    Rejected {
        /// Why, as a label value.
        reason: Rejection,
        /// One line for the log.
        text: String,
    },
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// What the backend asks in `Retry-After`, when that is a number of seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        seconds.trim().parse().ok().map(Duration::from_secs)
    }

    /// `POST http://h:8086/write answered 503 Service Unavailable: REASON`, without an end when `reason` is empty.
    pub(crate) fn line(&self, reason: &str) -> String {
        let status = self.status;
        let colon = if reason.is_empty() { "" } else { ": " };
        format!("{} {} answered {status}{colon}{reason}", self.method, self.place)
    }

    /// By status alone: 2xx is accepted; 400, 413, 414, 422, 431 and every 4xx not named here condemn the data; what the
    /// operator can mend (401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 451 and redirects), what is over soon
    /// (408, 425, 429) and 5xx are worth another try.
    pub(crate) fn verdict(&self, reason: &str) -> Verdict {
        let text = self.line(reason);
        let advice = match self.status.as_u16() {
            200..=299 => return Verdict::Accepted,
            300..=399 => {
                let to = self.headers.get(LOCATION).and_then(|to| to.to_str().ok());
                format!(
                    "; redirects are not followed, give the sink the address {}",
                    one_line(to.unwrap_or("it stands for"))
                )
            }
            401 => "; check the sink's user, password or token".to_owned(),
            403 => "; the sink's user or token lacks the right to write".to_owned(),
            404 | 410 | 421 => "; check the sink's address and its options".to_owned(),
            407 => "; the proxy wants a user and a password".to_owned(),
            405 | 406 | 411 | 415 | 426 => "; check that the address is this kind of backend's".to_owned(),
            402 | 408 | 425 | 429 | 451 | 500.. => String::new(),
            413 | 414 | 431 => return Verdict::rejected(Rejection::TooLarge, text),
            _ => return Verdict::rejected(Rejection::Invalid, text),
        };
        Verdict::Retry {
            text: text + &advice,
            after: self.retry_after(),
        }
    }
}

impl Verdict {
    const fn rejected(reason: Rejection, text: String) -> Self {
        Self::Rejected { reason, text }
    }
}

/// `text` on one line: white space and control characters are one space, at most 300 characters, then `…`.
#[must_use]
pub fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let mut out = String::new();
    let mut left = SHOWN;
    for word in words.filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        let cut = word.char_indices().nth(left).map(|(at, _)| at);
        out.push_str(cut.and_then(|at| word.get(..at)).unwrap_or(word));
        if cut.is_some() {
            out.push('…');
            break;
        }
        left = left.saturating_sub(word.chars().count() + 1);
    }
    out
}
