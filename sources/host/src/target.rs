//! The one target: reads the machine on a thread that may block.

use crate::config::Config;
use crate::files::Files;
use crate::machine::Machine;
use heapster_plugin::async_trait;
use heapster_plugin::model::Scraped;
use heapster_plugin::source::{ScrapeError, ScrapeFailure, SourceContext, Target, Window};
use std::path::Path;
use std::sync::{Arc, Mutex, TryLockError};
use tokio::time::Instant;

/// This machine.
#[derive(Debug)]
pub(crate) struct HostTarget {
    name: String,
    machine: Arc<Mutex<Machine>>,
}

impl HostTarget {
    /// Reads the host's name if no other is configured; nothing else.
    pub(crate) fn new(config: &Config, context: &SourceContext) -> Self {
        let files = Files::new(&config.root, context.telemetry.clone());
        let node = config.nodename.clone().unwrap_or_else(|| host_name(&config.root));
        let machine = Machine::new(&node, files, config.bounds, context.model.clone());
        Self {
            name: format!("host:{node}"),
            machine: Arc::new(Mutex::new(machine)),
        }
    }
}

#[async_trait]
impl Target for HostTarget {
    fn name(&self) -> &str {
        &self.name
    }

    async fn scrape(&self, _: Window, deadline: Instant) -> Result<Scraped, ScrapeError> {
        let machine = self.machine.clone();
        let reading = tokio::task::spawn_blocking(move || match machine.try_lock() {
            Ok(mut machine) => machine.read(),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().read(),
            // One stuck reading must not become a stuck thread each cycle.
            Err(TryLockError::WouldBlock) => Err(late("the reading of an earlier cycle has not ended")),
        });
        match tokio::time::timeout_at(deadline, reading).await {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => Err(ScrapeError {
                reason: ScrapeFailure::Malformed,
                text: format!(
                    "reading this machine broke off: {error}; please report this with the files of /proc"
                ),
            }),
            Err(_) => Err(late("reading did not end in time")),
        }
    }
}

fn late(what: &str) -> ScrapeError {
    ScrapeError {
        reason: ScrapeFailure::Timeout,
        text: format!("this machine: {what}: look for a disk or file system that does not answer"),
    }
}

/// The machine's name: the kernel's; behind another root `/etc/hostname` first, as the kernel tells the reader's own.
fn host_name(root: &Path) -> String {
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        let name = text.trim();
        (!name.is_empty()).then(|| name.to_owned())
    };
    let elsewhere = root != Path::new("/");
    elsewhere
        .then(|| read("etc/hostname"))
        .flatten()
        .or_else(|| read("proc/sys/kernel/hostname"))
        .unwrap_or_else(|| "localhost".to_owned())
}
