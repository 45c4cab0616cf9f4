//! This machine as a one-node cluster, read from `/proc` and the cgroup file systems.
//!
//! `--source=host:` needs no Kubernetes: the machine is the node, its services and slices are system containers. Figures
//! mean what a kubelet's mean as far as the kernel tells them; `docs/sources/host.md` lists each with its file.
//!
//! A file that is missing or unreadable takes its metrics away and nothing else: it is counted in
//! `heapster_plugin_host_unreadable_total` by file. Only when nothing of `/proc` can be read is there no answer.

mod cgroup;
mod config;
mod containers;
mod disks;
mod files;
mod filesystems;
mod flat;
mod machine;
mod mounts;
mod network;
mod node;
mod resources;
mod seldom;
mod target;
mod units;

use config::Config;
use heapster_plugin::async_trait;
use heapster_plugin::inventory;
use heapster_plugin::options::{OptionError, Options};
use heapster_plugin::registry::SourcePlugin;
use heapster_plugin::source::{BuildError, Source, SourceContext, Target};
use heapster_plugin::uri::Uri;
use std::sync::Arc;

inventory::submit! {
    SourcePlugin {
        name: "host",
        keys: &["host"],
        about: "this machine as a one-node cluster, from /proc and cgroups",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        build,
    }
}

/// The source: one target that never changes.
#[derive(Debug)]
struct Host {
    target: Arc<dyn Target>,
}

fn build(uri: &Uri, options: &Options, context: &SourceContext) -> Result<Box<dyn Source>, BuildError> {
    if !uri.host.is_empty() || !uri.opaque.is_empty() || !uri.path.is_empty() {
        tracing::warn!(source = %uri.redacted(), "source \"host\" takes no address: what stands before the ? is ignored");
    }
    let config = Config::new(options);
    if !config.root.is_dir() {
        let root = config.root.display();
        return Err(BuildError::Option(OptionError {
            part: "source",
            key: uri.key.clone(),
            option: "root".to_owned(),
            reason: format!(
                "\"{root}\" is not a directory; mount the machine's root there or leave root out"
            ),
        }));
    }
    Ok(Box::new(Host {
        target: Arc::new(target::HostTarget::new(&config, context)),
    }))
}

#[async_trait]
impl Source for Host {
    async fn targets(&self) -> Vec<Arc<dyn Target>> {
        vec![self.target.clone()]
    }
}
