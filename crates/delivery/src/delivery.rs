//! The program's side of a sink.

use crate::config::Config;
use crate::intake;
use crate::keeper::Keeper;
use crate::ledger::Snapshot;
use crate::parcel::{Parcel, Receiver};
use crate::shared::Shared;
use crate::worker::{self, Pace};
use heapster_plugin::model::{Batch, Timestamp};
use heapster_plugin::telemetry::Telemetry;
use heapster_spool::Create;
use heapster_telemetry::{Put, Reader};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// Time that is kept at the end for writing to the spool what the sink did not take.
const KEEPING: Duration = Duration::from_secs(2);

/// The way of parcels to one sink.
///
/// Caveats: a write that is not over by its deadline is dropped where it waits and tried again, so a sink must hold nothing
/// half-done across an `await` that its next write could not cope with. After a panic the sink is used again.
#[derive(Debug)]
pub struct Delivery<P: Parcel = Batch> {
    shared: Arc<Shared<P>>,
    filtered: bool,
    /// With the least time between two parcels that may be left out: the time of the last one taken.
    thin: Option<(Duration, Mutex<Option<Timestamp>>)>,
    tasks: Mutex<Option<Tasks>>,
}

#[derive(Debug)]
struct Tasks {
    worker: JoinHandle<bool>,
    intake: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
    finish: watch::Sender<bool>,
}

impl<P: Parcel> Delivery<P> {
    /// Starts the tasks for `sink` on the current runtime.
    #[must_use]
    pub fn start(sink: impl Receiver<P>, config: Config<P>, telemetry: Arc<dyn Telemetry>) -> Self {
        Self::with_files(sink, config, telemetry, Create::default())
    }

    pub(crate) fn with_files(
        sink: impl Receiver<P>,
        config: Config<P>,
        telemetry: Arc<dyn Telemetry>,
        create: Create,
    ) -> Self {
        let shared = Arc::new(Shared::new(&config, telemetry));
        let (finish, finishing) = watch::channel(false);
        let thinned = P::REPLACEABLE && !config.interval.is_zero();
        let interval = if thinned { Duration::ZERO } else { config.interval };
        let pace = Pace {
            timeout: config.timeout,
            interval,
        };
        let keeper = config.spool.map(|spool| Keeper {
            shared: shared.clone(),
            config: spool,
            context: config.context,
            create,
            finish: finishing,
        });
        let filtered = config.filter.is_some();
        let intake = config
            .filter
            .map(|filter| intake::run(Arc::new(filter), shared.clone()));
        let tasks = Tasks {
            worker: tokio::spawn(worker::run(sink, pace, shared.clone())),
            intake: intake.map(tokio::spawn),
            keeper: keeper.map(|keeper| tokio::spawn(keeper.run())),
            finish,
        };
        let thin = thinned.then(|| (config.interval, Mutex::default()));
        Self {
            shared,
            filtered,
            thin,
            tasks: Mutex::new(Some(tasks)),
        }
    }

    /// The sink's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// How the sink is now; all figures are of one moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot()
    }

    /// Takes in a parcel. Never waits: a full queue gives up its oldest one, which is counted and logged.
    pub fn offer(&self, parcel: &Arc<P>) {
        if !self.is_left_out(parcel.timestamp()) {
            self.shared.offer(parcel.clone(), self.filtered);
        }
    }

    /// Takes nothing in any more and lets what waits go out, then stops the sink. What is not delivered by `deadline` stays in the
    /// spool, where it is from the start on; without one it is cut off and counted. A sink that does not stop is logged as
    /// `Failed to stop sink: NAME`.
    pub async fn stop(&self, deadline: Instant) {
        let Some(mut tasks) = self.take_tasks() else {
            return;
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let reserved = tasks
            .keeper
            .as_ref()
            .map_or(Duration::ZERO, |_| KEEPING.min(left / 4));
        let deadline_of_sink = deadline - reserved;
        self.shared.close(deadline_of_sink);
        let ended = timeout_at(deadline_of_sink, &mut tasks.worker).await;
        let stopped = ended.is_ok_and(|ended| ended.unwrap_or(false));
        tasks.worker.abort();
        self.shared.book().put_back();
        tasks.finish.send_replace(true);
        if let Some(keeper) = &mut tasks.keeper {
            timeout_at(deadline, keeper).await.ok(); // what is not on disk by then is counted below
        }
        tasks.abort();
        let given_up = self.shared.book().abandon();
        if !stopped || given_up > 0 {
            tracing::warn!(points = given_up, "Failed to stop sink: {}", self.shared.name);
        }
    }

    /// Whether a parcel comes too soon after the last one.
    fn is_left_out(&self, time: Timestamp) -> bool {
        let Some((interval, last)) = &self.thin else {
            return false;
        };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let too_soon = last.is_some_and(|last| time >= last && time.since(last) < *interval);
        if !too_soon {
            *last = Some(time);
        }
        too_soon
    }

    fn take_tasks(&self) -> Option<Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Tasks {
    fn abort(&self) {
        self.worker.abort();
        self.intake.iter().for_each(JoinHandle::abort);
        self.keeper.iter().for_each(JoinHandle::abort);
    }
}

impl<P: Parcel> Reader for Delivery<P> {
    fn read(&self, put: Put<'_>) {
        self.shared.families.put(&self.shared.name, &self.snapshot(), put);
    }
}

impl<P: Parcel> Drop for Delivery<P> {
    fn drop(&mut self) {
        if let Some(tasks) = self.take_tasks() {
            tasks.abort();
            self.shared.book().abandon();
        }
    }
}

#[cfg(test)]
mod tests;
