//! The fan-out, with time held.

use super::*;
use heapster_plugin::async_trait;
use heapster_plugin::model::{Entities, Times, Timestamp};
use heapster_plugin::source::{ScrapeError, ScrapeFailure};
use heapster_plugin::testkit::Recorded;

const WINDOW: Window = Window {
    start: Timestamp::from_secs(60),
    end: Timestamp::from_secs(120),
};

#[derive(Clone, Debug)]
enum Does {
    Answer,
    Fail(ScrapeFailure),
    Panic,
    Hang,
}

#[derive(Debug)]
struct Fake {
    name: String,
    after: Duration,
    does: Does,
    entities: Arc<Entities>,
}

#[async_trait]
impl Target for Fake {
    fn name(&self) -> &str {
        &self.name
    }

    async fn scrape(&self, _: Window, _: Instant) -> Result<Scraped, ScrapeError> {
        tokio::time::sleep(self.after).await;
        match self.does {
            Does::Answer => {
                let mut scraped = Scraped::default();
                scraped.begin(self.entities.node(&self.name), Arc::default(), Times::default());
                Ok(scraped)
            }
            Does::Fail(reason) => Err(ScrapeError {
                reason,
                text: "GET /stats/summary: failed".to_owned(),
            }),
            Does::Panic => panic!("a fault of the test's target"),
            Does::Hang => std::future::pending().await,
        }
    }
}

#[derive(Debug, Default)]
struct Fixed(Vec<Arc<dyn Target>>);

#[async_trait]
impl Source for Fixed {
    async fn targets(&self) -> Vec<Arc<dyn Target>> {
        self.0.clone()
    }
}

/// A source that lists its targets in its first cycle and then never again.
#[derive(Debug)]
struct OnlyOnce(Vec<Arc<dyn Target>>, std::sync::atomic::AtomicBool);

#[async_trait]
impl Source for OnlyOnce {
    async fn targets(&self) -> Vec<Arc<dyn Target>> {
        if self.1.swap(true, std::sync::atomic::Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        self.0.clone()
    }
}

fn targets(all: &[(&str, u64, Does)]) -> Vec<Arc<dyn Target>> {
    let entities = Arc::new(Entities::default());
    let target = |(name, after, does): &(&str, u64, Does)| {
        let (after, entities) = (Duration::from_secs(*after), entities.clone());
        Arc::new(Fake {
            name: (*name).to_owned(),
            after,
            does: does.clone(),
            entities,
        }) as Arc<dyn Target>
    };
    all.iter().map(target).collect()
}

fn scraper(all: &[(&str, u64, Does)]) -> (Scraper, Arc<Recorded>) {
    let telemetry = Arc::new(Recorded::default());
    (
        Scraper::new(vec![Box::new(Fixed(targets(all)))], telemetry.clone()),
        telemetry,
    )
}

/// Names of the nodes that answered, and how long the cycle took.
async fn cycle(scraper: &mut Scraper, timeout: u64) -> (Vec<String>, Duration) {
    let started = Instant::now();
    let mut names = Vec::new();
    let take = |answer: Scraped| {
        names.extend(answer.sets().iter().map(|set| set.entity.key().to_owned()));
    };
    scraper
        .scrape(
            WINDOW,
            Duration::from_secs(timeout),
            &CancellationToken::new(),
            take,
        )
        .await;
    (names, started.elapsed())
}

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[tokio::test(start_paused = true)]
async fn two_quick_targets_are_both_there_before_the_timeout() {
    let (mut scraper, _) = scraper(&[("a", 1, Does::Answer), ("b", 1, Does::Answer)]);
    let (nodes, took) = cycle(&mut scraper, 3).await;
    assert_eq!(nodes, ["node:a", "node:b"]);
    assert!(took < secs(3.0), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_target_is_left_out_at_the_timeout() {
    let (mut scraper, recorded) = scraper(&[("a", 1, Does::Answer), ("b", 30, Does::Answer)]);
    let (nodes, took) = cycle(&mut scraper, 3).await;
    assert_eq!(nodes, ["node:a"]);
    assert!(took > secs(2.0) && took < secs(4.0), "{took:?}");
    assert_eq!(
        recorded.value("heapster_scrape_failures_total{reason=timeout}"),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn two_slow_targets_give_nothing_at_the_timeout() {
    let (mut scraper, _) = scraper(&[("a", 30, Does::Answer), ("b", 30, Does::Answer)]);
    let (nodes, took) = cycle(&mut scraper, 3).await;
    assert!(nodes.is_empty());
    assert!(took > secs(2.0) && took < secs(4.0), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_an_answer_at_once() {
    let (mut scraper, recorded) = scraper(&[
        ("a", 0, Does::Answer),
        ("b", 0, Does::Fail(ScrapeFailure::Unreachable)),
    ]);
    let (nodes, took) = cycle(&mut scraper, 20).await;
    assert_eq!(nodes, ["node:a"]);
    assert!(took < secs(0.1), "{took:?}");
    assert_eq!(
        recorded.value("heapster_scrape_failures_total{reason=unreachable}"),
        Some(1.0)
    );
    assert_eq!(recorded.value("heapster_scraper_targets{}"), Some(2.0));
}

#[tokio::test(start_paused = true)]
async fn a_target_that_panics_fails_alone() {
    let (mut scraper, recorded) = scraper(&[("a", 0, Does::Panic), ("b", 0, Does::Answer)]);
    let (nodes, took) = cycle(&mut scraper, 20).await;
    assert_eq!(nodes, ["node:b"]);
    assert!(took < secs(0.1), "{took:?}");
    assert_eq!(
        recorded.value("heapster_scrape_failures_total{reason=panicked}"),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn more_hanging_targets_than_places_hold_up_nobody() {
    let names: Vec<String> = (0..3 * PLACES).map(|at| format!("hung-{at}")).collect();
    let mut all: Vec<(&str, u64, Does)> = names.iter().map(|name| (name.as_str(), 0, Does::Hang)).collect();
    all.push(("last", 1, Does::Answer));
    let (mut scraper, _) = scraper(&all);
    let (nodes, took) = cycle(&mut scraper, 20).await;
    assert_eq!(nodes, ["node:last"]);
    assert!(took < secs(20.5), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn answers_are_handed_on_as_they_come() {
    let (mut scraper, _) = scraper(&[
        ("c", 2, Does::Answer),
        ("a", 1, Does::Answer),
        ("b", 0, Does::Answer),
    ]);
    assert_eq!(cycle(&mut scraper, 20).await.0, ["node:b", "node:a", "node:c"]);
}

#[tokio::test(start_paused = true)]
async fn without_targets_a_cycle_is_over_at_once() {
    let (mut scraper, _) = scraper(&[]);
    let (nodes, took) = cycle(&mut scraper, 20).await;
    assert!(nodes.is_empty() && took < secs(0.01), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_does_not_list_its_targets_is_asked_for_those_it_had() {
    let source = OnlyOnce(targets(&[("a", 0, Does::Answer)]), false.into());
    let mut scraper = Scraper::new(vec![Box::new(source)], Arc::new(Recorded::default()));
    assert_eq!(cycle(&mut scraper, 20).await.0, ["node:a"]);
    let (nodes, took) = cycle(&mut scraper, 20).await;
    assert_eq!(nodes, ["node:a"]);
    assert!(took < secs(3.0), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_five_seconds_for_missing_answers() {
    let (mut scraper, _) = scraper(&[("a", 1, Does::Answer), ("b", 0, Does::Hang)]);
    let stop = CancellationToken::new();
    stop.cancel();
    let started = Instant::now();
    let tally = scraper.scrape(WINDOW, Duration::from_secs(20), &stop, drop).await;
    assert_eq!((tally.answered, tally.asked), (1, 2));
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_series_of_a_vanished_target_are_forgotten() {
    let (mut scraper, recorded) = scraper(&[("a", 0, Does::Answer)]);
    cycle(&mut scraper, 20).await;
    let series = "heapster_scraper_duration_milliseconds{source=a}";
    assert_eq!(recorded.value(series), Some(1.0));
    assert!(
        recorded
            .value(&format!("{}{{source=a}}", families::SCRAPER_LAST_TIME))
            .is_some()
    );
    scraper.sources = Sources::new(vec![Box::new(Fixed::default())]);
    cycle(&mut scraper, 20).await;
    assert!(recorded.value(series).is_none_or(f64::is_nan));
}

#[test]
fn scrapes_are_spread_over_eight_milliseconds_each_and_four_seconds_at_most() {
    let minute = Duration::from_secs(20);
    assert_eq!(spread(2, minute), Duration::from_millis(16));
    assert_eq!(spread(500, minute), Duration::from_secs(4));
    assert_eq!(spread(100_000, minute), Duration::from_secs(4));
    assert_eq!(spread(100_000, Duration::from_secs(4)), Duration::from_secs(2));
    assert_eq!(spread(usize::MAX, minute), Duration::from_secs(4));
}
