//! Runs what a sink does so that neither a panic nor a hang leaves it.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use tokio::time::{Instant, timeout_at};

/// How guarded work ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended<T> {
    /// By itself.
    Done(T),
    /// Not by the deadline; it was cut off.
    Late,
    /// By a panic with this text.
    Panicked(String),
}

/// Runs `work` until it ends, panics or the deadline is there. Work that blocks its thread cannot be cut off.
pub(crate) async fn guarded<T>(work: impl Future<Output = T>, deadline: Instant) -> Ended<T> {
    let mut work = pin!(work);
    let caught = poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Ended::Done(value)),
            Err(payload) => Poll::Ready(Ended::Panicked(text(payload.as_ref()))),
        },
    );
    timeout_at(deadline, caught).await.unwrap_or(Ended::Late)
}

fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn work_ends_in_one_of_three_ways() {
        let deadline = Instant::now() + Duration::from_secs(1);
        assert_eq!(guarded(async { 1 }, deadline).await, Ended::Done(1));
        let panics = async {
            if deadline.elapsed().is_zero() {
                panic!("no {}", "tea")
            }
        };
        assert_eq!(
            guarded(panics, deadline).await,
            Ended::Panicked("no tea".to_owned())
        );
        assert_eq!(guarded(std::future::pending::<()>(), deadline).await, Ended::Late);
        assert_eq!(Instant::now(), deadline);
    }
}
