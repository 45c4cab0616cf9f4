//! From the process's words to its exit status.

use crate::flags::{Flags, Refusal, help_text, usage};
use crate::settings::Settings;
use crate::{COMMIT, VERSION, logging, plugins, run, validate};
use heapster_plugin::registry::Registry;
use heapster_plugin::uri::redact;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// A start that cannot go on: the original's status behind a line with `F`.
const FATAL: u8 = 255;
/// A command line that cannot be taken.
const USAGE: u8 = 2;

const PROGRAMS: [&str; 3] = ["heapster", "eventer", "oldtimer"];

/// Runs the program that `argv[0]` or the first word names, until it ends. Returns its exit status.
#[must_use]
pub fn main() -> ExitCode {
    // Fails only when the carrying program has chosen a provider before.
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let (program, words) = program(std::env::args_os().collect());
    if program != "heapster" {
        say_error(&format!(
            "{program} is not part of this version, which has heapster only"
        ));
        return ExitCode::from(USAGE);
    }
    if words.first().is_some_and(|word| word == "top") {
        return heapster_top::main(words.get(1..).unwrap_or(&[]));
    }
    let registry = match Registry::collect() {
        Ok(registry) => registry,
        Err(error) => {
            say_error(&error.to_string());
            return ExitCode::from(USAGE);
        }
    };
    if words.first().is_some_and(|word| word == "plugins") {
        return list(&registry, words.get(1..).unwrap_or(&[]));
    }
    match Flags::parse(&words) {
        Ok(flags) => start(&flags, &registry, &words),
        Err(Refusal::Help) => {
            say_error(help_text().trim_end());
            ExitCode::from(USAGE)
        }
        Err(Refusal::Fault(text)) => {
            say_error(&redact(&text));
            say_error(&usage());
            ExitCode::from(USAGE)
        }
    }
}

fn start(flags: &Flags, registry: &Registry, words: &[String]) -> ExitCode {
    if flags.bool("version") {
        return say(&format!("version: {VERSION}\ncommit: {COMMIT}"));
    }
    if flags.bool("validate") {
        let faults = validate::faults(flags, registry);
        faults.iter().for_each(|fault| say_error(&redact(fault)));
        return if faults.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(USAGE)
        };
    }
    logging::start(flags);
    let command_line = command_line(words);
    tracing::info!("{}", command_line.join(" "));
    tracing::info!("Heapster version {VERSION}");
    for warning in flags.warnings() {
        tracing::warn!("{}", redact(&warning));
    }
    let ended = Settings::check(flags)
        .and_then(|settings| run::run(flags, &settings, registry, command_line))
        .map_err(|text| redact(&text));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            logging::fatal(&text);
            ExitCode::from(FATAL)
        }
    }
}

fn list(registry: &Registry, words: &[String]) -> ExitCode {
    match words {
        [] => say(plugins::table(registry).trim_end()),
        [word] if word == "--json" => say(&plugins::json(registry)),
        _ => {
            say_error("usage: heapster plugins [--json]");
            ExitCode::from(USAGE)
        }
    }
}

/// The program that is meant and the words behind its name.
fn program(words: Vec<OsString>) -> (&'static str, Vec<String>) {
    let mut words: Vec<String> = words
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let named = |word: &String| {
        let base = Path::new(word).file_name()?.to_str()?;
        PROGRAMS.into_iter().find(|program| *program == base)
    };
    let by_name = words.first().and_then(named).unwrap_or("heapster");
    words.drain(..words.len().min(1));
    match words
        .first()
        .and_then(|word| PROGRAMS.into_iter().find(|program| program == word))
    {
        Some(program) => {
            words.drain(..1);
            (program, words)
        }
        None => (by_name, words),
    }
}

/// The program's words without secrets.
fn command_line(words: &[String]) -> Vec<String> {
    let own = std::env::args().next().unwrap_or_default();
    std::iter::once(own)
        .chain(words.iter().map(|word| redact(word)))
        .collect()
}

/// Prints to standard output; a reader that is gone is no failure.
fn say(text: &str) -> ExitCode {
    writeln!(io::stdout().lock(), "{text}").ok();
    ExitCode::SUCCESS
}

fn say_error(text: &str) {
    writeln!(io::stderr().lock(), "{text}").ok(); // nobody is left to tell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(words: &[&str]) -> (&'static str, Vec<String>) {
        program(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn the_program_goes_by_its_name_or_its_first_word() {
        assert_eq!(
            picked(&["/heapster", "--version"]),
            ("heapster", vec!["--version".to_owned()])
        );
        assert_eq!(picked(&["/eventer"]), ("eventer", vec![]));
        assert_eq!(
            picked(&["/acme", "oldtimer", "-h"]),
            ("oldtimer", vec!["-h".to_owned()])
        );
        assert_eq!(picked(&["/eventer", "heapster"]), ("heapster", vec![]));
        assert_eq!(
            picked(&["./heapster-2", "extra"]),
            ("heapster", vec!["extra".to_owned()])
        );
        assert_eq!(picked(&[]), ("heapster", vec![]));
    }
}
