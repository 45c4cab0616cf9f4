//! What became of a batch.

use crate::model::Batch;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What became of the values of a batch. `P` is what was written: a batch of metrics unless said otherwise.
pub struct Outcome<P = Batch> {
    /// Values that the backend has now.
    pub accepted: usize,
    /// Values worth another try, with one line on why.
    pub retry: Option<Retry<P>>,
    /// Values that will never be accepted, by reason.
    pub rejected: Vec<(Rejection, usize)>,
}

/// A failure that may pass.
pub struct Retry<P = Batch> {
    /// Values concerned.
    pub count: usize,
    /// One line: what was tried, with what, what came back, and what the operator can do where that is known.
    pub text: String,
    /// Exactly the values concerned, as [`Batch::select`](crate::model::Batch::select) makes them; `None` for the whole batch.
    pub rest: Option<Arc<P>>,
    /// How long the backend asks to be left alone, as HTTP's `Retry-After` says it. The next try comes no sooner, but for a limit
    /// of five minutes and at the end of the program.
    pub after: Option<Duration>,
}

/// Why a backend will never take a value. A closed list: they are label values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The backend cannot express it (NaN, a kind of value).
    Unrepresentable,
    /// The backend answered that it is not valid.
    Invalid,
    /// The backend keeps nothing that old.
    TooOld,
    /// Too large for the backend.
    TooLarge,
}

impl Rejection {
    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unrepresentable => "unrepresentable",
            Self::Invalid => "invalid",
            Self::TooOld => "too_old",
            Self::TooLarge => "too_large",
        }
    }
}

impl<P> Outcome<P> {
    /// Everything was accepted.
    #[must_use]
    pub const fn all(accepted: usize) -> Self {
        Self {
            accepted,
            retry: None,
            rejected: Vec::new(),
        }
    }

    /// So many values will never be accepted.
    #[must_use]
    pub fn rejected(reason: Rejection, count: usize) -> Self {
        Self::all(0).and_rejected(reason, count)
    }

    /// The whole batch, of `count` values, is worth another try.
    #[must_use]
    pub fn retry_count(count: usize, text: impl Into<String>) -> Self {
        let retry = Retry {
            count,
            text: text.into(),
            rest: None,
            after: None,
        };
        Self {
            retry: Some(retry),
            ..Self::default()
        }
    }

    /// The same with so many more accepted.
    #[must_use]
    pub fn and_accepted(mut self, count: usize) -> Self {
        self.accepted += count;
        self
    }

    /// The same with so many more rejected.
    #[must_use]
    pub fn and_rejected(mut self, reason: Rejection, count: usize) -> Self {
        self.reject(reason, count);
        self
    }

    /// The same, with what is to be tried again left alone for so long.
    #[must_use]
    pub fn and_after(mut self, after: Option<Duration>) -> Self {
        if let Some(retry) = &mut self.retry {
            retry.after = after;
        }
        self
    }

    /// Adds rejected values; one entry a reason.
    pub fn reject(&mut self, reason: Rejection, count: usize) {
        match self.rejected.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, known)) => *known += count,
            None if count > 0 => self.rejected.push((reason, count)),
            None => {}
        }
    }
}

impl Outcome {
    /// The whole batch is worth another try.
    #[must_use]
    pub fn retry_all(batch: &Batch, text: impl Into<String>) -> Self {
        Self::retry_count(batch.value_count(), text)
    }

    /// These values of the batch are worth another try; what became of the others is added with
    /// [`and_accepted`](Self::and_accepted) and [`and_rejected`](Self::and_rejected).
    #[must_use]
    pub fn retry_rest(rest: Batch, text: impl Into<String>) -> Self {
        let (count, text) = (rest.value_count(), text.into());
        let retry = Retry {
            count,
            text,
            rest: Some(Arc::new(rest)),
            after: None,
        };
        Self {
            retry: Some(retry),
            ..Self::default()
        }
    }
}

impl<P> Default for Outcome<P> {
    fn default() -> Self {
        Self::all(0)
    }
}

// By hand, because derived ones would ask the same of `P`.
impl<P> Clone for Outcome<P> {
    fn clone(&self) -> Self {
        let (retry, rejected) = (self.retry.clone(), self.rejected.clone());
        Self {
            accepted: self.accepted,
            retry,
            rejected,
        }
    }
}

impl<P> PartialEq for Outcome<P> {
    fn eq(&self, other: &Self) -> bool {
        (self.accepted, &self.retry, &self.rejected) == (other.accepted, &other.retry, &other.rejected)
    }
}

impl<P> Eq for Outcome<P> {}

impl<P> fmt::Debug for Outcome<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("accepted", &self.accepted)
            .field("retry", &self.retry)
            .field("rejected", &self.rejected)
            .finish()
    }
}

impl<P> Clone for Retry<P> {
    fn clone(&self) -> Self {
        let (text, rest) = (self.text.clone(), self.rest.clone());
        Self {
            count: self.count,
            text,
            rest,
            after: self.after,
        }
    }
}

/// Equal when count, text and pause are, and when the rest is the same one.
impl<P> PartialEq for Retry<P> {
    fn eq(&self, other: &Self) -> bool {
        let same_rest = match (&self.rest, &other.rest) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let plain = |retry: &Self| (retry.count, retry.after);
        same_rest && plain(self) == plain(other) && self.text == other.text
    }
}

impl<P> Eq for Retry<P> {}

impl<P> fmt::Debug for Retry<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extent = if self.rest.is_some() { "part" } else { "whole" };
        write!(f, "Retry({} values, {extent} batch: {})", self.count, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_put_together_from_its_parts() {
        let outcome: Outcome = Outcome::retry_count(2, "503")
            .and_accepted(3)
            .and_rejected(Rejection::TooOld, 1)
            .and_rejected(Rejection::Invalid, 0)
            .and_rejected(Rejection::TooOld, 4);
        assert_eq!(
            (outcome.accepted, &outcome.rejected[..]),
            (3, &[(Rejection::TooOld, 5)][..])
        );
        assert_eq!(outcome.retry.as_ref().map(|retry| retry.count), Some(2));
        assert_eq!(outcome.clone(), outcome);
    }
}
