//! The log in glog's form: `Lmmdd hh:mm:ss.uuuuuu PID file.rs:LINE] text`, to standard error or to a file a severity.
//!
//! Severities are those of `tracing`: ERROR is `E`, WARN `W`, INFO `I`. DEBUG shows from `--v=1` on and TRACE from `--v=4`
//! on, both as `I`; lines of libraries need 6 and 8. `--vmodule` raises the verbosity of single source files. The fields of
//! an event follow its text as `key=value`. Control characters are escaped, except in events whose target ends in `::raw`.

mod files;
mod line;
mod verbosity;

use crate::flags::{Flags, severity};
use files::Files;
use line::{Severity, write_line};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use verbosity::Verbosity;

/// The target of the event that is the program's last: it is written as `F`.
const FATAL: &str = "heapster::fatal";

/// Writes the line that says why the program ends.
pub(crate) fn fatal(text: &str) {
    tracing::error!(target: FATAL, "{text}");
}

/// Starts the log as the flags say. Called once, before the first line.
pub(crate) fn start(flags: &Flags) {
    let files = (!flags.bool("logtostderr"))
        .then(|| Files::new(flags.path("log-dir").unwrap_or_else(std::env::temp_dir)));
    let log = Log {
        verbosity: Verbosity::new(flags.int("v"), flags.text("vmodule")),
        stderr_from: match (&files, flags.bool("alsologtostderr")) {
            (Some(_), false) => Severity::numbered(severity(flags.text("stderrthreshold")).unwrap_or(2)),
            (None, _) | (_, true) => Severity::Info,
        },
        files: files.map(Mutex::new),
    };
    let subscriber = tracing_subscriber::registry().with(log);
    // A program that carries this library may have set up a log of its own; then that one is used.
    tracing::subscriber::set_global_default(subscriber).ok();
}

#[derive(Debug)]
struct Log {
    verbosity: Verbosity,
    stderr_from: Severity,
    files: Option<Mutex<Files>>,
}

impl<S: Subscriber> Layer<S> for Log {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.verbosity.shows(metadata) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.verbosity.shows(metadata)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let severity = severity_of(event.metadata());
        if severity >= self.stderr_from {
            let mut out = io::BufWriter::new(io::stderr().lock());
            // Nobody is left to tell when standard error is gone.
            write_line(&mut out, severity, event)
                .and_then(|()| out.flush())
                .ok();
        }
        if let Some(files) = &self.files {
            let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
            files.write(severity, event);
        }
    }
}

fn severity_of(metadata: &Metadata<'_>) -> Severity {
    match *metadata.level() {
        _ if metadata.target() == FATAL => Severity::Fatal,
        tracing::Level::ERROR => Severity::Error,
        tracing::Level::WARN => Severity::Warning,
        _ => Severity::Info,
    }
}
