//! A clock that stands still until a scenario has nothing else to wait for.
//!
//! With sockets a paused clock is of no use as it is: the runtime would move it on whenever nobody is ready at that moment,
//! that is while bytes are on their way. Here it moves in two cases only: the backend waits for it, or nothing has happened
//! for a while of real time (a sink that waits by itself).

use std::any::Any;
use std::pin::pin;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, advance, timeout_at};

/// Real time between two looks.
const LOOK: Duration = Duration::from_millis(5);
/// How far the clock moves while the backend waits for it.
const STEP: Duration = Duration::from_secs(2);
/// Real time after which a scenario has failed.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs a scenario on a runtime of its own whose clock is held.
///
/// # Panics
/// As the scenario does, and when it is not over after five minutes of real time: something blocks its thread.
pub(crate) fn held<F: Future<Output = ()>>(scenario: impl FnOnce(Held) -> F + Send + 'static) {
    let (done, over) = channel::<()>();
    let thread = std::thread::spawn(move || {
        let _done = done;
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().start_paused(true).build();
        let Ok(runtime) = runtime else {
            unreachable!("a runtime can be built");
        };
        runtime.block_on(async { scenario(Held::start()).await });
        runtime.shutdown_background();
    });
    let ended = over.recv_timeout(LIMIT) != Err(RecvTimeoutError::Timeout);
    assert!(
        ended,
        "the sink blocks its thread: it is not over after {LIMIT:?}"
    );
    if let Err(payload) = thread.join() {
        let payload: Box<dyn Any + Send> = payload;
        std::panic::resume_unwind(payload);
    }
}

/// The held clock. A task that blocks keeps the runtime from moving it.
#[derive(Debug)]
pub(crate) struct Held {
    looks: mpsc::Receiver<()>,
    _until: Sender<()>,
}

impl Held {
    fn start() -> Self {
        let (until, ended) = channel();
        let (look, looks) = mpsc::channel(1);
        spawn_blocking(move || {
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                // One that was not looked at yet will do.
                look.try_send(()).ok();
            }
        });
        Self { looks, _until: until }
    }

    /// Drives `work` to its end or to the deadline, where it is dropped as the core does: then `None`. `patience` says after
    /// how many looks the clock moves.
    pub(crate) async fn drive<T>(
        &mut self,
        work: impl Future<Output = T>,
        deadline: Instant,
        patience: impl Fn() -> u32,
    ) -> Option<T> {
        let mut work = pin!(timeout_at(deadline, work));
        let mut looked = 0_u32;
        loop {
            tokio::select! {
                biased;
                ended = &mut work => return ended.ok(),
                _ = self.looks.recv() => {}
            }
            looked += 1;
            if looked >= patience() {
                looked = 0;
                advance(STEP).await;
            }
        }
    }

    /// Lets what is under way go on for a moment of real time.
    pub(crate) async fn moment(&mut self) {
        for _ in 0..5 {
            self.looks.recv().await;
        }
    }
}
