//! Reads the kubelets of a Kubernetes cluster.
//!
//! `--source=kubernetes.summary_api:[MASTER][?OPTIONS]` asks each kubelet for `/stats/summary/`, `--source=kubernetes:…` for
//! `/stats/container/`; a kubelet that lacks one of the two is read by the other. Nodes come from the shared view of the API
//! server; an answer is decoded from its bytes straight into sets, and what was known about a pod stays known until it changes.

mod config;
pub mod decode;
mod failure;
mod nodes;
mod source;
mod target;
#[cfg(test)]
mod testing;

use config::Api;
use heapster_plugin::inventory;
use heapster_plugin::registry::SourcePlugin;

inventory::submit! {
    SourcePlugin {
        name: "kubernetes",
        keys: &[config::LEGACY_KEY, config::SUMMARY_KEY],
        about: "the kubelets of a Kubernetes cluster",
        options: config::OPTIONS,
        package: env!("CARGO_PKG_NAME"),
        build: source::build,
    }
}
