//! A delivery to a sink that does what a test says.

use super::*;
use crate::config::{Clock, Config};
use crate::ledger::Ledger;
use heapster_plugin::async_trait;
use heapster_plugin::sink::{Outcome, Rejection, Retry};
use heapster_plugin::testkit::Recorded;
use heapster_spool::Create;

/// What the sink does with a batch.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// Takes it, after so long.
    Takes(Duration),
    /// Refuses so many times, then takes it.
    Fails(usize),
    /// Refuses so many times and asks to be left alone for so long, then takes it.
    Asks(usize, Duration),
    /// Does not answer so many times, then takes it.
    Hangs(usize),
    /// Panics so many times, then takes it.
    Panics(usize),
    /// Takes the items at even places, so many times, then all.
    Half(usize),
    /// Says that it took two and rejected a thousand.
    Boasts,
    /// Says nothing.
    Silent,
}

/// What the sink saw.
#[derive(Default, Debug)]
pub(super) struct Seen {
    pub(super) parcels: Vec<(i64, usize, Instant)>,
    pub(super) accepted: Vec<u64>,
    pub(super) stopped: usize,
}

#[derive(Debug)]
struct Fake {
    way: Arc<Mutex<Way>>,
    stop: Duration,
    seen: Arc<Mutex<Seen>>,
}

impl Fake {
    /// Whether one of so many bad turns is taken now.
    fn turn(&self) -> bool {
        let mut way = self.way.lock().unwrap();
        match &mut *way {
            Way::Fails(left)
            | Way::Hangs(left)
            | Way::Panics(left)
            | Way::Half(left)
            | Way::Asks(left, _)
                if *left > 0 =>
            {
                *left -= 1;
                true
            }
            Way::Fails(_) | Way::Hangs(_) | Way::Panics(_) | Way::Half(_) | Way::Asks(..) => false,
            Way::Takes(_) | Way::Boasts | Way::Silent => false,
        }
    }
}

#[async_trait]
impl<const R: bool> Receiver<Items<R>> for Fake {
    async fn write(&mut self, parcel: Arc<Items<R>>, _: Instant) -> Outcome<Items<R>> {
        let seen = (parcel.secs, parcel.items.len(), Instant::now());
        self.seen.lock().unwrap().parcels.push(seen);
        let way = *self.way.lock().unwrap();
        let turn = self.turn();
        match way {
            Way::Takes(time) => tokio::time::sleep(time).await,
            Way::Fails(_) if turn => return Outcome::retry_count(parcel.items.len(), "503 pw=hush"),
            Way::Asks(_, pause) if turn => {
                return Outcome::retry_count(parcel.items.len(), "429").and_after(Some(pause));
            }
            Way::Hangs(_) if turn => std::future::pending().await,
            Way::Panics(_) if turn => panic!("out of tea"),
            Way::Half(_) if turn => {
                let taken: Vec<u64> = parcel.items.iter().step_by(2).copied().collect();
                let rest = parcel.half();
                let retry = Retry {
                    count: rest.items.len(),
                    text: "429".to_owned(),
                    rest: Some(rest),
                    after: None,
                };
                let accepted = taken.len();
                self.seen.lock().unwrap().accepted.extend(taken);
                return Outcome {
                    accepted,
                    retry: Some(retry),
                    rejected: Vec::new(),
                };
            }
            Way::Boasts => return Outcome::rejected(Rejection::TooOld, 1_000).and_accepted(2),
            Way::Silent => return Outcome::default(),
            Way::Fails(_) | Way::Hangs(_) | Way::Panics(_) | Way::Half(_) | Way::Asks(..) => {}
        }
        self.seen.lock().unwrap().accepted.extend(&parcel.items);
        Outcome::all(parcel.items.len())
    }

    async fn stop(&mut self, _: Instant) {
        tokio::time::sleep(self.stop).await;
        self.seen.lock().unwrap().stopped += 1;
    }
}

pub(super) struct Rig<const R: bool = true> {
    pub(super) delivery: Option<Delivery<Items<R>>>,
    pub(super) way: Arc<Mutex<Way>>,
    pub(super) seen: Arc<Mutex<Seen>>,
    pub(super) counted: Arc<Recorded>,
    pub(super) clock: Clock,
}

impl Rig {
    pub(super) fn new(way: Way) -> Self {
        Self::with(way, |_| {})
    }

    pub(super) fn with_stop(way: Way, stop: Duration) -> Self {
        Self::start(way, stop, |_| {}, Create::default())
    }
}

impl<const R: bool> Rig<R> {
    pub(super) fn with(way: Way, change: impl FnOnce(&mut Config<Items<R>>)) -> Self {
        Self::start(way, Duration::ZERO, change, Create::default())
    }

    pub(super) fn start(
        way: Way,
        stop: Duration,
        change: impl FnOnce(&mut Config<Items<R>>),
        create: Create,
    ) -> Self {
        let start = Instant::now();
        let now = move || Timestamp::from_secs(1_800_000_000).plus(start.elapsed());
        let mut rig = Self {
            delivery: None,
            way: Arc::new(Mutex::new(way)),
            seen: Arc::default(),
            counted: Arc::default(),
            clock: Clock::new(now),
        };
        rig.restart(stop, change, create);
        rig
    }

    /// Starts a delivery to the same sink.
    pub(super) fn restart(
        &mut self,
        stop: Duration,
        change: impl FnOnce(&mut Config<Items<R>>),
        create: Create,
    ) {
        let mut config = Config::new("Fake Sink", ());
        config.clock = self.clock.clone();
        change(&mut config);
        let (way, seen) = (self.way.clone(), self.seen.clone());
        let sink = Fake { way, stop, seen };
        self.delivery = Some(Delivery::with_files(sink, config, self.counted.clone(), create));
    }

    pub(super) fn delivery(&self) -> &Delivery<Items<R>> {
        self.delivery.as_ref().unwrap()
    }

    /// Offers a batch of this time with so many items, which begin with 1000 times it.
    pub(super) fn offer(&self, at: i64, count: u64) {
        let from = u64::try_from(at).unwrap() * 1_000;
        let items = (from..from + count).collect();
        self.delivery().offer(&Arc::new(Items { secs: at, items }));
    }

    /// The times of the batches that the sink saw.
    pub(super) fn seen(&self) -> Vec<i64> {
        self.seen
            .lock()
            .unwrap()
            .parcels
            .iter()
            .map(|(at, ..)| *at)
            .collect()
    }

    pub(super) fn sizes(&self) -> Vec<usize> {
        self.seen
            .lock()
            .unwrap()
            .parcels
            .iter()
            .map(|(_, size, _)| *size)
            .collect()
    }

    pub(super) fn tries(&self) -> Vec<Instant> {
        self.seen
            .lock()
            .unwrap()
            .parcels
            .iter()
            .map(|(.., at)| *at)
            .collect()
    }

    /// The items that the backend has, sorted.
    pub(super) fn accepted(&self) -> Vec<u64> {
        let mut all = self.seen.lock().unwrap().accepted.clone();
        all.sort_unstable();
        all
    }

    pub(super) fn stopped(&self) -> usize {
        self.seen.lock().unwrap().stopped
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.delivery().snapshot().ledger
    }

    pub(super) fn waiting(&self) -> u64 {
        self.ledger().waiting()
    }

    pub(super) fn dropped(&self, reason: Reason) -> u64 {
        let ledger = self.ledger();
        let found = ledger.dropped.iter().find(|(known, _)| *known == reason);
        found.map_or(0, |(_, count)| *count)
    }

    pub(super) fn turn(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }
}

pub(super) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) async fn pass(seconds: u64) {
    tokio::time::sleep(secs(seconds)).await;
}
