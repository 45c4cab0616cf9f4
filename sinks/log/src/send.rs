//! Where the text goes: one log record, or the bytes of a stream or file.

use crate::config::{Config, Format, Target};
use crate::encode::{Text, json_set};
use heapster_plugin::model::Batch;
use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use tracing::Level;

/// Writes the batch to the target; blocks until the target took it. A file is opened anew, so that it may be rotated.
///
/// # Errors
/// What the stream or the file answered.
pub(crate) fn put(batch: &Batch, config: &Config) -> io::Result<()> {
    match &config.target {
        Target::Log => {
            log(batch, config);
            Ok(())
        }
        Target::Stdout => stream(batch, config.format, &mut BufWriter::new(io::stdout().lock())),
        Target::Stderr => stream(batch, config.format, &mut BufWriter::new(io::stderr().lock())),
        Target::File(path) => {
            let file = OpenOptions::new().create(true).append(true).open(path)?;
            stream(batch, config.format, &mut BufWriter::new(file))
        }
    }
}

fn stream(batch: &Batch, format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Text => write!(out, "{}", Text(batch))?,
        Format::Json => {
            let mut line = String::new();
            for set in batch.sets() {
                line.clear();
                json_set(&mut line, &set);
                out.write_all(line.as_bytes())?;
            }
        }
    }
    out.flush()
}

fn log(batch: &Batch, config: &Config) {
    match config.format {
        Format::Text => record(config.level, &Text(batch)),
        Format::Json => {
            let mut line = String::new();
            for set in batch.sets() {
                line.clear();
                json_set(&mut line, &set);
                record(config.level, &line.trim_end());
            }
        }
    }
}

/// One record. The target's last part `raw` tells the program's log to write the text as it stands, line ends included.
fn record(level: Level, text: &dyn Display) {
    match level {
        Level::ERROR => tracing::error!(target: "heapster_sink_log::raw", "{text}"),
        Level::WARN => tracing::warn!(target: "heapster_sink_log::raw", "{text}"),
        Level::INFO => tracing::info!(target: "heapster_sink_log::raw", "{text}"),
        _ => tracing::debug!(target: "heapster_sink_log::raw", "{text}"),
    }
}
