//! The flags as `clap` knows them: names, defaults and the text of `--help`.

use super::record::{Effect, Flag, Kind};
use super::table::FLAGS;
use clap::{Arg, ArgAction, Command};

/// The command line in its one spelling.
pub(crate) fn command() -> Command {
    Command::new("heapster")
        .about(
            "Reads metrics of a cluster or a host, keeps the last minutes in memory, and sends them to sinks",
        )
        .override_usage("heapster [FLAGS]\n       heapster plugins [--json]\n       heapster top [URL]")
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args_override_self(true)
        .term_width(0) // a flag a line, whatever the terminal
        .args(FLAGS.iter().map(arg))
        .after_help(
            "A name takes one dash or two, - or _ between its words, and = or a space before its value.",
        )
}

/// The text of `--help`.
pub(crate) fn text() -> String {
    command().render_help().to_string()
}

/// The two lines of usage behind an error.
pub(crate) fn usage() -> String {
    format!("{}\nheapster --help lists all flags.", command().render_usage())
}

fn arg(flag: &'static Flag) -> Arg {
    let arg = Arg::new(flag.name)
        .long(flag.name)
        .help(about(flag))
        .help_heading(flag.group.title())
        .hide(!flag.is_shown())
        .require_equals(true)
        .value_name(flag.kind.placeholder())
        .action(if flag.kind.repeats() {
            ArgAction::Append
        } else {
            ArgAction::Set
        });
    let arg = if flag.name == "v" { arg.short('v') } else { arg };
    let arg = match flag.kind {
        Kind::Bool => arg.num_args(0..=1).default_missing_value("true"),
        Kind::Int
        | Kind::Duration
        | Kind::Text
        | Kind::Path
        | Kind::Csv
        | Kind::Uri
        | Kind::Address
        | Kind::Severity
        | Kind::Modules
        | Kind::NamedPair => arg.num_args(1),
    };
    if flag.default.is_empty() {
        arg
    } else {
        arg.default_value(flag.default)
    }
}

fn about(flag: &Flag) -> String {
    match flag.effect {
        Effect::NotYet(_) => format!("{} (not served yet)", flag.about),
        Effect::Served | Effect::Ignored | Effect::Alias(_) | Effect::Historic(_) | Effect::Removed(_) => {
            flag.about.to_owned()
        }
    }
}
