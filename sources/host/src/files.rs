//! The machine's files under a prefix, and what became of reading them.
//!
//! Apart because every reader treats a bad file in the same way: no value, a counter, and one line in the log when it
//! begins. Files are read into one buffer that is kept.

use crate::seldom::Seldom;
use heapster_plugin::telemetry::Telemetry;
use procfs::ProcError;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Counter of readings that failed, by file.
const UNREADABLE: &str = "heapster_plugin_host_unreadable_total";
/// No file of the kernel is as long; more is not read.
const LONGEST: u64 = 16 * 1024 * 1024;
/// What the kernel says when a cgroup was removed while its file was open.
const NO_DEVICE: i32 = 19;

/// The files of the machine.
#[derive(Debug)]
pub(crate) struct Files {
    root: PathBuf,
    telemetry: Arc<dyn Telemetry>,
    buffer: Vec<u8>,
    /// What could not be read in this cycle, with the first reason.
    failed: Vec<(&'static str, String)>,
    /// What could not be read in the cycle before.
    failed_before: Vec<&'static str>,
    /// What the log has not named yet.
    unsaid: Vec<(&'static str, String)>,
    said: Seldom,
}

impl Files {
    pub(crate) fn new(root: &Path, telemetry: Arc<dyn Telemetry>) -> Self {
        Self {
            root: root.to_owned(),
            telemetry,
            buffer: Vec::new(),
            failed: Vec::new(),
            failed_before: Vec::new(),
            unsaid: Vec::new(),
            said: Seldom::default(),
        }
    }

    /// The place of a file such as `proc/stat`. A leading slash of `relative` does not matter.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative.trim_start_matches('/'))
    }

    /// The place of `/proc/NAME` for a file that shows the namespaces of whoever reads it.
    ///
    /// Behind another root that would be the reader's container: there, process 1 of the machine is asked.
    pub(crate) fn of_machine(&self, name: &str) -> PathBuf {
        if self.root != Path::new("/") {
            let of_init = self.path(&format!("proc/1/{name}"));
            if of_init.exists() {
                return of_init;
            }
        }
        self.path(&format!("proc/{name}"))
    }

    /// Reads `path` and gives its bytes to `parse`.
    ///
    /// Errors: none; a file that is missing or that `parse` refuses is counted under `what` and gives `None`.
    pub(crate) fn read<T>(
        &mut self,
        what: &'static str,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Option<T> {
        let loaded = self.load(path);
        self.judge(what, loaded)?;
        self.parse(what, parse)
    }

    /// As [`read`](Self::read), for a file whose absence says something: a controller that is off, a cgroup that is gone.
    pub(crate) fn read_if_there<T>(
        &mut self,
        what: &'static str,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Option<T> {
        let loaded = self.load(path);
        self.judge_if_there(what, loaded)?;
        self.parse(what, parse)
    }

    /// Takes the value of a reading, or counts its failure under `what`.
    pub(crate) fn judge<T, E: Display>(&mut self, what: &'static str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => self.fail(what, &error),
        }
    }

    /// As [`judge`](Self::judge), for what may be gone.
    pub(crate) fn judge_if_there<T>(&mut self, what: &'static str, result: io::Result<T>) -> Option<T> {
        match result {
            Err(error) if is_gone(&error) => None,
            result => self.judge(what, result),
        }
    }

    /// Adds one to a counter without labels.
    pub(crate) fn count(&self, family: &'static str) {
        self.telemetry.count(family, &[], 1);
    }

    /// Leaves what failed in this cycle to the one line that says why there is no answer at all.
    pub(crate) fn forget_cycle(&mut self) {
        self.failed.clear();
    }

    /// Names in the log what cannot be read since this cycle: one line, and no other for ten minutes.
    pub(crate) fn end_cycle(&mut self) {
        if let Some((files, error)) = self.newly_unreadable() {
            tracing::warn!(%files, %error, "this machine: not readable, their metrics are left out");
        }
    }

    /// What the log has not named and may name now, with one reason. What can be read again is not worth a line any more.
    fn newly_unreadable(&mut self) -> Option<(String, String)> {
        self.unsaid
            .retain(|(what, _)| self.failed.iter().any(|(failed, _)| failed == what));
        let before = std::mem::take(&mut self.failed_before);
        for (what, error) in self.failed.drain(..) {
            self.failed_before.push(what);
            let waits = self.unsaid.iter().any(|(unsaid, _)| *unsaid == what);
            if !waits && !before.contains(&what) {
                self.unsaid.push((what, error));
            }
        }
        if self.unsaid.is_empty() || !self.said.may_say() {
            return None;
        }
        let files: Vec<&str> = self.unsaid.iter().map(|(what, _)| *what).collect();
        let files = files.join(" ");
        let (_, error) = self.unsaid.swap_remove(0);
        self.unsaid.clear();
        Some((files, error))
    }

    fn load(&mut self, path: &Path) -> io::Result<()> {
        self.buffer.clear();
        File::open(path)?
            .take(LONGEST)
            .read_to_end(&mut self.buffer)
            .map(drop)
    }

    fn parse<T>(&mut self, what: &'static str, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> Option<T> {
        let parsed = parse(&self.buffer);
        self.judge(what, parsed)
    }

    fn fail<T>(&mut self, what: &'static str, error: &dyn Display) -> Option<T> {
        self.telemetry.count(UNREADABLE, &[("file", what)], 1);
        if self.failed.iter().all(|(failed, _)| *failed != what) {
            self.failed.push((what, error.to_string()));
        }
        None
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(NO_DEVICE)
}

/// The reason in one line: an error of the reader's own would name its source file and ask for a report.
#[allow(clippy::needless_pass_by_value)] // the shape that `map_err` takes
pub(crate) fn reason(error: ProcError) -> String {
    if let ProcError::InternalError(internal) = &error {
        return internal.msg.clone();
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::telemetry::Silent;
    use std::time::Duration;

    fn cycle(files: &mut Files, bad: &[&'static str]) -> Option<String> {
        for what in bad {
            let _: Option<()> = files.judge(what, Err(format!("no {what}")));
        }
        files
            .newly_unreadable()
            .map(|(files, error)| format!("{files}: {error}"))
    }

    #[tokio::test(start_paused = true)]
    async fn what_becomes_unreadable_is_one_line_and_no_other_for_ten_minutes() {
        let files = &mut Files::new(Path::new("/"), Arc::new(Silent));
        assert_eq!(cycle(files, &["a", "b", "b"]).as_deref(), Some("a b: no a"));
        assert_eq!(cycle(files, &["a", "b"]), None);
        assert_eq!(cycle(files, &["a", "b", "c", "d"]), None, "too soon");
        assert_eq!(cycle(files, &["a", "d"]), None, "c is readable again");
        tokio::time::advance(Duration::from_secs(600)).await;
        assert_eq!(cycle(files, &["a", "d"]).as_deref(), Some("d: no d"));
        tokio::time::advance(Duration::from_secs(600)).await;
        assert_eq!(cycle(files, &["a", "d"]), None, "both are known");
        assert_eq!(cycle(files, &[]), None);
        assert_eq!(cycle(files, &["a"]).as_deref(), Some("a: no a"));
    }

    #[test]
    fn an_error_of_the_reader_is_one_line_without_its_source() {
        use procfs::FromRead;
        let text = reason(procfs::Uptime::from_read(b"x y".as_slice()).unwrap_err());
        assert!(!text.contains('\n') && !text.contains(".rs"), "{text}");
    }
}
