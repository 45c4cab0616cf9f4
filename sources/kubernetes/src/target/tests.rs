//! A kubelet of every kind.

mod answers;
mod bodies;
mod choice;
mod secure;

use super::*;
use crate::testing::{build, kubelet, kubelet_at, node, ok, reply, soon, target, window};
use heapster_plugin::cluster::KubeletAccess;
use std::sync::Arc;

/// A summary of one container that has used `usage` ns.
fn summary(usage: u32) -> String {
    format!(
        r#"{{"node":{{"nodeName":"n1"}},"pods":[{{"podRef":{{"name":"p","namespace":"a","uid":"u"}},"containers":[{{"name":"c","cpu":{{"time":"2026-11-22T10:00:30Z","usageCoreNanoSeconds":{usage}}}}}]}}]}}"#
    )
}

async fn plain(key: &str, port: u16) -> Arc<dyn Target> {
    target(key, "", port, KubeletAccess::default()).await
}

async fn scrape(target: &dyn Target) -> Result<Vec<String>, ScrapeError> {
    let scraped = target.scrape(window(), soon()).await?;
    Ok(scraped
        .sets()
        .iter()
        .map(|set| set.entity.key().to_owned())
        .collect())
}

/// Reason and text of a failure, which is one line and names the node.
async fn failure(target: &dyn Target) -> (ScrapeFailure, String) {
    let error = scrape(target).await.unwrap_err();
    assert!(error.text.starts_with("kubelet n1 at http"), "{}", error.text);
    assert!(!error.text.contains('\n'), "{}", error.text);
    (error.reason, error.text)
}
