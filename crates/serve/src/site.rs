//! What all connections of one server share.

use crate::api::Api;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Answers of more than one [piece](crate::body::PIECE) that may be on their way at one time. Each keeps up to one MiB of its
/// own, and the batch that it shows, alive for as long as its client takes.
const LARGE: usize = 32;
/// Request targets that may be kept aside at one time, of up to one MiB each.
const LONG: usize = 64;

/// The data, and how much of what may be going on.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) api: Api,
    /// A permit for each large answer.
    pub(crate) large: Arc<Semaphore>,
    /// A permit for each long request target.
    pub(crate) long: Arc<Semaphore>,
}

impl Site {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            large: Arc::new(Semaphore::new(LARGE)),
            long: Arc::new(Semaphore::new(LONG)),
        }
    }
}
