//! Asks every target once a cycle.
//!
//! Each target is asked in a task of its own, so that answers are decoded on all workers and a target that hangs or panics
//! costs nobody else anything. The tasks begin spread over [`ask::spread`]; at most [`PLACES`] of them wait for a quick answer at
//! a time. A task that got none within [`ask::PATIENCE`] gives its place away and goes on waiting without, and a target that gave
//! no answer in the cycle before takes none at all: thousands of dead targets hold up no living one.
//!
//! Source: Heapster 1.5 metrics/sources/manager.go. Differs: there a failure was no answer, so that one dead kubelet held
//! every batch for twenty seconds.

mod ask;
mod listing;
mod reports;
mod turns;

use crate::families;
use ask::{Answer, ask, settle, spread};
use heapster_plugin::model::Scraped;
use heapster_plugin::source::{Source, Target, Window};
use heapster_plugin::telemetry::Telemetry;
use listing::Sources;
use reports::{Level, Line, Reports};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use turns::Turns;

/// How many targets are waited for at a time.
const PLACES: usize = 512;
/// How long after the deadline a target may still report that it saw it pass.
const GRACE: Duration = Duration::from_millis(100);
/// How long a stop waits for answers that are under way.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// How many targets were asked, and how many answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    pub(crate) asked: usize,
    pub(crate) answered: usize,
}

/// Asks the targets of all sources.
#[derive(Debug)]
pub(crate) struct Scraper {
    sources: Sources,
    telemetry: Arc<dyn Telemetry>,
    places: Arc<Semaphore>,
    reports: Reports,
}

/// The scrapes of one cycle that are under way, and what came of them so far.
struct Round<'a> {
    targets: &'a [(usize, Arc<dyn Target>)],
    tasks: JoinSet<Answer>,
    /// The position of a target by the number of its task.
    positions: HashMap<Id, usize>,
    open: Vec<bool>,
    in_time: usize,
    answered: usize,
    sets: usize,
    turns: Turns,
}

impl Scraper {
    pub(crate) fn new(sources: Vec<Box<dyn Source>>, telemetry: Arc<dyn Telemetry>) -> Self {
        Self {
            sources: Sources::new(sources),
            telemetry,
            places: Arc::new(Semaphore::new(PLACES)),
            reports: Reports::default(),
        }
    }

    /// Hands every answer that came within `timeout` to `take`: those of the first source as they come, those of each further
    /// one when the sources before it are done. Ends as soon as each target has answered or failed.
    pub(crate) async fn scrape(
        &mut self,
        window: Window,
        timeout: Duration,
        stop: &CancellationToken,
        mut take: impl FnMut(Scraped),
    ) -> Tally {
        let started = Instant::now();
        let deadline = started + timeout;
        tracing::debug!("Scraping metrics start: {}, end: {}", window.start, window.end);
        let targets = self.sources.list(deadline, &*self.telemetry).await;
        let asked = targets.len();
        #[allow(clippy::cast_precision_loss)] // a count of things in memory
        self.telemetry.gauge(families::SCRAPER_TARGETS, &[], asked as f64);
        let mut round = self.start(&targets, window, deadline, spread(asked, timeout));
        self.collect(&mut round, deadline + GRACE, stop, &mut take).await;
        round.tasks.abort_all();
        round.turns.end(&mut take);
        for ((_, target), _) in targets.iter().zip(&round.open).filter(|(_, open)| **open) {
            round.in_time -= 1;
            self.note(target.name(), Ok(Answer::none(started.elapsed())));
        }
        if let Some(line) = self.reports.in_time(round.in_time, asked, Instant::now()) {
            tracing::warn!("{line}");
        }
        for name in self
            .reports
            .forget_others(targets.iter().map(|(_, target)| target.name()))
        {
            for family in [families::SCRAPER_LAST_TIME, families::SCRAPER_DURATION] {
                self.telemetry.forget(family, &[("source", &name)]);
            }
        }
        let (answered, sets) = (round.answered, round.sets);
        tracing::debug!("ScrapeMetrics: time: {:?} size: {sets}", started.elapsed());
        Tally { asked, answered }
    }

    /// Takes answers until there is one of each target, or until `end`; a stop brings the end nearer.
    async fn collect(
        &mut self,
        round: &mut Round<'_>,
        mut end: Instant,
        stop: &CancellationToken,
        take: &mut impl FnMut(Scraped),
    ) {
        let mut stopping = false;
        loop {
            tokio::select! {
                biased;
                joined = round.tasks.join_next_with_id() => {
                    let Some(joined) = joined else { return };
                    let (id, answer) = settle(joined);
                    let Some(at) = round.positions.get(&id).copied() else { continue };
                    let Some((source, target)) = round.targets.get(at) else { continue };
                    round.in_time -= usize::from(answer.as_ref().is_ok_and(Answer::timed_out));
                    if let Some(open) = round.open.get_mut(at) {
                        *open = false;
                    }
                    let scraped = self.note(target.name(), answer);
                    round.answered += usize::from(scraped.is_some());
                    round.sets += scraped.as_ref().map_or(0, |scraped| scraped.sets().len());
                    round.turns.settle(*source, scraped, take);
                }
                () = sleep_until(end) => return,
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    end = end.min(Instant::now() + STOP_GRACE);
                }
            }
        }
    }

    /// Starts a task for each target.
    fn start<'a>(
        &self,
        targets: &'a [(usize, Arc<dyn Target>)],
        window: Window,
        deadline: Instant,
        spread: Duration,
    ) -> Round<'a> {
        let started = Instant::now();
        let step = spread / u32::try_from(targets.len()).unwrap_or(u32::MAX).max(1);
        let mut round = Round {
            targets,
            tasks: JoinSet::new(),
            positions: HashMap::with_capacity(targets.len()),
            open: vec![true; targets.len()],
            in_time: targets.len(),
            answered: 0,
            sets: 0,
            turns: Turns::new(targets.iter().map(|(source, _)| *source)),
        };
        for (at, (_, target)) in targets.iter().enumerate() {
            let begin = started + step.saturating_mul(u32::try_from(at).unwrap_or(u32::MAX));
            let places = (!self.reports.hung(target.name())).then(|| self.places.clone());
            let task = ask(target.clone(), window, begin, deadline, places);
            round.positions.insert(round.tasks.spawn(task).id(), at);
        }
        round
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
}

#[cfg(test)]
mod tests;
