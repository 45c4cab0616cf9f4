//! The options of `--sink=log:?…`.

use heapster_plugin::options::{Opt, Options};
use std::fmt;
use std::path::PathBuf;

pub(crate) const OPTIONS: &[Opt] = &[
    Opt::choice(
        "format",
        &["text", "json"],
        "text",
        "text: one record a batch, as Heapster 1.5; json: one line a set",
    ),
    Opt::text("target", "log", "log, stdout, stderr, or the file to append to"),
    Opt::choice(
        "level",
        &["debug", "info", "warning", "error"],
        "info",
        "severity of the records with target=log; debug needs --v=1",
    ),
];

/// What the URI asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) format: Format,
    pub(crate) target: Target,
    pub(crate) level: tracing::Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    Log,
    Stdout,
    Stderr,
    File(PathBuf),
}

impl Config {
    /// Reads checked options.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            format: if options.text("format") == "json" {
                Format::Json
            } else {
                Format::Text
            },
            target: match options.text("target") {
                "log" | "" => Target::Log,
                "stdout" => Target::Stdout,
                "stderr" => Target::Stderr,
                path => Target::File(path.into()),
            },
            level: match options.text("level") {
                "debug" => tracing::Level::DEBUG,
                "warning" => tracing::Level::WARN,
                "error" => tracing::Level::ERROR,
                _ => tracing::Level::INFO,
            },
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str("the log"),
            Self::Stdout => f.write_str("standard output"),
            Self::Stderr => f.write_str("standard error"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::uri::Uri;

    fn config(query: &str) -> Config {
        let uri = Uri::parse(&format!("log:?{query}"), |_| None).unwrap();
        Config::new(&Options::parse("sink", OPTIONS, &uri).unwrap().0)
    }

    #[test]
    fn without_options_the_log_gets_text_at_level_info() {
        let wanted = Config {
            format: Format::Text,
            target: Target::Log,
            level: tracing::Level::INFO,
        };
        assert_eq!(config(""), wanted);
    }

    #[test]
    fn every_target_is_known_and_any_other_word_is_a_file() {
        for (word, target) in [
            ("log", Target::Log),
            ("stdout", Target::Stdout),
            ("stderr", Target::Stderr),
            ("/var/log/batches", Target::File("/var/log/batches".into())),
        ] {
            assert_eq!(config(&format!("target={word}")).target, target);
        }
    }

    #[test]
    fn every_level_is_known() {
        for (word, level) in [
            ("debug", tracing::Level::DEBUG),
            ("info", tracing::Level::INFO),
            ("warning", tracing::Level::WARN),
            ("error", tracing::Level::ERROR),
        ] {
            assert_eq!(config(&format!("level={word}")).level, level);
        }
    }

    #[test]
    fn every_format_is_known() {
        assert_eq!(config("format=json").format, Format::Json);
        assert_eq!(config("format=text").format, Format::Text);
    }
}
