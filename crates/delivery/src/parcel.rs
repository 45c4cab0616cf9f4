//! What can be delivered, and to whom.

use crate::condition::Conditions;
use heapster_plugin::async_trait;
use heapster_plugin::model::{Batch, Timestamp};
use heapster_plugin::sink::{MetricSink, Outcome};
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::Arc;
use tokio::time::Instant;

/// Something that is delivered as a whole or in part: a batch of metrics, or of events. Never changed once made.
pub trait Parcel: Debug + Send + Sync + Sized + 'static {
    /// The mark in the head of spool files.
    const KIND: u8;
    /// With the option `interval`: whether a parcel may be left out because a later one tells the same anew.
    const REPLACEABLE: bool;
    /// The options `only` and `skip`, compiled.
    type Filter: Debug + Send + Sync + 'static;
    /// What reading needs beside the bytes.
    type Context: Clone + Debug + Send + Sync + 'static;

    /// How many items: what the ledger counts.
    fn count(&self) -> usize;

    /// The time of the cycle it is from.
    fn timestamp(&self) -> Timestamp;

    /// Compiles conditions.
    ///
    /// # Errors
    /// What is wrong with the first condition that cannot be met.
    fn compile(conditions: Conditions) -> Result<Self::Filter, String>;

    /// What `filter` lets through: the same parcel when that is all, `None` when it is nothing.
    fn pass(parcel: &Arc<Self>, filter: &Self::Filter) -> Option<Arc<Self>>;

    /// Writes it in a form of its own, without any reference to this process.
    ///
    /// # Errors
    /// What `out` answers.
    fn encode(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Reads what [`encode`](Self::encode) wrote. It may have fewer items when there is no room for them in this process.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    fn decode(bytes: &[u8], context: &Self::Context) -> Result<Self, &'static str>;
}

/// Who gets parcels: a sink.
#[async_trait]
pub trait Receiver<P>: Debug + Send + 'static {
    /// Sends a parcel once and says what became of its items.
    async fn write(&mut self, parcel: Arc<P>, deadline: Instant) -> Outcome<P>;

    /// Flushes and ends connections.
    async fn stop(&mut self, deadline: Instant);
}

#[async_trait]
impl Receiver<Batch> for Box<dyn MetricSink> {
    async fn write(&mut self, parcel: Arc<Batch>, deadline: Instant) -> Outcome {
        MetricSink::write(self.as_mut(), parcel, deadline).await
    }

    async fn stop(&mut self, deadline: Instant) {
        MetricSink::stop(self.as_mut(), deadline).await;
    }
}
