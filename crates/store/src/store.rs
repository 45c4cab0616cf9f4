//! The store: one writer, any number of readers.

use crate::long::LongMetrics;
use crate::snapshot::Snapshot;
use arc_swap::ArcSwapOption;
use heapster_plugin::model::{Batch, Model, Timestamp};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is kept for how long.
#[derive(Clone, Debug)]
pub struct Config {
    /// How long all values are kept.
    pub short: Duration,
    /// How long the values of `long_metrics` are kept.
    pub long: Duration,
    /// Names of the metrics that are read from the long window. They may be integers or floats.
    pub long_metrics: Vec<String>,
}

/// The batches of the last minutes. Readers never hold up the writer, nor each other.
pub struct Store {
    pub(crate) config: Config,
    pub(crate) model: Arc<Model>,
    current: ArcSwapOption<Snapshot>,
    /// Held by a push from the old snapshot to the new one.
    writer: Mutex<()>,
    refused: AtomicU64,
}

impl Store {
    /// An empty store for batches made with the tables of `model`.
    #[must_use]
    pub fn new(config: Config, model: Arc<Model>) -> Self {
        let mut config = config;
        let mut known: Vec<String> = Vec::new();
        config.long_metrics.retain(|name| {
            let fresh = !known.contains(name);
            known.push(name.clone());
            fresh
        });
        Self {
            config,
            model,
            current: ArcSwapOption::const_empty(),
            writer: Mutex::new(()),
            refused: AtomicU64::new(0),
        }
    }

    /// Takes in the batch of the newest cycle and lets go what the windows have passed at `now`.
    ///
    /// A batch that is not later than the newest one is refused, counted, and `false` is the answer. One that is earlier
    /// while the newest lies in the future says that the clock was set back: the store starts anew with it.
    pub fn push(&self, batch: Arc<Batch>, now: Timestamp) -> bool {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let metrics = LongMetrics::find(&self.config.long_metrics, &self.model.metrics);
        let next = match self.snapshot() {
            Some(current) if batch.timestamp() > current.newest.timestamp() => {
                current.next(batch, &self.config, metrics, now)
            }
            Some(current)
                if batch.timestamp() == current.newest.timestamp() || current.newest.timestamp() <= now =>
            {
                self.refused.fetch_add(1, Ordering::Relaxed);
                return false;
            }
            Some(_) | None => Snapshot::first(batch, metrics),
        };
        self.current.store(Some(Arc::new(next)));
        true
    }

    /// How many batches were refused, as they were not later than the newest one.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The newest batch, however old it is.
    #[must_use]
    pub fn latest(&self) -> Option<Arc<Batch>> {
        self.snapshot().map(|snapshot| snapshot.newest.clone())
    }

    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.current.load_full()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("config", &self.config)
            .field("newest", &self.latest().map(|batch| batch.timestamp()))
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
