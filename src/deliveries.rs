//! From sinks that were asked for to deliveries that run.

use crate::flags::Flags;
use crate::parts::Shared;
use crate::sinks::{Asked, Built};
use crate::status::{Running, SinkStatus};
use heapster_delivery::{Config, Delivery, SpoolChoice, SpoolConfig, folder_name, strangers};
use heapster_plugin::telemetry::Telemetry;
use heapster_telemetry::Registry;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const SINK_FAILED: &str = "heapster_sink_failed";

/// How long a batch may wait on disk, unless the sink's URI says otherwise.
const MAX_AGE_ON_DISK: Duration = Duration::from_secs(24 * 3600);
/// How many cycles a batch may wait in memory, unless the sink's URI says otherwise.
const MAX_CYCLES_IN_MEMORY: u32 = 5;

/// Starts a delivery for each sink that could be built.
pub(crate) fn start(
    asked: Vec<Asked>,
    flags: &Flags,
    shared: &Shared,
) -> (Vec<Arc<Delivery>>, Vec<SinkStatus>) {
    note_failed(&asked, &shared.telemetry);
    let mut starting = Starting {
        timeout: flags.duration("sink-export-data-timeout"),
        spool_dir: flags.path("spool-dir"),
        shared,
        names: Vec::new(),
        folders: Vec::new(),
    };
    let mut deliveries = Vec::new();
    let mut sinks = Vec::new();
    for Asked {
        key,
        uri,
        identity,
        built,
    } in asked
    {
        let state = built.map(|built| {
            let delivery = starting.deliver(built, (&key, &uri, &identity));
            deliveries.push(delivery.clone());
            Running {
                name: delivery.name().to_owned(),
                delivery: Some(delivery),
            }
        });
        sinks.push(SinkStatus { key, uri, state });
    }
    starting.look_for_strangers();
    (deliveries, sinks)
}

/// Shows for each key whether a sink of it failed.
fn note_failed(asked: &[Asked], telemetry: &Registry) {
    for sink in asked {
        let mut same_key = asked.iter().filter(|other| other.key == sink.key);
        let failed = same_key.any(|other| other.built.is_err());
        telemetry.gauge(
            SINK_FAILED,
            &[("sink", &sink.key)],
            if failed { 1.0 } else { 0.0 },
        );
    }
}

struct Starting<'a> {
    timeout: Duration,
    spool_dir: Option<PathBuf>,
    shared: &'a Shared,
    /// The names given so far, of sinks and of their spools' folders.
    names: Vec<String>,
    folders: Vec<PathBuf>,
}

impl Starting<'_> {
    fn deliver(&mut self, built: Built, (key, uri, identity): (&str, &str, &str)) -> Arc<Delivery> {
        let Built { sink, common, .. } = built;
        let name = distinct(sink.name().to_owned(), &self.names, " #");
        self.names.push(name.clone());
        tracing::info!("Starting with {name}");
        let base = match common.spool {
            SpoolChoice::Off => None,
            SpoolChoice::Folder(folder) => Some(folder),
            SpoolChoice::Default => self.spool_dir.clone(),
        };
        let spool = base.map(|base| {
            let folder = distinct(
                base.join(folder_name(key, "metrics", identity)),
                &self.folders,
                "-",
            );
            self.folders.push(folder.clone());
            let (max_bytes, owner) = (common.spool_max, uri.to_owned());
            SpoolConfig {
                folder,
                max_bytes,
                owner,
            }
        });
        let default_age = match spool {
            Some(_) => MAX_AGE_ON_DISK,
            None => self.shared.resolution * MAX_CYCLES_IN_MEMORY,
        };
        let config = Config {
            queue: common.queue,
            timeout: self.timeout,
            max_age: common.max_age.unwrap_or(default_age),
            interval: common.interval,
            filter: common.filter,
            spool,
            ..Config::new(&name, self.shared.model.clone())
        };
        let delivery = Arc::new(Delivery::start(sink, config, self.shared.telemetry.clone()));
        self.shared.telemetry.read_from(delivery.clone());
        delivery
    }

    /// Says what other folders of spools there are: of sinks whose URI is another one now.
    fn look_for_strangers(self) {
        let Some(base) = self.spool_dir else { return };
        tokio::task::spawn_blocking(move || {
            for stranger in strangers(&base, &self.folders) {
                let (folder, owner) = (stranger.folder.display(), stranger.owner);
                tracing::warn!(
                    bytes = stranger.bytes,
                    "No sink has the spool {folder}, which was that of {owner}"
                );
            }
        });
    }
}

/// `name`, or with the lowest number behind it from 2 on that none of `taken` has.
fn distinct<T: Numbered>(name: T, taken: &[T], mark: &str) -> T {
    if !taken.contains(&name) {
        return name;
    }
    let numbered = (2_usize..).map(|number| name.numbered(mark, number));
    numbered
        .take(taken.len() + 1)
        .find(|name| !taken.contains(name))
        .unwrap_or(name)
}

/// A name that takes a number.
trait Numbered: PartialEq + Sized {
    fn numbered(&self, mark: &str, number: usize) -> Self;
}

impl Numbered for String {
    fn numbered(&self, mark: &str, number: usize) -> Self {
        format!("{self}{mark}{number}")
    }
}

impl Numbered for PathBuf {
    fn numbered(&self, mark: &str, number: usize) -> Self {
        let mut name = self.clone().into_os_string();
        name.push(format!("{mark}{number}"));
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_told_apart() {
        let mut names = Vec::new();
        for _ in 0..3 {
            let name = distinct("Acme Sink".to_owned(), &names, " #");
            names.push(name);
        }
        assert_eq!(names, ["Acme Sink", "Acme Sink #2", "Acme Sink #3"]);
        let folder = PathBuf::from("/spool/acme-1");
        assert_eq!(
            distinct(folder.clone(), &[folder], "-"),
            PathBuf::from("/spool/acme-1-2")
        );
    }
}
