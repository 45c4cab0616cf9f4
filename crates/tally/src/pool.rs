//! Several requests under way at a time.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use heapster_httpclient::{Answer, Failure};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::time::Instant;

/// Sends what `next` gives, at most `limit` (at least one) at a time, and hands each end to `done`. After a
/// [`ControlFlow::Break`], or when `next` has nothing more, what is under way is waited for and nothing new is begun.
pub async fn side_by_side<R, F: Future>(
    limit: usize,
    mut next: impl FnMut() -> Option<R>,
    mut send: impl FnMut(R) -> F,
    mut done: impl FnMut(F::Output) -> ControlFlow<()>,
) {
    let mut under_way = FuturesUnordered::new();
    let mut more = true;
    loop {
        while more && under_way.len() < limit.max(1) {
            match next() {
                Some(request) => under_way.push(send(request)),
                None => more = false,
            }
        }
        match under_way.next().await {
            Some(ended) => more &= done(ended).is_continue(),
            None => return,
        }
    }
}

/// Whether more requests are worth the while after one that ended so. Not when there was no answer, and not when the backend
/// refuses everyone (401, 403, 404) or asks to be left alone (429, 503); one that chokes on a request may take the next.
pub fn go_on(sent: &Result<Answer, Failure>) -> ControlFlow<()> {
    match sent.as_ref().map(|answer| answer.status.as_u16()) {
        Err(_) | Ok(401 | 403 | 404 | 429 | 503) => ControlFlow::Break(()),
        Ok(_) => ControlFlow::Continue(()),
    }
}

/// When the requests of a `write` must be over, so that what became of them is told before the write itself is cut off at
/// `deadline`: a twentieth of the time earlier, at most half a second.
#[must_use]
pub fn send_by(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    deadline - (left / 20).min(Duration::from_millis(500))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_limit_are_under_way_and_all_are_done() {
        let (busy, most, ended) = (Cell::new(0), Cell::new(0), RefCell::new(Vec::new()));
        let mut left = 1..=7_u64;
        let send = |number| {
            let (busy, most) = (&busy, &most);
            async move {
                busy.set(busy.get() + 1);
                most.set(most.get().max(busy.get()));
                tokio::time::sleep(Duration::from_secs(number)).await;
                busy.set(busy.get() - 1);
                number
            }
        };
        let done = |number| {
            ended.borrow_mut().push(number);
            ControlFlow::Continue(())
        };
        side_by_side(3, || left.next(), send, done).await;
        assert_eq!(most.get(), 3);
        assert_eq!(*ended.borrow(), [1, 2, 3, 4, 5, 6, 7]);
    }

    #[tokio::test]
    async fn a_break_begins_nothing_new() {
        let mut begun = 0;
        let next = || {
            begun += 1;
            Some(begun)
        };
        side_by_side(2, next, async |number| number, |_| ControlFlow::Break(())).await;
        assert_eq!(begun, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_end_before_the_write_does() {
        let deadline = Instant::now() + Duration::from_secs(20);
        assert_eq!(deadline - send_by(deadline), Duration::from_millis(500));
        let deadline = Instant::now() + Duration::from_millis(200);
        assert_eq!(deadline - send_by(deadline), Duration::from_millis(10));
    }
}
