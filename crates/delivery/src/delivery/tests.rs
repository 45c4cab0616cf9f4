//! Slow, failing and panicking sinks; the clock is held.

use super::*;
use crate::ledger;
use heapster_plugin::async_trait;
use heapster_plugin::model::{Model, Point, Timestamp, id};
use heapster_plugin::sink::{Outcome, Rejection, Retry};
use heapster_plugin::testkit::{Recorded, batch};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a test sink does with a batch.
#[derive(Clone, Copy, Debug)]
enum Way {
    Takes(Duration),
    Panics,
    Half,
    Boasts,
    Refuses,
}

#[derive(Debug)]
struct Fake {
    name: &'static str,
    way: Way,
    stop: Duration,
    seen: Arc<Mutex<Vec<i64>>>,
    stopped: Arc<AtomicUsize>,
}

#[async_trait]
impl MetricSink for Fake {
    fn name(&self) -> &str {
        self.name
    }
    async fn write(&mut self, batch: Arc<Batch>, _: Instant) -> Outcome {
        self.seen.lock().unwrap().push(batch.timestamp().secs());
        match self.way {
            Way::Takes(time) => tokio::time::sleep(time).await,
            Way::Panics => panic!("out of tea"),
            Way::Half => {
                return Outcome {
                    accepted: 1,
                    retry: Some(Retry {
                        count: 1,
                        text: "503".to_owned(),
                        rest: None,
                    }),
                    rejected: vec![(Rejection::TooOld, 1)],
                };
            }
            Way::Boasts => {
                return Outcome {
                    accepted: 2,
                    retry: None,
                    rejected: vec![(Rejection::TooOld, 1_000)],
                };
            }
            Way::Refuses => return Outcome::default(),
        }
        Outcome::all(batch.value_count())
    }
    async fn stop(&mut self, _: Instant) {
        tokio::time::sleep(self.stop).await;
        self.stopped.fetch_add(1, Ordering::Relaxed);
    }
}

struct Rig {
    delivery: Arc<Delivery>,
    seen: Arc<Mutex<Vec<i64>>>,
    stopped: Arc<AtomicUsize>,
    counted: Arc<Recorded>,
}

impl Rig {
    fn with_stop(name: &'static str, way: Way, stop: Duration) -> Self {
        let (seen, stopped, counted) = (Arc::default(), Arc::default(), Arc::new(Recorded::default()));
        let sink = Fake {
            name,
            way,
            stop,
            seen: Arc::clone(&seen),
            stopped: Arc::clone(&stopped),
        };
        let delivery = Delivery::start(Box::new(sink), 3, secs(20), counted.clone());
        Self {
            delivery: Arc::new(delivery),
            seen,
            stopped,
            counted,
        }
    }

    fn new(name: &'static str, way: Way) -> Self {
        Self::with_stop(name, way, Duration::ZERO)
    }

    fn seen(&self) -> Vec<i64> {
        self.seen.lock().unwrap().clone()
    }

    fn counted(&self, family: &str, reason: Option<&str>) -> f64 {
        let reason = reason.map_or(String::new(), |reason| format!(",reason={reason}"));
        let series = format!("{family}{{exporter={}{reason}}}", self.delivery.name());
        self.counted.value(&series).unwrap_or(0.0)
    }

    /// Offered values that are neither accepted, rejected nor dropped: those that are said to wait.
    fn open(&self) -> f64 {
        let drops = [
            "queue_full",
            "timeout",
            "panic",
            "failed",
            "unreported",
            "stopped",
        ];
        let dropped: f64 = drops
            .iter()
            .map(|reason| self.counted(ledger::DROPPED, Some(reason)))
            .sum();
        let open = self.counted(ledger::OFFERED, None)
            - self.counted(ledger::ACCEPTED, None)
            - self.counted(ledger::REJECTED, Some("too_old"))
            - dropped;
        assert_eq!(open, self.counted(ledger::WAITING_POINTS, None));
        open
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Three values at this time.
fn three(at: i64) -> Arc<Batch> {
    let model = Model::default();
    let points =
        [id::CPU_USAGE_RATE, id::MEMORY_USAGE, id::MEMORY_RSS].map(|metric| Point::gauge(metric, at));
    let set = (model.entities.cluster(), &[] as &[(&str, &str)], &points[..]);
    Arc::new(batch(&model, Timestamp::from_secs(at), &[set]))
}

async fn pass(seconds: u64) {
    tokio::time::sleep(secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_sink_holds_up_nobody() {
    let (quick, slow) = (
        Rig::new("quick", Way::Takes(secs(1))),
        Rig::new("slow", Way::Takes(secs(15))),
    );
    let start = Instant::now();
    for at in 1..=3 {
        for rig in [&quick, &slow] {
            rig.delivery.offer(&three(at));
        }
    }
    assert_eq!(Instant::now(), start);
    pass(4).await;
    assert_eq!((quick.seen(), slow.seen()), (vec![1, 2, 3], vec![1]));
    pass(42).await;
    assert_eq!(slow.seen(), [1, 2, 3]);
    assert_eq!((quick.open(), slow.open()), (0.0, 0.0));
    assert_eq!(slow.counted(ledger::ACCEPTED, None), 9.0);
    assert_eq!(slow.counted(ledger::DURATION, None), 3.0);
    assert!(slow.counted(ledger::LAST_TIME, None) > 1e9);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_gives_up_its_oldest_batch() {
    let rig = Rig::new("slow", Way::Takes(secs(10)));
    rig.delivery.offer(&three(1));
    pass(1).await;
    for at in 2..=6 {
        rig.delivery.offer(&three(at));
    }
    assert_eq!(rig.counted(ledger::WAITING, None), 3.0);
    assert_eq!(rig.counted(ledger::DROPPED, Some("queue_full")), 6.0);
    assert_eq!(rig.open(), 12.0);
    pass(60).await;
    assert_eq!(rig.seen(), [1, 4, 5, 6]);
    assert_eq!((rig.counted(ledger::WAITING, None), rig.open()), (0.0, 0.0));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_hangs_is_cut_off_and_gets_the_next_batch() {
    let rig = Rig::new("stuck", Way::Takes(secs(1_000_000)));
    rig.delivery.offer(&three(1));
    rig.delivery.offer(&three(2));
    pass(21).await;
    assert_eq!(rig.seen(), [1, 2]);
    assert_eq!(rig.counted(ledger::DROPPED, Some("timeout")), 3.0);
    assert_eq!(rig.open(), 3.0);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_panics_gets_the_next_batch_and_is_stopped() {
    let rig = Rig::new("bad", Way::Panics);
    rig.delivery.offer(&three(1));
    rig.delivery.offer(&three(2));
    rig.delivery.stop(Instant::now() + secs(5)).await;
    assert_eq!(rig.seen(), [1, 2]);
    assert_eq!(rig.counted(ledger::DROPPED, Some("panic")), 6.0);
    assert_eq!((rig.open(), rig.stopped.load(Ordering::Relaxed)), (0.0, 1));
}

#[tokio::test(start_paused = true)]
async fn every_value_is_accounted_for() {
    let (half, refuses) = (Rig::new("half", Way::Half), Rig::new("refuses", Way::Refuses));
    for rig in [&half, &refuses] {
        rig.delivery.offer(&three(1));
    }
    pass(1).await;
    assert_eq!(half.counted(ledger::ACCEPTED, None), 1.0);
    assert_eq!(half.counted(ledger::REJECTED, Some("too_old")), 1.0);
    assert_eq!(half.counted(ledger::DROPPED, Some("failed")), 1.0);
    assert_eq!(refuses.counted(ledger::DROPPED, Some("unreported")), 3.0);
    assert_eq!((half.open(), refuses.open()), (0.0, 0.0));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_claims_more_than_it_was_given_is_held_to_that() {
    let rig = Rig::new("boaster", Way::Boasts);
    rig.delivery.offer(&three(1));
    pass(1).await;
    assert_eq!(rig.counted(ledger::ACCEPTED, None), 2.0);
    assert_eq!(rig.counted(ledger::REJECTED, Some("too_old")), 1.0);
    assert_eq!(rig.open(), 0.0);
}

#[tokio::test(start_paused = true)]
async fn stopping_finishes_what_waits() {
    let rig = Rig::with_stop("calm", Way::Takes(secs(2)), secs(1));
    for at in 1..=3 {
        rig.delivery.offer(&three(at));
    }
    let start = Instant::now();
    rig.delivery.stop(start + secs(20)).await;
    assert_eq!(start.elapsed(), secs(7));
    assert_eq!((rig.seen(), rig.open()), (vec![1, 2, 3], 0.0));
    assert_eq!(rig.stopped.load(Ordering::Relaxed), 1);
    rig.delivery.offer(&three(4));
    rig.delivery.stop(Instant::now() + secs(20)).await;
    assert_eq!(rig.counted(ledger::DROPPED, Some("stopped")), 3.0);
    assert_eq!((rig.stopped.load(Ordering::Relaxed), rig.open()), (1, 0.0));
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_at_the_deadline_and_counts_what_is_left() {
    let rig = Rig::new("stuck", Way::Takes(secs(15)));
    for at in 1..=3 {
        rig.delivery.offer(&three(at));
    }
    pass(1).await;
    let start = Instant::now();
    rig.delivery.stop(start + secs(5)).await;
    assert_eq!(start.elapsed(), secs(5));
    assert_eq!((rig.seen(), rig.stopped.load(Ordering::Relaxed)), (vec![1], 0));
    assert_eq!((rig.counted(ledger::ACCEPTED, None), rig.open()), (0.0, 0.0));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_does_not_stop_is_left() {
    let rig = Rig::with_stop("stuck", Way::Takes(secs(1)), secs(100));
    rig.delivery.offer(&three(1));
    let start = Instant::now();
    rig.delivery.stop(start + secs(5)).await;
    assert_eq!(start.elapsed(), secs(5));
    assert_eq!(rig.counted(ledger::ACCEPTED, None), 3.0);
}
