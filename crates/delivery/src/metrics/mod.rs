//! Batches of metrics as parcels: their filter, and their form on disk.

mod decode;
mod encode;
mod filter;

pub use filter::Filter;

use crate::condition::Conditions;
use crate::parcel::Parcel;
use heapster_plugin::model::{Batch, Model, Timestamp};
use std::io::{self, Write};
use std::sync::Arc;

/// How many texts, or sets of labels, are remembered before both sides begin anew: what a record costs in memory is bounded.
const REMEMBERED: usize = 1 << 16;
/// The first byte of the form that this program writes.
const FORM: u8 = 1;

impl Parcel for Batch {
    const KIND: u8 = b'm';
    const REPLACEABLE: bool = true;
    type Filter = Filter;
    type Context = Arc<Model>;

    fn count(&self) -> usize {
        self.value_count()
    }

    fn timestamp(&self) -> Timestamp {
        Self::timestamp(self)
    }

    fn compile(conditions: Conditions) -> Result<Filter, String> {
        Ok(Filter::new(conditions))
    }

    fn pass(parcel: &Arc<Self>, filter: &Filter) -> Option<Arc<Self>> {
        filter.pass(parcel)
    }

    fn encode(&self, out: &mut dyn Write) -> io::Result<()> {
        encode::batch(self, out)
    }

    fn decode(bytes: &[u8], context: &Arc<Model>) -> Result<Self, &'static str> {
        decode::batch(bytes, context).ok_or("the batch cannot be read")
    }
}

#[cfg(test)]
mod tests;
