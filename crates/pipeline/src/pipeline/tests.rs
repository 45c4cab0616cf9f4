//! The loop, with time held.

use super::*;
use heapster_plugin::async_trait;
use heapster_plugin::model::{Scraped, Times};
use heapster_plugin::source::{ScrapeError, Target};
use heapster_plugin::testkit::Recorded;
use std::cell::Cell;
use std::sync::{Mutex, OnceLock};

/// Keeps what it is offered.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Arc<Batch>>>);

impl Consumer for Kept {
    fn offer(&self, batch: &Arc<Batch>) {
        self.0.lock().unwrap().push(batch.clone());
    }
}

impl Kept {
    fn ends(&self) -> Vec<i64> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|batch| batch.timestamp().secs() % 1_000)
            .collect()
    }
}

#[derive(Debug)]
struct Broken;

impl Consumer for Broken {
    fn offer(&self, _: &Arc<Batch>) {
        panic!("a fault of the test's consumer");
    }
}

/// A source with itself as its only target, which takes this long to answer; the wall clock moves on by so many seconds
/// more meanwhile.
#[derive(Clone, Debug)]
struct Slow(Duration, i64, Arc<Model>);

#[async_trait]
impl Source for Slow {
    async fn targets(&self) -> Vec<Arc<dyn Target>> {
        vec![Arc::new(self.clone())]
    }
}

#[async_trait]
impl Target for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    async fn scrape(&self, _: Window, _: Instant) -> Result<Scraped, ScrapeError> {
        sleep(self.0).await;
        SET.set(SET.get() + self.1);
        let mut scraped = Scraped::default();
        scraped.begin(self.2.entities.node("n1"), Arc::default(), Times::default());
        Ok(scraped)
    }
}

thread_local! {
    static BASE: OnceLock<Instant> = const { OnceLock::new() };
    /// By how many seconds the wall clock was set forward.
    static SET: Cell<i64> = const { Cell::new(0) };
}

/// The held clock as a wall clock that reads 1,000,002 s when a test first looks at it.
fn held_clock() -> Timestamp {
    let base = BASE.with(|base| *base.get_or_init(Instant::now));
    Timestamp::from_secs(1_000_002 + SET.get()).plus(base.elapsed())
}

struct Run {
    kept: Arc<Kept>,
    progress: Arc<Progress>,
    recorded: Arc<Recorded>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

/// A pipeline whose only target takes `slow` to answer; `None` for no source at all.
fn start(resolution: u64, slow: Option<Duration>, others: Vec<Arc<dyn Consumer>>) -> Run {
    let model = Arc::new(Model::default());
    let source = slow.map(|slow| Slow(slow, 0, model.clone()));
    start_source(resolution, source, model, others)
}

fn start_source(
    resolution: u64,
    source: Option<Slow>,
    model: Arc<Model>,
    mut others: Vec<Arc<dyn Consumer>>,
) -> Run {
    let source = source.map(|source| Box::new(source) as Box<dyn Source>);
    let sources = source.into_iter().collect();
    let (kept, recorded, stop) = (
        Arc::new(Kept::default()),
        Arc::new(Recorded::default()),
        CancellationToken::new(),
    );
    others.push(kept.clone());
    let config = Config {
        resolution: Duration::from_secs(resolution),
        scrape_timeout: Duration::from_secs(20),
        labels: LabelCopier::new(",", &[], &[]),
    };
    let pipeline =
        Pipeline::new(config, sources, None, others, model, recorded.clone()).with_clock(held_clock);
    let progress = pipeline.progress();
    let task = tokio::spawn(pipeline.run(stop.clone()));
    Run {
        kept,
        progress,
        recorded,
        stop,
        task,
    }
}

#[tokio::test(start_paused = true)]
async fn a_resolution_of_five_seconds_is_held() {
    let run = start(5, Some(Duration::from_millis(300)), Vec::new());
    sleep(Duration::from_secs(31)).await;
    assert_eq!(run.kept.ends(), [5, 10, 15, 20, 25]);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_hangs_costs_no_window() {
    let run = start(5, Some(Duration::from_secs(3_600)), Vec::new());
    sleep(Duration::from_secs(31)).await;
    assert_eq!(run.kept.ends(), [5, 10, 15, 20]);
    assert_eq!(run.progress.targets(), (0, 1));
    assert_eq!(run.recorded.value("heapster_pipeline_lost_windows_total{}"), None);
}

#[tokio::test(start_paused = true)]
async fn cycles_longer_than_a_window_lose_windows_and_stay_aligned() {
    let model = Arc::new(Model::default());
    let source = Slow(Duration::from_secs(2), 15, model.clone());
    let run = start_source(10, Some(source), model, Vec::new());
    sleep(Duration::from_secs(31)).await;
    assert_eq!(run.kept.ends(), [10, 30, 50, 70]);
    let lost = run.recorded.value("heapster_pipeline_lost_windows_total{}");
    assert_eq!(lost, Some(4.0));
}

#[tokio::test(start_paused = true)]
async fn after_the_clock_jumped_forward_the_next_batch_is_of_the_new_time() {
    let run = start(60, None, Vec::new());
    sleep(Duration::from_secs(30)).await;
    SET.set(3_600);
    sleep(Duration::from_secs(62)).await;
    assert_eq!(run.kept.ends(), [20, 620, 680]);
    let lost = run.recorded.value("heapster_pipeline_lost_windows_total{}");
    assert_eq!(lost, Some(59.0));
}

#[tokio::test(start_paused = true)]
async fn after_the_clock_was_set_back_by_an_hour_batches_come_as_before() {
    let run = start(60, None, Vec::new());
    sleep(Duration::from_secs(90)).await;
    SET.set(-3_600);
    sleep(Duration::from_secs(130)).await;
    assert_eq!(run.kept.ends(), [20, 80, 540, 600]);
}

#[tokio::test(start_paused = true)]
async fn after_the_clock_was_set_back_a_little_no_batch_comes_twice() {
    let run = start(10, None, Vec::new());
    sleep(Duration::from_secs(35)).await;
    SET.set(-25);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(run.kept.ends(), [10, 20, 30, 40, 50, 60]);
}

#[tokio::test(start_paused = true)]
async fn without_sources_there_still_is_a_batch() {
    let run = start(10, None, Vec::new());
    sleep(Duration::from_secs(14)).await;
    assert_eq!(run.kept.ends(), [10]);
    let (timestamp, sets) = run.progress.latest().unwrap();
    assert_eq!((timestamp.secs(), sets), (1_000_010, 1));
}

#[tokio::test(start_paused = true)]
async fn a_stop_hands_the_begun_batch_on_and_returns() {
    let run = start(10, Some(Duration::from_secs(3)), Vec::new());
    sleep(Duration::from_secs(14)).await;
    run.stop.cancel();
    run.task.await.unwrap();
    assert_eq!(run.kept.ends(), [10]);
    assert_eq!(run.progress.latest().unwrap().1, 2);
}

#[tokio::test(start_paused = true)]
async fn a_stop_between_cycles_returns_at_once() {
    let run = start(60, None, Vec::new());
    sleep(Duration::from_secs(1)).await;
    let started = Instant::now();
    run.stop.cancel();
    run.task.await.unwrap();
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert!(run.kept.ends().is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_consumer_gets_the_same_batch_and_a_broken_one_harms_no_other() {
    let other = Arc::new(Kept::default());
    let run = start(10, None, vec![other.clone(), Arc::new(Broken)]);
    sleep(Duration::from_secs(14)).await;
    let (first, second) = (other.0.lock().unwrap(), run.kept.0.lock().unwrap());
    assert_eq!((first.len(), second.len()), (1, 1));
    assert!(Arc::ptr_eq(&first[0], &second[0]));
    assert_eq!(
        run.recorded
            .value("heapster_pipeline_panics_total{part=consumer}"),
        Some(1.0)
    );
}
