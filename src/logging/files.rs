//! Log files: one a severity, which also holds everything worse. Used with `--logtostderr=false`.
//!
//! Source: glog, file names `PROGRAM.HOST.USER.log.SEVERITY.DATE-TIME.PID` and a link `PROGRAM.SEVERITY` to the newest.

use super::line::{Severity, write_line};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tracing::Event;

/// A file longer than this is followed by a new one, bytes.
const FULL_BYTES: u64 = 1_800 << 20;

#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    /// By severity; opened with the first line.
    open: [Option<Counted>; 4],
    failed: bool,
}

impl Files {
    /// Files in `folder`, which must exist by the first line.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            open: [None, None, None, None],
            failed: false,
        }
    }

    /// Writes the line to the file of its severity and of every lesser one. When that fails the line goes to standard error,
    /// with the reason once.
    pub(super) fn write(&mut self, severity: Severity, event: &Event<'_>) {
        let mut result = Ok(());
        for (kind, slot) in Severity::ALL.into_iter().zip(&mut self.open) {
            if kind <= severity {
                result = result.and(write_to(&self.folder, slot, kind, severity, event));
            }
        }
        let Err(error) = result else { return };
        let mut out = io::stderr().lock();
        if !self.failed {
            self.failed = true;
            writeln!(
                out,
                "log files in {}: {error}; logging to standard error",
                self.folder.display()
            )
            .ok();
        }
        write_line(&mut out, severity, event).ok(); // nobody is left to tell
    }
}

fn write_to(
    folder: &Path,
    slot: &mut Option<Counted>,
    kind: Severity,
    severity: Severity,
    event: &Event<'_>,
) -> io::Result<()> {
    if slot.as_ref().is_some_and(|file| file.bytes >= FULL_BYTES) {
        *slot = None;
    }
    let file = match slot {
        Some(file) => file,
        None => slot.insert(Counted {
            file: BufWriter::new(create(folder, kind)?),
            bytes: 0,
        }),
    };
    write_line(file, severity, event)?;
    file.flush()
}

/// A file that knows how much was written to it.
#[derive(Debug)]
struct Counted {
    file: BufWriter<File>,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.bytes += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn create(folder: &Path, kind: Severity) -> io::Result<File> {
    let program = std::env::args().next().unwrap_or_default();
    let program = super::line::base_name(&program).to_owned();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let user = std::env::var("USER").unwrap_or_else(|_| "unknownuser".to_owned());
    let name = format!(
        "{program}.{}.{user}.log.{}.{}.{}",
        host.trim()
            .split('.')
            .next()
            .filter(|host| !host.is_empty())
            .unwrap_or("unknownhost"),
        kind.name(),
        jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"),
        std::process::id(),
    );
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(&name))?;
    let link = folder.join(format!("{program}.{}", kind.name()));
    fs::remove_file(&link).ok(); // it need not exist
    std::os::unix::fs::symlink(&name, &link).ok(); // only a convenience
    Ok(file)
}
