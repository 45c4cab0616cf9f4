//! The task that hands parcels to one sink, one after the other.

use crate::backoff::Backoff;
use crate::book::Ended;
use crate::guard::{self, guarded};
use crate::parcel::{Parcel, Receiver};
use crate::shared::Shared;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A backend that asks to be left alone for longer is asked again after this.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// How long one write may take, and the least time between the starts of two parcels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) timeout: Duration,
    pub(crate) interval: Duration,
}

/// Works until nothing more will come, then stops the sink. Says whether the sink stopped in time.
pub(crate) async fn run<P: Parcel, R: Receiver<P>>(mut sink: R, pace: Pace, shared: Arc<Shared<P>>) -> bool {
    let mut backoff = Backoff::new();
    let mut last = None;
    while shared.take().await {
        if let Some(last) = last {
            wait(&shared, last + pace.interval).await;
        }
        last = Some(Instant::now());
        deliver(&mut sink, pace.timeout, &mut backoff, &shared).await;
    }
    let deadline = shared.closing().unwrap_or_else(Instant::now);
    matches!(
        guarded(sink.stop(deadline), deadline).await,
        guard::Ended::Done(())
    )
}

/// Tries what is in hand until the hand is empty.
async fn deliver<P: Parcel, R: Receiver<P>>(
    sink: &mut R,
    timeout: Duration,
    backoff: &mut Backoff,
    shared: &Shared<P>,
) {
    while let Some(parcel) = shared.in_hand() {
        let began = Instant::now();
        let own = began + timeout;
        let deadline = shared.closing().map_or(own, |end| own.min(end));
        shared
            .families
            .handed(&shared.name, &*shared.telemetry, shared.clock.now());
        let ended = guarded(async { sink.write(parcel, deadline).await }, deadline).await;
        shared
            .families
            .took(&shared.name, &*shared.telemetry, began.elapsed());
        let settled = shared.settle(match ended {
            guard::Ended::Done(outcome) => Ended::Said(outcome),
            guard::Ended::Late => Ended::Late(deadline.saturating_duration_since(began)),
            guard::Ended::Panicked(text) => Ended::Panicked(text),
        });
        let Some(settled) = settled else { return };
        if settled.progress {
            backoff.reset();
        }
        if settled.again {
            let asked = settled
                .after
                .map_or(Duration::ZERO, |after| after.min(LONGEST_ASKED));
            let until = Instant::now() + backoff.pause().max(asked);
            shared.book().next_try(until);
            if wait(shared, until).await && shared.leave() {
                return;
            }
        }
    }
}

/// Waits until then, or until nothing is taken in any more. At the end, one more try comes at once, the others after pauses.
/// Whether it is the end.
async fn wait<P: Parcel>(shared: &Shared<P>, until: Instant) -> bool {
    if shared.closing().is_some() {
        // The pauses of the end are short: there is little time.
        let until = until.min(Instant::now() + Duration::from_secs(1));
        sleep_until(until).await;
        return true;
    }
    tokio::select! {
        () = sleep_until(until) => false,
        () = shared.closed() => true,
    }
}
