//! The wall clock that goes with the runtime's held one.

use heapster_plugin::model::Timestamp;
use heapster_simcluster::shape::EPOCH;
use std::cell::Cell;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;
use tokio::task::{JoinHandle, spawn_blocking, yield_now};
use tokio::time::{Instant, advance};

/// The second at which every test begins.
pub(crate) const START: i64 = EPOCH + 86_400;
/// A test that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(600);

thread_local! {
    static BASE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The time, for the pipeline.
pub(crate) fn now() -> Timestamp {
    let base = BASE.get().unwrap_or_else(Instant::now);
    Timestamp::from_secs(START).plus(base.elapsed())
}

/// Lets go what can be done without time passing.
pub(crate) async fn breathe() {
    for _ in 0..20 {
        yield_now().await;
    }
}

/// Moves the time on to this second, in steps.
pub(crate) async fn move_to(second: i64) {
    let end = Timestamp::from_secs(second);
    while now() < end {
        advance(end.since(now()).min(Duration::from_secs(5))).await;
        breathe().await;
    }
}

/// Holds the time: a paused clock that is left alone jumps to the next deadline as soon as nothing is to be done but to wait
/// for a socket. It does not while a thread is busy for the runtime, and this is such a thread.
#[derive(Debug)]
pub(crate) struct Held {
    _release: SyncSender<()>,
    given_up: JoinHandle<()>,
}

impl Held {
    /// From now on, and the wall clock begins anew.
    pub(crate) fn start() -> Self {
        BASE.set(Some(Instant::now()));
        let (release, released) = sync_channel(1);
        Self {
            _release: release,
            given_up: spawn_blocking(move || {
                released.recv_timeout(PATIENCE).ok();
            }),
        }
    }

    /// Awaits what happens without time passing.
    pub(crate) async fn wait<T>(&mut self, what: &str, happens: impl Future<Output = T>) -> T {
        tokio::select! {
            outcome = happens => outcome,
            _ = &mut self.given_up => panic!("waited for {what} in vain"),
        }
    }
}
