//! Kubernetes label selectors: `a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x)`, `a`, `!a`, `a>1`, `a<1`; a comma is "and".
//!
//! ```
//! use heapster_cluster::Selector;
//! use heapster_plugin::model::Labels;
//! let selector = Selector::parse("app in (web,api),!canary")?;
//! assert!(selector.matches(&Labels::from_pairs([("app", "web")])));
//! # Ok::<(), heapster_cluster::SelectorError>(())
//! ```

mod parse;
mod tokens;
mod valid;

#[cfg(test)]
mod tests;

use heapster_plugin::model::Labels;

/// What labels must look like. Without requirements it matches everything.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Selector(Box<[Requirement]>);

/// Why a text is no selector, in the words of the Kubernetes API server.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(String);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Requirement {
    key: Box<str>,
    test: Test,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Test {
    /// The label is there.
    Exists,
    /// The label is not there.
    Absent,
    /// The label is there with one of these values.
    In(Box<[Box<str>]>),
    /// The label is not there, or has another value.
    NotIn(Box<[Box<str>]>),
    /// The label is an integer above this.
    Above(i64),
    /// The label is an integer below this.
    Below(i64),
}

impl Selector {
    /// Reads a selector; spaces between its words do not count, and an empty text selects everything.
    ///
    /// # Errors
    /// What was found and what was expected, or which part of a key or value a label cannot have.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        parse::parse(text)
            .map(|all| Self(all.into()))
            .map_err(SelectorError)
    }

    /// Whether labels meet every requirement.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|requirement| requirement.is_met(labels))
    }
}

impl Requirement {
    fn is_met(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.test {
            Test::Exists => value.is_some(),
            Test::Absent => value.is_none(),
            Test::In(values) => value.is_some_and(|value| values.iter().any(|one| **one == *value)),
            Test::NotIn(values) => value.is_none_or(|value| values.iter().all(|one| **one != *value)),
            Test::Above(limit) => number().is_some_and(|number| number > *limit),
            Test::Below(limit) => number().is_some_and(|number| number < *limit),
        }
    }
}
