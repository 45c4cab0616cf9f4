//! What a delivery does for its sink.

use crate::families::{Families, HEAPSTER};
use crate::parcel::Parcel;
use heapster_plugin::model::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What a delivery does for its sink.
#[derive(Debug)]
pub struct Config<P: Parcel> {
    /// The sink's name in the label `exporter` and in log lines.
    pub name: String,
    /// How many parcels wait in memory, beside the one in hand.
    pub queue: usize,
    /// How long one write may take.
    pub timeout: Duration,
    /// How long a parcel may wait.
    pub max_age: Duration,
    /// Least time between two parcels; zero for every one.
    pub interval: Duration,
    /// What the sink gets; `None` for everything.
    pub filter: Option<P::Filter>,
    /// What could not be sent yet is kept here.
    pub spool: Option<heapster_spool::Config>,
    /// What reading a spool needs.
    pub context: P::Context,
    /// The names of the figures.
    pub families: &'static Families,
    /// The time of day.
    pub clock: Clock,
}

impl<P: Parcel> Config<P> {
    /// For the sink of this name: the defaults of all options, without a spool, for a resolution of one minute.
    #[must_use]
    pub fn new(name: &str, context: P::Context) -> Self {
        Self {
            name: name.to_owned(),
            queue: 3,
            timeout: Duration::from_secs(20),
            max_age: Duration::from_secs(300),
            interval: Duration::ZERO,
            filter: None,
            spool: None,
            context,
            families: &HEAPSTER,
            clock: Clock::default(),
        }
    }
}

/// The time of day, which tests can hold.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that reads this.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
