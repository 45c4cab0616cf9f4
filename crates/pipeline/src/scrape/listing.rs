//! What there is to scrape: the lists of all sources.

use crate::families;
use heapster_plugin::source::{Source, Target};
use heapster_plugin::telemetry::Telemetry;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// What a source may take to list its targets before its last list is used.
const LISTING: Duration = Duration::from_secs(2);

/// The sources, each with what it listed last, in case it does not answer.
#[derive(Debug)]
pub(super) struct Sources(Vec<Listed>);

#[derive(Debug)]
struct Listed {
    source: Arc<dyn Source>,
    targets: Vec<Arc<dyn Target>>,
}

impl Sources {
    pub(super) fn new(sources: Vec<Box<dyn Source>>) -> Self {
        let listed = |source| Listed {
            source: Arc::from(source),
            targets: Vec::new(),
        };
        Self(sources.into_iter().map(listed).collect())
    }

    /// The targets of all sources with the position of their source, of each as it listed them now or, if it does not answer,
    /// before.
    pub(super) async fn list(
        &mut self,
        deadline: Instant,
        telemetry: &dyn Telemetry,
    ) -> Vec<(usize, Arc<dyn Target>)> {
        let until = deadline.min(Instant::now() + LISTING);
        let mut listings = JoinSet::new();
        let mut ids = HashMap::new();
        for (at, listed) in self.0.iter().enumerate() {
            let source = listed.source.clone();
            ids.insert(listings.spawn(async move { source.targets().await }).id(), at);
        }
        while let Ok(Some(joined)) = timeout_at(until, listings.join_next_with_id()).await {
            match joined {
                Ok((id, targets)) => {
                    if let Some(listed) = ids.remove(&id).and_then(|at| self.0.get_mut(at)) {
                        listed.targets = targets;
                    }
                }
                Err(fault) => {
                    tracing::error!("listing the targets of a source failed, using its last list: {fault}");
                    telemetry.count(families::PANICS, &[("part", "source")], 1);
                    ids.remove(&fault.id());
                }
            }
        }
        for at in ids.values() {
            if let Some(listed) = self.0.get(*at) {
                tracing::warn!(
                    "a source did not list its targets in time, using its last list: {:?}",
                    listed.source
                );
            }
        }
        self.0
            .iter()
            .enumerate()
            .flat_map(|(source, listed)| listed.targets.iter().map(move |target| (source, target.clone())))
            .collect()
    }
}
