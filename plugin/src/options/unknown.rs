//! Options without effect.

use std::fmt;

/// An option without effect: worth a warning at start and a failure of `--validate`.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    /// As written.
    pub option: String,
    /// The known option that is spelt most alike.
    pub nearest: Option<&'static str>,
    /// Whether it may well be known, but stands in a pair with a bad `%` escape.
    pub unreadable: bool,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unreadable {
            let reason = "a % that is meant as itself is written %25";
            return write!(f, "option {:?} cannot be read: {reason}", self.option);
        }
        write!(f, "unknown option {:?}", self.option)?;
        if self.option.starts_with("amp;") {
            f.write_str(" (an & was written as &amp;)")?;
        }
        match self.nearest {
            Some(nearest) => write!(f, "; did you mean {nearest:?}?"),
            None => Ok(()),
        }
    }
}
