//! A process of our own, and a folder of its own; both end with what holds them.

use crate::Fallible;
use rustix::process::{Pid, Signal, kill_process};
use std::process::{ChildStdout, Command, ExitStatus};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A started process; killed when it is dropped.
pub(crate) struct Child(std::process::Child);

impl Child {
    pub(crate) fn spawn(command: &mut Command) -> Fallible<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn();
        child
            .map(Self)
            .map_err(|error| format!("starting {program}: {error}").into())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Its piped output.
    pub(crate) fn output(&mut self) -> Fallible<ChildStdout> {
        self.0.stdout.take().ok_or_else(|| "no output".into())
    }

    /// Whether it ended by itself, and how.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Asks it to end; the answer is how long that took, `None` when it had to be killed.
    pub(crate) async fn stop(mut self, within: Duration) -> Option<Duration> {
        let pid = i32::try_from(self.id()).ok().and_then(Pid::from_raw)?;
        kill_process(pid, Signal::TERM).ok()?;
        let started = Instant::now();
        while started.elapsed() < within {
            if self.ended().is_some() {
                return Some(started.elapsed());
            }
            sleep(Duration::from_millis(10)).await;
        }
        None
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }
}

/// A folder that is gone when it is dropped.
pub(crate) struct Scratch(pub(crate) std::path::PathBuf);

impl Scratch {
    pub(crate) fn new() -> Fallible<Self> {
        let folder = std::env::temp_dir().join(format!("simcluster-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
