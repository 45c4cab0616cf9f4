//! The spellings of a command line: one dash or two, `_` or `-`, `=` or a space, `-v2`.
//!
//! Everything becomes `--name=value`, checked, in the order given; `clap` then only counts. The first fault ends it, in the
//! words of the original.

use super::record::{Effect, Flag, Kind};
use super::table::find;
use super::value;

/// A command line in one spelling.
#[derive(Debug, Default)]
pub(crate) struct Spelled {
    /// `--name=value`, with the names of the table.
    pub(crate) arguments: Vec<String>,
    /// The flags that occur, once each, in order.
    pub(crate) given: Vec<&'static Flag>,
    /// Words that are no flags.
    pub(crate) positionals: Vec<String>,
}

/// Why a command line is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// `--help` or `-h`.
    Help,
    /// One line on what is wrong.
    Fault(String),
}

/// Brings `words` into one spelling.
///
/// # Errors
/// [`Refusal`] for the first word that asks for help or cannot be taken.
pub(crate) fn spell(words: &[String]) -> Result<Spelled, Refusal> {
    let mut spelled = Spelled::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some(tail) = word.strip_prefix('-').filter(|tail| !tail.is_empty()) else {
            spelled.positionals.push(word.clone());
            continue;
        };
        if word == "--" {
            spelled.positionals.extend(rest.cloned());
            break;
        }
        let (flag, value) = name(word, tail)?;
        let value = match value {
            Some(value) => value.to_owned(),
            None if flag.kind == Kind::Bool => "true".to_owned(),
            None => match rest.next() {
                Some(value) => value.clone(),
                None => return fault(format!("flag needs an argument: {word}")),
            },
        };
        if let Err(reason) = value::check(flag.kind, &value) {
            return fault(format!("invalid argument {value:?} for {word}: {reason}"));
        }
        spelled.add(flag, &value);
    }
    Ok(spelled)
}

impl Spelled {
    fn add(&mut self, flag: &'static Flag, value: &str) {
        if !self.given.iter().any(|known| known.name == flag.name) {
            self.given.push(flag);
        }
        match flag.effect {
            Effect::Served | Effect::NotYet(_) | Effect::Ignored => {
                self.arguments.push(format!("--{}={value}", flag.name));
            }
            Effect::Alias(name) => self.arguments.push(format!("--{name}={value}")),
            Effect::Historic(_) | Effect::Removed(_) => {}
        }
    }
}

/// The flag that `word` names and the value it carries behind `=`, or behind `-v`.
fn name<'a>(word: &str, tail: &'a str) -> Result<(&'static Flag, Option<&'a str>), Refusal> {
    let body = tail.strip_prefix('-');
    if body.is_some_and(|body| body.starts_with(['-', '='])) {
        return fault(format!("bad flag syntax: {word}"));
    }
    let text = body.unwrap_or(tail);
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let normal = name.replace('_', "-");
    if let Some(flag) = find(&normal) {
        return match flag.effect {
            Effect::Removed(why) => fault(format!("unknown flag: --{name} was removed: {why}")),
            Effect::Served | Effect::NotYet(_) | Effect::Ignored | Effect::Alias(_) | Effect::Historic(_) => {
                Ok((flag, value))
            }
        };
    }
    if normal == "help" || normal == "h" {
        return Err(Refusal::Help);
    }
    if body.is_none() {
        if let (Some(level), Some(flag)) = (tail.strip_prefix('v'), find("v"))
            && level.starts_with(|c: char| c.is_ascii_digit())
        {
            return Ok((flag, Some(level)));
        }
        let first = tail.chars().next().unwrap_or('-');
        return fault(format!("unknown shorthand flag: {first:?} in {word}"));
    }
    fault(format!("unknown flag: --{name}"))
}

fn fault<T>(text: String) -> Result<T, Refusal> {
    Err(Refusal::Fault(text))
}
