//! `--validate`: every fault of a command line at once, without contacting anything.

use crate::flags::Flags;
use crate::settings::Settings;
use crate::{sinks, sources};
use heapster_plugin::cluster::{ApiServer, Cluster, ClusterError, KubeletAccess};
use heapster_plugin::model::Model;
use heapster_plugin::registry::Registry;
use heapster_plugin::sink::SinkContext;
use heapster_plugin::source::{Clusters, SourceContext};
use heapster_plugin::telemetry::Silent;
use std::sync::Arc;

/// A line for each fault, unknown options and flags without effect included.
pub(crate) fn faults(flags: &Flags, registry: &Registry) -> Vec<String> {
    let mut faults = flags.warnings();
    faults.extend(Settings::faults(flags));
    let context = SourceContext {
        model: Arc::new(Model::default()),
        telemetry: Arc::new(Silent),
        resolution: flags.duration("metric-resolution"),
        clusters: Arc::new(Unopened),
    };
    let uris = flags.uris("source");
    if uris.is_empty() {
        faults.push(sources::NONE.to_owned());
    }
    for uri in &uris {
        match sources::build(uri, registry, &context) {
            Ok((_, unknown)) => {
                faults.extend(
                    unknown
                        .iter()
                        .map(|option| format!("--source={}: {option}", uri.redacted())),
                );
            }
            Err(reason) => faults.push(format!("--source={}: {reason}", uri.redacted())),
        }
    }
    let context = SinkContext {
        telemetry: Arc::new(Silent),
    };
    let uris = flags.uris("sink");
    for uri in uris.iter().filter(|uri| !sinks::is_memory(uri)) {
        let (lines, name) = match sinks::build(uri, registry, &context) {
            Ok(built) => (built.warnings, uri.redacted()),
            Err(reason) => (vec![reason], uri.redacted()),
        };
        faults.extend(lines.iter().map(|line| format!("--sink={name}: {line}")));
    }
    if let Some((lines, _)) = sinks::historical_fault(flags.text("historical-source"), &uris) {
        faults.extend(lines);
    }
    faults
}

/// Stands for any cluster: whether its files and its environment are there is for the machine that will run the program.
#[derive(Debug)]
struct Unopened;

impl Clusters for Unopened {
    fn open(&self, _: &ApiServer) -> Result<(Arc<dyn Cluster>, KubeletAccess), ClusterError> {
        Ok((Arc::new(Self), KubeletAccess::default()))
    }
}

impl Cluster for Unopened {}
