//! One line of the log.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use tracing::Event;
use tracing::field::{Field, Visit};

/// The severities of glog.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Severity {
    Info,
    Warning,
    Error,
    Fatal,
}

impl Severity {
    /// All, from the least to the worst.
    pub(super) const ALL: [Self; 4] = [Self::Info, Self::Warning, Self::Error, Self::Fatal];

    /// By the number that flags use: 0 for INFO to 3 for FATAL.
    pub(super) fn numbered(number: u8) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::Fatal)
    }

    /// The name in flags and file names.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Info => 'I',
            Self::Warning => 'W',
            Self::Error => 'E',
            Self::Fatal => 'F',
        }
    }
}

/// Writes head, text, fields and a line end. The text is streamed: its length does not matter.
///
/// # Errors
/// Those of `out`.
pub(super) fn write_line(out: &mut impl Write, severity: Severity, event: &Event<'_>) -> io::Result<()> {
    let metadata = event.metadata();
    let now = jiff::Zoned::now();
    write!(
        out,
        "{}{:02}{:02} {:02}:{:02}:{:02}.{:06} {:>7} {}:{}] ",
        severity.letter(),
        now.month(),
        now.day(),
        now.hour(),
        now.minute(),
        now.second(),
        now.subsec_nanosecond() / 1_000,
        std::process::id(),
        base_name(metadata.file().unwrap_or("unknown")),
        metadata.line().unwrap_or(0),
    )?;
    let mut text = Text {
        out,
        raw: metadata.target().ends_with("::raw"),
        last: '\n',
        error: None,
    };
    event.record(&mut Message(&mut text));
    event.record(&mut Fields(&mut text));
    let ended = text.raw && text.last == '\n';
    match text.error.take() {
        Some(error) => Err(error),
        None if ended => Ok(()),
        None => out.write_all(b"\n"),
    }
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Carries text to `out`, with control characters escaped unless it is raw.
struct Text<'a, W> {
    out: &'a mut W,
    raw: bool,
    last: char,
    error: Option<io::Error>,
}

impl<W: Write> fmt::Write for Text<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let written = if self.raw || !text.contains(char::is_control) {
            self.out.write_all(text.as_bytes())
        } else {
            text.chars().try_for_each(|c| match c {
                c if c.is_control() => write!(self.out, "{}", c.escape_default()),
                c => write!(self.out, "{c}"),
            })
        };
        self.last = text.chars().next_back().unwrap_or(self.last);
        written.map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

/// Writes the field `message`.
struct Message<'a, 'b, W>(&'a mut Text<'b, W>);

impl<W: Write> Visit for Message<'_, '_, W> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").ok(); // the error is kept in Text
        }
    }
}

/// Writes every other field as ` key=value`.
struct Fields<'a, 'b, W>(&'a mut Text<'b, W>);

impl<W: Write> Visit for Fields<'_, '_, W> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != "message" {
            write!(self.0, " {}={value:?}", field.name()).ok(); // the error is kept in Text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(raw: bool, text: &str) -> String {
        let mut out = Vec::new();
        let mut writer = Text {
            out: &mut out,
            raw,
            last: ' ',
            error: None,
        };
        writer.write_str(text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_value_cannot_forge_a_line() {
        assert_eq!(written(false, "a\nF0101 b\u{1b}[0m"), "a\\nF0101 b\\u{1b}[0m");
        assert_eq!(written(true, "a\nb"), "a\nb");
    }

    #[test]
    fn a_file_is_named_by_its_last_part() {
        assert_eq!(base_name("crates/pipeline/src/scrape.rs"), "scrape.rs");
        assert_eq!(base_name("main.rs"), "main.rs");
    }
}
