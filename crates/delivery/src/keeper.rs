//! The task that keeps what waits for one sink on disk. All its work is done by threads that may block.

use crate::book::{Append, Appended, Job, Loaded};
use crate::ledger::Drop;
use crate::parcel::Parcel;
use crate::shared::Shared;
use heapster_spool::{AppendError, Config, Create, Found, ReadError, Spool};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Pause after a fault of the disk.
const PAUSE: Duration = Duration::from_secs(10);
/// How long the sink waits at the start for what is on disk.
const OPENING: Duration = Duration::from_secs(5);

/// What a keeper is made of.
#[derive(Debug)]
pub(crate) struct Keeper<P: Parcel> {
    pub(crate) shared: Arc<Shared<P>>,
    pub(crate) config: Config,
    pub(crate) context: P::Context,
    pub(crate) create: Create,
    /// Set once the worker has ended.
    pub(crate) finish: watch::Receiver<bool>,
}

/// What a job came to.
enum Report<P> {
    Advanced(io::Result<()>),
    Saved(io::Result<()>),
    Loaded(u64, Loaded<P>, Option<String>),
    Appended(u64, Appended, Option<String>),
}

impl<P: Parcel> Keeper<P> {
    /// Opens the spool, as often as it takes, and works until it is told to finish and nothing is left to do.
    pub(crate) async fn run(mut self) {
        let Some(mut spool) = self.open().await else {
            return;
        };
        let mut healthy_from = Instant::now();
        loop {
            let finishing = *self.finish.borrow();
            let healthy = finishing || Instant::now() >= healthy_from;
            let job = self.shared.book().next_job(spool.cursor(), healthy);
            let Some(job) = job else {
                if finishing {
                    return;
                }
                self.rest(healthy_from).await;
                continue;
            };
            let context = self.context.clone();
            // Fails only when the program ends under it.
            let Ok((back, report)) = spawn_blocking(move || work(spool, job, &context)).await else {
                return self.gone();
            };
            spool = back;
            if !self.note(&spool, report) {
                healthy_from = Instant::now() + PAUSE;
                if finishing {
                    return;
                }
            }
            self.shared.wake_worker.notify_one();
        }
    }

    /// Waits for something to do.
    async fn rest(&mut self, healthy_from: Instant) {
        let later = healthy_from.max(Instant::now() + Duration::from_millis(1));
        let ill = Instant::now() < healthy_from;
        tokio::select! {
            () = self.shared.wake_keeper.notified() => {}
            _ = self.finish.changed() => {}
            () = sleep_until(later), if ill => {}
        }
    }

    /// The open spool, when its records are in the book; `None` when it could not be opened before the end.
    async fn open(&mut self) -> Option<Spool> {
        loop {
            let (config, create) = (self.config.clone(), self.create.clone());
            let mut opening = spawn_blocking(move || Spool::open(&config, P::KIND, create));
            let opened = match timeout(OPENING, &mut opening).await {
                Ok(opened) => opened,
                Err(_) => {
                    self.fault(None, "the disk does not answer");
                    self.shared.book().spool_failed();
                    self.shared.wake_worker.notify_one();
                    opening.await
                }
            };
            match opened {
                Ok(Ok((spool, found))) => {
                    self.opened(&spool, &found);
                    return Some(spool);
                }
                Ok(Err(error)) => self.fault(None, &error.to_string()),
                Err(_) => {
                    self.gone();
                    return None;
                }
            }
            self.shared.book().spool_failed();
            self.shared.wake_worker.notify_one();
            tokio::select! {
                () = sleep(PAUSE) => {}
                _ = self.finish.changed() => return None,
            }
        }
    }

    fn gone(&self) {
        let lost = self.shared.book().spool_gone();
        self.shared.say_dropped(Drop::Damaged, lost);
        self.shared.wake_worker.notify_one();
    }

    fn opened(&self, spool: &Spool, found: &Found) {
        let (lost, waiting) = {
            let mut book = self.shared.book();
            book.restore(&found.records, found.next);
            let lost = book.lost(spool.lost_below());
            book.note_spool(Some(spool.bytes()), None);
            (lost, found.records.len())
        };
        let name = &self.shared.name;
        for fault in &found.faults {
            tracing::warn!(fault, "Spool of sink: {name}");
        }
        if waiting > 0 {
            tracing::info!(
                batches = waiting,
                bytes = spool.bytes(),
                "Found in the spool of sink: {name}"
            );
        }
        self.shared.say_dropped(Drop::SpoolFull, lost);
        self.shared.wake_worker.notify_one();
    }

    /// Notes what a job came to: whether the disk answered as it should.
    fn note(&self, spool: &Spool, report: Report<P>) -> bool {
        let (lost, damaged, fault) = {
            let mut book = self.shared.book();
            let lost = book.lost(spool.lost_below());
            let (damaged, fault) = match report {
                Report::Advanced(done) | Report::Saved(done) => {
                    (0, done.err().map(|error| error.to_string()))
                }
                Report::Loaded(seq, how, fault) => (book.loaded(seq, how), fault),
                Report::Appended(seq, how, fault) => {
                    book.appended(seq, &how);
                    (0, fault)
                }
            };
            if fault.is_none() {
                book.note_spool(Some(spool.bytes()), None);
            }
            (lost, damaged, fault)
        };
        self.shared.say_dropped(Drop::SpoolFull, lost);
        self.shared.say_dropped(Drop::Damaged, damaged);
        let well = fault.is_none();
        if let Some(fault) = fault {
            self.fault(Some(spool.bytes()), &fault);
        } else if self.shared.disk_faults.take_back() {
            tracing::info!("The spool works again, of sink: {}", self.shared.name);
        }
        well
    }

    fn fault(&self, bytes: Option<u64>, text: &str) {
        let folder = self.config.folder.display();
        let text = format!("{folder}: {text}");
        if let Some(left_out) = self.shared.disk_faults.due(Instant::now()) {
            tracing::error!(
                cause = text,
                left_out,
                "Failed to use the spool of sink: {}",
                self.shared.name
            );
        }
        self.shared.book().note_spool(bytes, Some(text));
    }
}

/// Does one job. Blocks.
fn work<P: Parcel>(mut spool: Spool, job: Job<P>, context: &P::Context) -> (Spool, Report<P>) {
    let report = match job {
        Job::Advance(to) => Report::Advanced(spool.advance(to)),
        Job::SaveRest(Append { head, parcel, .. }) => {
            Report::Saved(spool.save_rest(head, &|out| encode(&*parcel, out)))
        }
        Job::Load(seq) => match spool.read(seq) {
            Ok(bytes) => Report::Loaded(seq, decode(&bytes, context), None),
            Err(ReadError::Damaged) => Report::Loaded(seq, Loaded::Damaged, None),
            Err(ReadError::Io(error)) => Report::Loaded(seq, Loaded::Failed, Some(error.to_string())),
        },
        Job::Append(Append { seq, head, parcel }) => match spool.append(head, &|out| encode(&*parcel, out)) {
            Ok(()) => Report::Appended(seq, Appended::Written, None),
            Err(AppendError::TooLarge) => Report::Appended(seq, Appended::TooLarge, None),
            Err(AppendError::Io(error)) => Report::Appended(seq, Appended::Failed, Some(error.to_string())),
        },
    };
    (spool, report)
}

fn encode<P: Parcel>(parcel: &P, out: &mut dyn Write) -> io::Result<()> {
    let encoded = catch_unwind(AssertUnwindSafe(|| parcel.encode(out)));
    encoded.unwrap_or_else(|_| Err(io::Error::other("a batch could not be written")))
}

fn decode<P: Parcel>(bytes: &[u8], context: &P::Context) -> Loaded<P> {
    let decoded = catch_unwind(AssertUnwindSafe(|| P::decode(bytes, context)));
    match decoded {
        Ok(Ok(parcel)) => Loaded::Parcel(Arc::new(parcel)),
        Ok(Err(_)) | Err(_) => Loaded::Damaged,
    }
}
