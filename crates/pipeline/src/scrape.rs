//! Asks every target once a cycle.
//!
//! Each target is asked in a task of its own, so that answers are decoded on all workers and a target that hangs or panics
//! costs nobody else anything. The tasks begin spread over [`spread`]; at most [`PLACES`] of them wait for a quick answer at
//! a time. A task that got none within [`PATIENCE`] gives its place away and goes on waiting without, and a target that gave
//! no answer in the cycle before takes none at all: thousands of dead targets hold up no living one.
//!
//! Source: Heapster 1.5 metrics/sources/manager.go. Differs: there a failure was no answer, so that one dead kubelet held
//! every batch for twenty seconds.

mod reports;

use crate::families;
use heapster_plugin::model::{Scraped, Timestamp};
use heapster_plugin::source::{ScrapeError, ScrapeFailure, Source, Target, Window};
use heapster_plugin::telemetry::Telemetry;
use reports::{Level, Line, Reports};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

/// The share of the spread that one target adds, and its bound.
const SPREAD_EACH: Duration = Duration::from_millis(8);
const SPREAD_MOST: Duration = Duration::from_secs(4);
/// How many targets are waited for at a time, and how long each keeps its place.
const PLACES: usize = 512;
const PATIENCE: Duration = Duration::from_millis(500);
/// What a source may take to list its targets before its last list is used.
const LISTING: Duration = Duration::from_secs(2);
/// How long after the deadline a target may still report that it saw it pass.
const GRACE: Duration = Duration::from_millis(100);
/// How long a stop waits for answers that are under way.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// What the targets answered.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// In the order of the sources and of their targets.
    pub(crate) scraped: Vec<Scraped>,
    pub(crate) asked: usize,
}

/// Asks the targets of all sources.
#[derive(Debug)]
pub(crate) struct Scraper {
    sources: Vec<Listed>,
    telemetry: Arc<dyn Telemetry>,
    places: Arc<Semaphore>,
    reports: Reports,
}

#[derive(Debug)]
struct Listed {
    source: Arc<dyn Source>,
    /// What it listed last, in case it does not answer.
    targets: Vec<Arc<dyn Target>>,
}

struct Answer {
    result: Result<Scraped, ScrapeError>,
    began: Timestamp,
    took: Duration,
}

/// The time over which the beginnings of the scrapes of `targets` targets are spread.
pub(crate) fn spread(targets: usize, timeout: Duration) -> Duration {
    let targets = u32::try_from(targets).unwrap_or(u32::MAX);
    SPREAD_EACH
        .saturating_mul(targets)
        .min(SPREAD_MOST)
        .min(timeout / 2)
}

impl Scraper {
    pub(crate) fn new(sources: Vec<Box<dyn Source>>, telemetry: Arc<dyn Telemetry>) -> Self {
        let listed = |source| Listed {
            source: Arc::from(source),
            targets: Vec::new(),
        };
        Self {
            sources: sources.into_iter().map(listed).collect(),
            telemetry,
            places: Arc::new(Semaphore::new(PLACES)),
            reports: Reports::default(),
        }
    }

    /// Every answer that came within `timeout`. Ends as soon as each target has answered or failed.
    pub(crate) async fn scrape(
        &mut self,
        window: Window,
        timeout: Duration,
        stop: &CancellationToken,
    ) -> Answers {
        let started = Instant::now();
        let deadline = started + timeout;
        tracing::debug!("Scraping metrics start: {}, end: {}", window.start, window.end);
        let targets = self.list(deadline).await;
        let asked = targets.len();
        self.gauge(families::SCRAPER_TARGETS, &[], asked);
        let (mut tasks, ids) = self.start(&targets, window, deadline, spread(asked, timeout));
        let mut slots: Vec<Option<Scraped>> = Vec::new();
        slots.resize_with(asked, || None);
        let mut open: Vec<bool> = vec![true; asked];
        let mut in_time = asked;
        let mut end = deadline + GRACE;
        let mut stopping = false;
        loop {
            tokio::select! {
                biased;
                joined = tasks.join_next_with_id() => {
                    let Some(joined) = joined else { break };
                    let (id, answer) = settle(joined);
                    let Some(at) = ids.get(&id).copied() else { continue };
                    let Some(target) = targets.get(at) else { continue };
                    in_time -= usize::from(answer.as_ref().is_ok_and(timed_out));
                    if let Some(place) = slots.get_mut(at) {
                        *place = self.note(target.name(), answer);
                    }
                    if let Some(open) = open.get_mut(at) {
                        *open = false;
                    }
                }
                () = sleep_until(end) => break,
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    end = end.min(Instant::now() + STOP_GRACE);
                }
            }
        }
        tasks.abort_all();
        for (target, _) in targets.iter().zip(&open).filter(|(_, open)| **open) {
            in_time -= 1;
            let took = started.elapsed();
            let result = Err(ScrapeError {
                reason: ScrapeFailure::Timeout,
                text: "no answer".to_owned(),
            });
            self.note(
                target.name(),
                Ok(Answer {
                    result,
                    began: Timestamp::now().minus(took),
                    took,
                }),
            );
        }
        if in_time < asked {
            tracing::warn!("Failed to get all responses in time (got {in_time}/{asked})");
        }
        let gone = self
            .reports
            .forget_others(targets.iter().map(|target| target.name()));
        for name in gone {
            for family in [families::SCRAPER_LAST_TIME, families::SCRAPER_DURATION] {
                self.telemetry.forget(family, &[("source", &name)]);
            }
        }
        let scraped: Vec<Scraped> = slots.into_iter().flatten().collect();
        let sets: usize = scraped.iter().map(|answer| answer.sets().len()).sum();
        tracing::debug!("ScrapeMetrics: time: {:?} size: {sets}", started.elapsed());
        Answers { scraped, asked }
    }

    /// The targets of all sources, of each as it listed them now or, if it does not answer, before.
    async fn list(&mut self, deadline: Instant) -> Vec<Arc<dyn Target>> {
        let until = deadline.min(Instant::now() + LISTING);
        let mut listings = JoinSet::new();
        let mut ids = HashMap::new();
        for (at, listed) in self.sources.iter().enumerate() {
            let source = listed.source.clone();
            ids.insert(listings.spawn(async move { source.targets().await }).id(), at);
        }
        while let Ok(Some(joined)) = timeout_at(until, listings.join_next_with_id()).await {
            match joined {
                Ok((id, targets)) => {
                    if let Some(listed) = ids.remove(&id).and_then(|at| self.sources.get_mut(at)) {
                        listed.targets = targets;
                    }
                }
                Err(fault) => {
                    tracing::error!("listing the targets of a source failed, using its last list: {fault}");
                    self.telemetry.count(families::PANICS, &[("part", "source")], 1);
                    ids.remove(&fault.id());
                }
            }
        }
        for at in ids.values() {
            if let Some(listed) = self.sources.get(*at) {
                tracing::warn!(
                    "a source did not list its targets in time, using its last list: {:?}",
                    listed.source
                );
            }
        }
        self.sources
            .iter()
            .flat_map(|listed| listed.targets.iter().cloned())
            .collect()
    }

    /// A task for each target, and the position of the target by the task's number.
    fn start(
        &self,
        targets: &[Arc<dyn Target>],
        window: Window,
        deadline: Instant,
        spread: Duration,
    ) -> (JoinSet<Answer>, HashMap<Id, usize>) {
        let started = Instant::now();
        let step = spread / u32::try_from(targets.len()).unwrap_or(u32::MAX).max(1);
        let mut tasks = JoinSet::new();
        let mut ids = HashMap::with_capacity(targets.len());
        for (at, target) in targets.iter().enumerate() {
            let begin = started + step.saturating_mul(u32::try_from(at).unwrap_or(u32::MAX));
            let places = (!self.reports.hung(target.name())).then(|| self.places.clone());
            let task = ask(target.clone(), window, begin, deadline, places);
            ids.insert(tasks.spawn(task).id(), at);
        }
        (tasks, ids)
    }

    /// Counts one answer, logs it when that is due, and gives its sets.
    fn note(&mut self, name: &str, answer: Result<Answer, JoinError>) -> Option<Scraped> {
        let (reason, text, scraped) = match answer {
            Ok(answer) => {
                let source = [("source", name)];
                #[allow(clippy::cast_precision_loss)] // seconds of Unix time
                let began = answer.began.nanos() as f64 / 1e9;
                self.telemetry.gauge(families::SCRAPER_LAST_TIME, &source, began);
                self.telemetry
                    .observe(families::SCRAPER_DURATION, &source, answer.took);
                match answer.result {
                    Ok(scraped) => (None, String::new(), Some(scraped)),
                    Err(error) => (Some(error.reason.as_str()), error.text, None),
                }
            }
            Err(fault) => (
                Some(reports::PANICKED),
                format!("the program has a fault: {fault}"),
                None,
            ),
        };
        if let Some(reason) = reason {
            self.telemetry
                .count(families::SCRAPE_FAILURES, &[("reason", reason)], 1);
        }
        let line = match reason {
            None => self.reports.succeeded(name),
            Some(reason) => self.reports.failed(name, reason, &text, Instant::now()),
        };
        match line {
            Some(Line {
                level: Level::Info,
                text,
            }) => tracing::info!("{text}"),
            Some(Line {
                level: Level::Warn,
                text,
            }) => tracing::warn!("{text}"),
            Some(Line {
                level: Level::Error,
                text,
            }) => tracing::error!("{text}"),
            None => {}
        }
        scraped
    }

    #[allow(clippy::cast_precision_loss)] // counts of things in memory
    fn gauge(&self, family: &'static str, labels: &[(&'static str, &str)], value: usize) {
        self.telemetry.gauge(family, labels, value as f64);
    }
}

fn timed_out(answer: &Answer) -> bool {
    matches!(&answer.result, Err(error) if error.reason == ScrapeFailure::Timeout)
}

fn settle(joined: Result<(Id, Answer), JoinError>) -> (Id, Result<Answer, JoinError>) {
    match joined {
        Ok((id, answer)) => (id, Ok(answer)),
        Err(fault) => (fault.id(), Err(fault)),
    }
}

/// Asks one target from `begin` on.
async fn ask(
    target: Arc<dyn Target>,
    window: Window,
    begin: Instant,
    deadline: Instant,
    places: Option<Arc<Semaphore>>,
) -> Answer {
    sleep_until(begin).await;
    let place = match places {
        Some(places) => places.acquire_owned().await.ok(),
        None => None,
    };
    let (began, started) = (Timestamp::now(), Instant::now());
    let scrape = target.scrape(window, deadline);
    tokio::pin!(scrape);
    let result = match timeout(PATIENCE, &mut scrape).await {
        Ok(result) => result,
        Err(_) => {
            drop(place);
            scrape.await
        }
    };
    Answer {
        result,
        began,
        took: started.elapsed(),
    }
}

#[cfg(test)]
mod tests;
