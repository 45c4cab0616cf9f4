//! The loop: wait for a window, scrape, process, hand on.

use crate::clock::{LOOK_AGAIN, Windows};
use crate::families;
use crate::label_copier::LabelCopier;
use crate::processors::Processors;
use crate::progress::Progress;
use crate::scrape::Scraper;
use heapster_plugin::cluster::Cluster;
use heapster_plugin::model::{Batch, Model, Timestamp};
use heapster_plugin::source::{Source, Window};
use heapster_plugin::telemetry::Telemetry;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// What a pipeline is told at start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Length of a window.
    pub resolution: Duration,
    /// How long a scrape may take; held below nine tenths of the resolution, so that a target that hangs costs no window.
    pub scrape_timeout: Duration,
    /// How user labels become labels of sets.
    pub labels: LabelCopier,
}

/// Who gets the batches: the store, and a delivery for each sink.
pub trait Consumer: Send + Sync + Debug {
    /// Takes a batch, or drops it, without waiting for anything. Batches come in the order of their cycles.
    fn offer(&self, batch: &Arc<Batch>);
}

/// Runs cycles strictly one after the other.
#[derive(Debug)]
pub struct Pipeline {
    config: Config,
    scraper: Scraper,
    make: Make,
    /// Away while a batch is being made; gone after a fault.
    processors: Option<Processors>,
    consumers: Arc<[Arc<dyn Consumer>]>,
    telemetry: Arc<dyn Telemetry>,
    progress: Arc<Progress>,
    clock: fn() -> Timestamp,
}

/// What new processors are made of.
#[derive(Clone, Debug)]
struct Make {
    model: Arc<Model>,
    cluster: Option<Arc<dyn Cluster>>,
    labels: LabelCopier,
    telemetry: Arc<dyn Telemetry>,
}

impl Make {
    fn processors(&self) -> Processors {
        let Self {
            model,
            cluster,
            labels,
            telemetry,
        } = self.clone();
        Processors::new(model, cluster, labels, telemetry)
    }
}

impl Pipeline {
    /// A pipeline that has not begun. `cluster` is what sets are enriched with; without one they are not.
    #[must_use]
    pub fn new(
        config: Config,
        sources: Vec<Box<dyn Source>>,
        cluster: Option<Arc<dyn Cluster>>,
        consumers: Vec<Arc<dyn Consumer>>,
        model: Arc<Model>,
        telemetry: Arc<dyn Telemetry>,
    ) -> Self {
        let labels = config.labels.clone();
        Self {
            scraper: Scraper::new(sources, telemetry.clone()),
            make: Make {
                model,
                cluster,
                labels,
                telemetry: telemetry.clone(),
            },
            processors: None,
            consumers: consumers.into(),
            telemetry,
            progress: Arc::default(),
            clock: Timestamp::now,
            config,
        }
    }

    /// The same pipeline by another clock than the system's.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Timestamp) -> Self {
        Self { clock, ..self }
    }

    /// How far it is; stays valid after [`run`](Self::run) was called.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    /// Makes a batch for each window until `stop`. A batch that has been begun is finished and handed on first; answers
    /// that are still missing then are waited for five seconds at most.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut windows = Windows::new(self.config.resolution);
        loop {
            let tick = windows.look((self.clock)());
            if tick.lost > 0 {
                tracing::warn!(
                    "Spent too long waiting for housekeeping to start: {} windows lost",
                    tick.lost
                );
                self.telemetry.count(families::LOST_WINDOWS, &[], tick.lost);
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = sleep(tick.wait.min(LOOK_AGAIN)) => {}
            }
            if tick.wait.is_zero() {
                self.cycle(tick.window, &stop).await;
            }
        }
    }

    async fn cycle(&mut self, window: Window, stop: &CancellationToken) {
        let timeout = self.config.scrape_timeout.min(self.config.resolution * 9 / 10);
        let mut processors = self.processors.take().unwrap_or_else(|| self.make.processors());
        processors.begin(window.end);
        let mut fault = None;
        let take = |answer| {
            if fault.is_none() {
                fault = catch_unwind(AssertUnwindSafe(|| processors.take(&answer))).err();
            }
        };
        let tally = self.scraper.scrape(window, timeout, stop, take).await;
        self.progress.scraped(tally.answered, tally.asked);
        let started = Instant::now();
        let batch = match fault {
            None => self.finish(processors).await,
            Some(_) => Err("an answer could not be processed".to_owned()),
        };
        let batch = match batch {
            Ok(batch) => batch,
            Err(fault) => {
                tracing::error!("Error in processor: the batch of {} is lost: {fault}", window.end);
                self.telemetry
                    .count(families::PANICS, &[("part", "processors")], 1);
                return;
            }
        };
        let processed = started.elapsed();
        self.hand_on(&batch).await;
        self.progress.delivered(batch.timestamp(), batch.len());
        self.count(&batch);
        tracing::debug!(
            "batch {}: {} sets, {} values, finished in {processed:?}, handed on in {:?}",
            batch.timestamp(),
            batch.len(),
            batch.value_count(),
            started.elapsed().saturating_sub(processed)
        );
    }

    /// The batch of the answers taken. A fault in the program costs this batch and the rates of the next.
    async fn finish(&mut self, mut processors: Processors) -> Result<Arc<Batch>, String> {
        let made = spawn_blocking(move || {
            let batch = processors.finish();
            (processors, batch)
        });
        let (processors, batch) = made.await.map_err(|fault| fault.to_string())?;
        self.processors = Some(processors);
        Ok(batch)
    }

    /// Offers the batch to every consumer, in order; a fault in one does not reach the others.
    async fn hand_on(&self, batch: &Arc<Batch>) {
        let (batch, consumers) = (batch.clone(), self.consumers.clone());
        let handed = spawn_blocking(move || {
            let offer = |consumer: &Arc<dyn Consumer>| {
                catch_unwind(AssertUnwindSafe(|| consumer.offer(&batch))).is_err()
            };
            consumers.iter().filter(|consumer| offer(consumer)).count()
        });
        let faults = handed.await.unwrap_or(1);
        if faults > 0 {
            tracing::error!("{faults} consumers could not take a batch, as the program has a fault");
            self.telemetry.count(
                families::PANICS,
                &[("part", "consumer")],
                u64::try_from(faults).unwrap_or(u64::MAX),
            );
        }
    }

    #[allow(clippy::cast_precision_loss)] // counts of things in memory
    fn count(&self, batch: &Batch) {
        self.telemetry.count(families::BATCHES, &[], 1);
        self.telemetry
            .gauge(families::BATCH_SETS, &[], batch.len() as f64);
        self.telemetry
            .gauge(families::BATCH_VALUES, &[], batch.value_count() as f64);
    }
}

#[cfg(test)]
mod tests;
