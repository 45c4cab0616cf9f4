//! What a piece of code logs.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// A subscriber that keeps the lines that the program would log without `--v`: `INFO message field=value …`.
///
/// ```
/// use heapster_plugin::testkit::Lines;
/// let lines = Lines::default();
/// tracing::subscriber::with_default(lines.clone(), || tracing::warn!(dropped = 3, "batch not delivered"));
/// assert_eq!(lines.take(), ["WARN batch not delivered dropped=3"]);
/// ```
#[derive(Clone, Default, Debug)]
pub struct Lines {
    kept: Arc<Mutex<Vec<Line>>>,
    target: Option<&'static str>,
    verbose: bool,
}

#[derive(Clone, Default, Debug)]
struct Line {
    level: String,
    message: String,
    fields: String,
}

impl Lines {
    /// Keeps only lines of targets that begin so.
    #[must_use]
    pub fn of(target: &'static str) -> Self {
        Self {
            target: Some(target),
            ..Self::default()
        }
    }

    /// Keeps debugging lines too.
    #[must_use]
    pub fn verbose() -> Self {
        Self {
            verbose: true,
            ..Self::default()
        }
    }

    /// The lines that `run` logs on this thread.
    #[must_use]
    pub fn of_run(run: impl FnOnce()) -> Vec<String> {
        let lines = Self::default();
        tracing::subscriber::with_default(lines.clone(), run);
        lines.take()
    }

    /// The lines so far, which are then forgotten.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        let lines = self.drain();
        let text = |line: Line| format!("{} {}{}", line.level, line.message, line.fields);
        lines.into_iter().map(text).collect()
    }

    /// The messages so far, without level and fields; they are then forgotten.
    #[must_use]
    pub fn take_messages(&self) -> Vec<String> {
        self.drain().into_iter().map(|line| line.message).collect()
    }

    fn drain(&self) -> Vec<Line> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A String takes everything.
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            write!(self.fields, " {}={value:?}", field.name()).ok();
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let least = if self.verbose { Level::DEBUG } else { Level::INFO };
        let wanted = self
            .target
            .is_none_or(|target| metadata.target().starts_with(target));
        wanted && *metadata.level() <= least
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line {
            level: event.metadata().level().to_string(),
            ..Line::default()
        };
        event.record(&mut line);
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
