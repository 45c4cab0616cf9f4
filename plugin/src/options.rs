//! Options of a URI, declared as data: the parser, its error texts, `--validate`, `heapster plugins --json`, the READMEs and
//! features.md are all made from one list.

mod nearest;
mod unknown;

pub use unknown::Unknown;

use crate::uri::Uri;
use heapster_gotext::{parse_bool, parse_duration, parse_int};
use nearest::nearest;
use std::fmt;
use std::time::Duration;

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Name in the query, case-sensitive.
    pub name: &'static str,
    /// What values it takes.
    pub kind: OptKind,
    /// The default as it would be written; empty for none.
    pub default: &'static str,
    /// Whether each occurrence counts.
    pub repeatable: bool,
    /// What it does, in a few words.
    pub about: &'static str,
}

/// What values an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptKind {
    /// Any text.
    Text,
    /// A file or folder.
    Path,
    /// `true`, `false` and Go's other words.
    Bool,
    /// An integer from the first to the last, both included.
    Int(i64, i64),
    /// A Go duration.
    Duration,
    /// One of these words.
    Choice(&'static [&'static str]),
}

impl fmt::Display for OptKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Path => f.write_str("path"),
            Self::Bool => f.write_str("bool"),
            Self::Int(first, last) => write!(f, "{first}..={last}"),
            Self::Duration => f.write_str("duration"),
            Self::Choice(words) => f.write_str(&words.join("|")),
        }
    }
}

impl Opt {
    /// A text option.
    #[must_use]
    pub const fn text(name: &'static str, default: &'static str, about: &'static str) -> Self {
        Self {
            name,
            kind: OptKind::Text,
            default,
            repeatable: false,
            about,
        }
    }

    /// A path option without default.
    #[must_use]
    pub const fn path(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            kind: OptKind::Path,
            default: "",
            repeatable: false,
            about,
        }
    }

    /// A boolean option.
    #[must_use]
    pub const fn bool(name: &'static str, default: bool, about: &'static str) -> Self {
        Self {
            name,
            kind: OptKind::Bool,
            default: if default { "true" } else { "false" },
            repeatable: false,
            about,
        }
    }

    /// An integer option between `first` and `last`; `default` is written as text.
    #[must_use]
    pub const fn int(
        name: &'static str,
        default: &'static str,
        first: i64,
        last: i64,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            kind: OptKind::Int(first, last),
            default,
            repeatable: false,
            about,
        }
    }

    /// A duration option; `default` is written as Go prints it.
    #[must_use]
    pub const fn duration(name: &'static str, default: &'static str, about: &'static str) -> Self {
        Self {
            name,
            kind: OptKind::Duration,
            default,
            repeatable: false,
            about,
        }
    }

    /// An option that takes one of `words`.
    #[must_use]
    pub const fn choice(
        name: &'static str,
        words: &'static [&'static str],
        default: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            kind: OptKind::Choice(words),
            default,
            repeatable: false,
            about,
        }
    }

    /// The same option, taking each occurrence.
    #[must_use]
    pub const fn repeated(self) -> Self {
        Self {
            repeatable: true,
            ..self
        }
    }

    /// Whether it is the option `name`. One whose own name ends in `*` is every option that begins so; a plugin reads the values
    /// of these from the URI.
    fn is_named(&self, name: &str) -> bool {
        let start = self.name.strip_suffix('*');
        start.map_or(self.name == name, |start| name.starts_with(start))
    }

    fn check(&self, value: &str) -> Result<(), String> {
        match self.kind {
            OptKind::Text | OptKind::Path => Ok(()),
            OptKind::Bool => parse_bool(value)
                .map(drop)
                .map_err(|why| format!("{why}; it takes true or false")),
            OptKind::Duration => parse_duration(value)
                .map(drop)
                .map_err(|why| format!("{why}; it takes a duration such as 30s, 5m or 1h")),
            OptKind::Int(first, last) => match parse_int(value)
                .map_err(|why| format!("{why}; it takes a number in {first}..={last}"))?
            {
                number if (first..=last).contains(&number) => Ok(()),
                number => Err(format!("{number} is not in {first}..={last}")),
            },
            OptKind::Choice(words) if words.contains(&value) => Ok(()),
            OptKind::Choice(words) => Err(format!("{value:?} is none of {}", words.join(", "))),
        }
    }
}

/// A value that its option cannot take: `option "batch" of sink "opentsdb": 0 is not in 1..=5000`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("option {option:?} of {part} {key:?}: {reason}")]
pub struct OptionError {
    /// `source` or `sink`.
    pub part: &'static str,
    /// The URI's key.
    pub key: String,
    /// The option.
    pub option: String,
    /// What is wrong with the value.
    pub reason: String,
}

/// The checked options of one URI.
#[derive(Clone, Debug)]
pub struct Options {
    declared: &'static [Opt],
    given: Vec<(&'static str, String)>,
}

impl Options {
    /// Reads the query of `uri` against `declared`; of a repeated single-valued option the first counts.
    ///
    /// # Errors
    /// [`OptionError`] for the first value that its option cannot take.
    pub fn parse(
        part: &'static str,
        declared: &'static [Opt],
        uri: &Uri,
    ) -> Result<(Self, Vec<Unknown>), OptionError> {
        let mut given: Vec<(&'static str, String)> = Vec::new();
        let unreadable = |option| Unknown {
            option,
            nearest: None,
            unreadable: true,
        };
        let mut unknown: Vec<Unknown> = uri.unreadable().into_iter().map(unreadable).collect();
        for (name, value) in uri.pairs() {
            let Some(opt) = declared.iter().find(|opt| opt.is_named(&name)) else {
                let nearest = nearest(&name, declared);
                unknown.push(Unknown {
                    option: name,
                    nearest,
                    unreadable: false,
                });
                continue;
            };
            if !opt.repeatable && given.iter().any(|(known, _)| *known == opt.name) {
                continue;
            }
            opt.check(&value).map_err(|reason| OptionError {
                part,
                key: uri.key.clone(),
                option: name,
                reason,
            })?;
            given.push((opt.name, value));
        }
        Ok((Self { declared, given }, unknown))
    }

    /// The text of an option, its default when not given.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        debug_assert!(
            self.declared.iter().any(|opt| opt.name == name),
            "option {name} is not declared"
        );
        let default = || {
            self.declared
                .iter()
                .find(|opt| opt.name == name)
                .map_or("", |opt| opt.default)
        };
        self.given(name).unwrap_or_else(default)
    }

    /// The text of an option, if it was given.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&str> {
        self.given
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a repeatable option, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.given
            .iter()
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A boolean.
    #[must_use]
    pub fn bool(&self, name: &str) -> bool {
        parse_bool(self.text(name)).unwrap_or_default()
    }

    /// An integer, inside its declared range.
    #[must_use]
    pub fn int(&self, name: &str) -> i64 {
        parse_int(self.text(name)).unwrap_or_default()
    }

    /// A duration.
    #[must_use]
    pub fn duration(&self, name: &str) -> Duration {
        parse_duration(self.text(name)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
