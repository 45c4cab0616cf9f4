//! The loop, with time held.

use super::*;
use heapster_plugin::async_trait;
use heapster_plugin::model::{Scraped, Times};
use heapster_plugin::source::{ScrapeError, Target};
use heapster_plugin::testkit::Recorded;
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

/// A source with itself as its only target, which takes this long to answer.
#[derive(Debug)]
struct Slow(Duration, Arc<Model>);

#[async_trait]
impl Source for Slow {
    async fn targets(&self) -> Vec<Arc<dyn Target>> {
        vec![Arc::new(Self(self.0, self.1.clone()))]
    }
}

#[async_trait]
impl Target for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    async fn scrape(&self, _: Window, _: Instant) -> Result<Scraped, ScrapeError> {
        sleep(self.0).await;
        let mut scraped = Scraped::default();
        scraped.begin(self.1.entities.node("n1"), Arc::default(), Times::default());
        Ok(scraped)
    }
}

/// The held clock as a wall clock that reads 1,000,002 s when a test first looks at it.
fn held_clock() -> Timestamp {
    thread_local!(static BASE: OnceLock<Instant> = const { OnceLock::new() });
    let base = BASE.with(|base| *base.get_or_init(Instant::now));
    Timestamp::from_secs(1_000_002).plus(base.elapsed())
}

struct Run {
    kept: Arc<Kept>,
    progress: Arc<Progress>,
    recorded: Arc<Recorded>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

/// A pipeline whose only target takes `slow` to answer; `None` for no source at all.
fn start(resolution: u64, slow: Option<Duration>, mut others: Vec<Arc<dyn Consumer>>) -> Run {
    let model = Arc::new(Model::default());
    let sources: Vec<Box<dyn Source>> = slow
        .map(|slow| Box::new(Slow(slow, model.clone())) as Box<dyn Source>)
        .into_iter()
        .collect();
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
