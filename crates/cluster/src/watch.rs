//! Follows the objects of one kind: a list in pages, then a watch that goes on from the list's version.
//!
//! The API client's watcher does the protocol: pages, bookmarks, a closed watch resumed, a new list after `410 Gone`. Here is
//! what it leaves to its user: the pace of attempts, a limit on the time of a page, starting over when an answer was not
//! understood, and saying what is wrong.

use crate::backoff::{Backoff, between};
use crate::failure::Failure;
use crate::families::Meters;
use crate::kinds::{Kind, Maker, Object};
use crate::link::Link;
use crate::reports::Reports;
use crate::table::{Record, Table};
use futures::{Stream, StreamExt};
use kube::Api;
use kube::runtime::watcher::{self, Event};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

/// Objects in one page of a list.
const PAGE: u32 = 500;
/// How long a page may take, in seconds.
const PAGE_SECONDS: u64 = 60;
/// How long the server is asked to keep a watch open, in seconds; the library takes less than 295.
const WATCH_SECONDS: u32 = 240;
/// By how much that is spread, so that the watches of one program do not end together.
const WATCH_SPREAD: Duration = Duration::from_secs(50);
/// The first wait after a failure.
pub(crate) const FIRST_WAIT: Duration = Duration::from_secs(1);

/// What the watches of one API server share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) link: Arc<Link>,
    pub(crate) reports: Arc<Reports>,
    pub(crate) meters: Arc<Meters>,
    pub(crate) first_wait: Duration,
}

/// The watch of one kind.
#[derive(Debug)]
pub(crate) struct Watch<K: Kind> {
    shared: Shared,
    table: Arc<Table<K::Record>>,
    maker: Maker,
    /// The list that is being read.
    list: Option<Vec<Arc<K::Record>>>,
    /// Whether a failure was logged and no success since.
    in_trouble: bool,
}

impl<K: Kind> Watch<K> {
    pub(crate) const fn new(shared: Shared, table: Arc<Table<K::Record>>, maker: Maker) -> Self {
        Self {
            shared,
            table,
            maker,
            list: None,
            in_trouble: false,
        }
    }

    /// Follows for ever.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new(self.shared.first_wait);
        loop {
            let api: Api<Object<K>> = Api::all(self.shared.link.client());
            let spread = u32::try_from(between(WATCH_SPREAD).as_secs()).unwrap_or(0);
            let config = watcher::Config::default()
                .page_size(PAGE)
                .timeout(WATCH_SECONDS + spread);
            let mut events = pin!(watcher::watcher(api, config));
            self.list = None;
            loop {
                let failure = match self.next(&mut events).await {
                    Ok(event) => {
                        self.take(event);
                        continue;
                    }
                    Err(failure) => failure,
                };
                self.failed(&failure).await;
                sleep(backoff.after_failure()).await;
                if failure.list_again {
                    break;
                }
            }
        }
    }

    async fn next(
        &self,
        events: &mut (impl Stream<Item = watcher::Result<Event<Object<K>>>> + Unpin),
    ) -> Result<Event<Object<K>>, Failure> {
        // The library logs each failure, and the whole answer with it when it is not understood: up to a page of objects.
        let next = events.next().with_subscriber(Dispatch::none());
        let next = if self.list.is_some() {
            let limit = Duration::from_secs(PAGE_SECONDS);
            timeout(limit, next)
                .await
                .map_err(|_| Failure::timeout(PAGE_SECONDS))?
        } else {
            next.await
        };
        match next {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(error.into()),
            None => Err(Failure::ended()),
        }
    }

    fn take(&mut self, event: Event<Object<K>>) {
        let plural = K::PLURAL;
        match event {
            Event::Init => self.list = Some(Vec::new()),
            Event::InitApply(object) => {
                let record = self.record(object);
                if let (Some(list), Some(record)) = (&mut self.list, record) {
                    list.push(self.table.same(record));
                }
            }
            Event::InitDone => {
                let list = self.list.take().unwrap_or_default();
                let count = list.len();
                let grown = self.table.replace(list);
                self.shared.meters.grown(plural, grown);
                self.shared.meters.listed(plural);
                tracing::debug!("{count} {plural} listed");
                self.recovered();
            }
            Event::Apply(object) => {
                self.recovered();
                if let Some(record) = self.record(object) {
                    self.grown(|table| table.put(record));
                }
            }
            Event::Delete(mut object) => {
                self.recovered();
                let metadata = object.body.metadata();
                let (namespace, name) = (&metadata.namespace, &metadata.name);
                self.grown(|table| table.remove(namespace, name));
            }
        }
    }

    fn grown(&self, change: impl FnOnce(&Table<K::Record>) -> i64) {
        match change(&self.table) {
            0 => {}
            by => self.shared.meters.grown(K::PLURAL, by),
        }
    }

    fn recovered(&mut self) {
        if std::mem::take(&mut self.in_trouble) {
            self.shared.reports.recovered(K::PLURAL);
        }
    }

    /// An object without a name cannot be kept.
    fn record(&mut self, object: Object<K>) -> Option<K::Record> {
        let record = object.body.record(&mut self.maker);
        (!record.name().is_empty()).then_some(record)
    }

    async fn failed(&mut self, failure: &Failure) {
        self.shared.meters.failed(K::PLURAL, failure.reason.as_str());
        self.in_trouble |= self.shared.reports.failed(K::PLURAL, failure);
        if failure.is_about_identity() {
            self.shared.link.renew();
        }
    }
}
