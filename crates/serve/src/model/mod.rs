//! The model API: `/api/v1/model/…`.
//!
//! Source: Heapster 1.5 metrics/api/v1/model_handlers.go (routes, shapes, rules). Differs: lists are sorted, nodes go by
//! their name, floats and negative numbers stand in `floatValue`, a pod that is named twice is looked up once.

pub(crate) mod lists;
mod places;
mod points;
pub(crate) mod values;

use crate::routes::Call;
use heapster_plugin::model::{Batch, EntityKind, label};
use std::sync::Arc;

/// The newest batch, if there is one.
fn latest(call: &Call<'_>) -> Option<Arc<Batch>> {
    call.api.store.as_ref().and_then(|store| store.latest())
}

/// The name of the node that the path means: a node's name, or else its host name.
fn node_name(call: &Call<'_>) -> String {
    let given = call.param("node");
    let by_hostname = || {
        let batch = latest(call)?;
        if batch.by_key(&format!("node:{given}")).is_some() {
            return None;
        }
        let node = batch.with_prefix("node:").find(|set| {
            set.entity().kind() == EntityKind::Node && set.labels().get(label::HOSTNAME) == Some(given)
        })?;
        node.entity().node().map(str::to_owned)
    };
    by_hostname().unwrap_or_else(|| given.to_owned())
}

/// The key of what the path means: `namespace:shop/pod:web-0` and the like.
fn key(call: &Call<'_>, kind: EntityKind) -> String {
    match kind {
        EntityKind::Cluster => "cluster".to_owned(),
        EntityKind::Namespace => format!("namespace:{}", call.param("ns")),
        EntityKind::Node => format!("node:{}", node_name(call)),
        EntityKind::Pod => format!("namespace:{}/pod:{}", call.param("ns"), call.param("pod")),
        EntityKind::PodContainer => format!(
            "namespace:{}/pod:{}/container:{}",
            call.param("ns"),
            call.param("pod"),
            call.param("container")
        ),
        EntityKind::SystemContainer => format!("node:{}/container:{}", node_name(call), call.param("path")),
    }
}
