//! The command line of `heapster`: every flag of the original in all its spellings, and our own.
//!
//! [`table`] holds a record a flag; [`spelling`] reads the words, [`help`] hands the records to `clap`.

mod help;
mod historic;
mod record;
mod spelling;
mod table;
mod value;

pub(crate) use help::{text as help_text, usage};
pub(crate) use spelling::Refusal;
pub(crate) use value::{modules, severity};

use clap::ArgMatches;
use heapster_gotext::{parse_bool, parse_duration, parse_int};
use heapster_plugin::uri::Uri;
use record::{Effect, Flag};
use std::path::PathBuf;
use std::time::Duration;

/// The flags of one start, checked.
#[derive(Debug)]
pub(crate) struct Flags {
    matches: ArgMatches,
    given: Vec<&'static Flag>,
    positionals: Vec<String>,
}

impl Flags {
    /// Reads the words behind the program's name.
    ///
    /// # Errors
    /// [`Refusal`] for a wish for help and for the first fault.
    pub(crate) fn parse(words: &[String]) -> Result<Self, Refusal> {
        let spelled = spelling::spell(words)?;
        let matches = help::command()
            .try_get_matches_from(&spelled.arguments)
            .map_err(|error| Refusal::Fault(error.to_string()))?;
        Ok(Self {
            matches,
            given: spelled.given,
            positionals: spelled.positionals,
        })
    }

    /// A text, its default or an empty one.
    pub(crate) fn text(&self, name: &str) -> &str {
        debug_assert!(table::find(name).is_some(), "flag {name} has no record");
        self.matches.get_one::<String>(name).map_or("", String::as_str)
    }

    /// A boolean.
    pub(crate) fn bool(&self, name: &str) -> bool {
        parse_bool(self.text(name)).unwrap_or_default()
    }

    /// An integer.
    pub(crate) fn int(&self, name: &str) -> i64 {
        parse_int(self.text(name)).unwrap_or_default()
    }

    /// A duration.
    pub(crate) fn duration(&self, name: &str) -> Duration {
        parse_duration(self.text(name)).unwrap_or_default()
    }

    /// A path, if it is not empty.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.text(name))
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    }

    /// All values of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.all(name)
            .flat_map(|record| value::csv(record).unwrap_or_default())
            .collect()
    }

    /// All values of `--source` or `--sink`.
    pub(crate) fn uris(&self, name: &str) -> Vec<Uri> {
        self.all(name).filter_map(|text| value::uri(text).ok()).collect()
    }

    /// A warning each for what is accepted without the effect it once had.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut all: Vec<String> = self.given.iter().filter_map(|flag| warning(flag)).collect();
        if !self.positionals.is_empty() {
            all.push(format!(
                "Ignored words that are no flags: {}",
                self.positionals.join(" ")
            ));
        }
        all
    }

    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.matches
            .get_many::<String>(name)
            .unwrap_or_default()
            .map(String::as_str)
    }
}

fn warning(flag: &Flag) -> Option<String> {
    let name = flag.name;
    match flag.effect {
        Effect::Served | Effect::Ignored | Effect::Removed(_) => None,
        Effect::NotYet(why) => Some(format!("--{name} has no effect: {why}")),
        Effect::Alias(new) => Some(format!("--{name} is deprecated: use --{new}")),
        Effect::Historic(instead) => Some(format!("--{name} is deprecated and has no effect: {instead}")),
    }
}

#[cfg(test)]
mod tests;
