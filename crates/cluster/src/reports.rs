//! One log line for a lasting failure, not one an attempt.

use crate::failure::{Failure, Reason};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a reason is not logged again.
const QUIET: Duration = Duration::from_secs(300);

/// What was said about one API server.
#[derive(Debug)]
pub(crate) struct Reports {
    url: String,
    said: Mutex<BTreeMap<(Reason, &'static str), Instant>>,
}

impl Reports {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            said: Mutex::default(),
        }
    }

    /// Logs a failure, unless its reason was logged a short while ago: for the same kind if it is about permissions, else for
    /// any. Answers whether it was logged.
    pub(crate) fn failed(&self, plural: &'static str, failure: &Failure) -> bool {
        let Failure { reason, text, .. } = failure;
        let about = if *reason == Reason::Forbidden { plural } else { "" };
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let last = said.get(&(*reason, about));
        if *reason == Reason::Expired || last.is_some_and(|last| now.duration_since(*last) < QUIET) {
            tracing::debug!("{plural} at {}: {text}", self.url);
            return false;
        }
        said.insert((*reason, about), now);
        let advice = reason.advice(plural);
        tracing::error!("Kubernetes API server {}, {plural}: {text}; {advice}", self.url);
        true
    }

    /// Logs that a failure that was logged is over.
    pub(crate) fn recovered(&self, plural: &str) {
        tracing::info!("Kubernetes API server {}, {plural}: it answers again", self.url);
    }
}
