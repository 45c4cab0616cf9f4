//! The tally.

use heapster_httpclient::Verdict;
use heapster_plugin::model::Batch;
use heapster_plugin::sink::{Outcome, Rejection};
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Open,
    Accepted,
    Rejected,
}

/// What became of each value of one batch. Values are named by their [position](crate::Spot::position); what is told of a
/// value first counts.
#[derive(Debug)]
pub struct Tally {
    states: Vec<State>,
    accepted: usize,
    rejected: Vec<(Rejection, usize)>,
    /// The first text of each kind.
    failure: Option<String>,
    /// The longest pause that was asked for.
    after: Option<Duration>,
    refusal: Option<String>,
}

impl Tally {
    /// Nothing is known yet of the values of `batch`.
    #[must_use]
    pub fn new(batch: &Batch) -> Self {
        Self {
            states: vec![State::Open; batch.value_count()],
            accepted: 0,
            rejected: Vec::new(),
            failure: None,
            after: None,
            refusal: None,
        }
    }

    /// The backend has these, or the sink leaves them out as its options say.
    pub fn accept(&mut self, positions: impl IntoIterator<Item = usize>) {
        for position in positions {
            if let Some(state @ State::Open) = self.states.get_mut(position) {
                *state = State::Accepted;
                self.accepted += 1;
            }
        }
    }

    /// The backend will never take these; `text` is for the log, of which one line a batch is written.
    pub fn reject(&mut self, positions: impl IntoIterator<Item = usize>, reason: Rejection, text: &str) {
        let mut count = 0;
        for position in positions {
            if let Some(state @ State::Open) = self.states.get_mut(position) {
                *state = State::Rejected;
                count += 1;
            }
        }
        if count == 0 {
            return;
        }
        self.refusal.get_or_insert_with(|| text.to_owned());
        match self.rejected.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, known)) => *known += count,
            None => self.rejected.push((reason, count)),
        }
    }

    /// The backend will never take so many of those of which nothing is told yet, and does not say which.
    pub fn reject_some(&mut self, count: usize, reason: Rejection, text: &str) {
        let open = self
            .states
            .iter()
            .enumerate()
            .filter(|(_, state)| **state == State::Open);
        let chosen: Vec<usize> = open.map(|(position, _)| position).take(count).collect();
        self.reject(chosen, reason, text);
    }

    /// Something went wrong that may pass. The values concerned are those of which nothing else is told.
    pub fn fail(&mut self, text: impl Into<String>) {
        self.failure.get_or_insert_with(|| text.into());
    }

    /// One request with the values at `positions` ended so.
    pub fn judge(&mut self, positions: impl IntoIterator<Item = usize>, verdict: Verdict) {
        match verdict {
            Verdict::Accepted => self.accept(positions),
            Verdict::Rejected { reason, text } => self.reject(positions, reason, &text),
            Verdict::Retry { text, after } => {
                self.after = self.after.max(after);
                self.fail(text);
            }
        }
    }

    /// What is reported of `batch`, which is the one this was made for. Logs one line when something was rejected, under the
    /// sink's name.
    #[must_use]
    pub fn finish(self, sink: &str, batch: &Batch) -> Outcome {
        let rejected: usize = self.rejected.iter().map(|(_, count)| count).sum();
        if let Some(refusal) = &self.refusal {
            tracing::warn!(sink, rejected, "values rejected: {refusal}");
        }
        let open = self.states.len().saturating_sub(self.accepted + rejected);
        let text = || self.failure.unwrap_or_else(|| "not sent".to_owned());
        let outcome = if open == 0 {
            Outcome::default()
        } else if open == self.states.len() {
            Outcome::retry_all(batch, text())
        } else {
            let mut states = self.states.iter();
            Outcome::retry_rest(batch.select(|_, _| states.next() == Some(&State::Open)), text())
        };
        let outcome = outcome.and_after(self.after).and_accepted(self.accepted);
        let rejected = self.rejected.into_iter();
        rejected.fold(outcome, |outcome, (reason, count)| {
            outcome.and_rejected(reason, count)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::{Model, Point, Timestamp, id};
    use heapster_plugin::testkit;

    fn batch() -> Batch {
        let model = Model::default();
        let points = [Point::gauge(id::MEMORY_USAGE, 1), Point::gauge(id::UPTIME, 2)];
        let sets = ["a", "b"].map(|name| (model.entities.node(name), &[][..], &points[..]));
        testkit::batch(&model, Timestamp::from_secs(60), &sets)
    }

    #[test]
    fn all_accepted_is_all_there_is_to_say() {
        let batch = batch();
        let mut tally = Tally::new(&batch);
        tally.judge(0..4, Verdict::Accepted);
        assert_eq!(tally.finish("x", &batch), Outcome::all(4));
    }

    #[test]
    fn what_nothing_is_told_of_is_the_rest() {
        let batch = batch();
        let mut tally = Tally::new(&batch);
        tally.reject([0], Rejection::Unrepresentable, "NaN");
        tally.accept(0..2);
        tally.fail("503");
        tally.fail("later");
        let outcome = tally.finish("x", &batch);
        assert_eq!(
            (outcome.accepted, outcome.rejected),
            (1, vec![(Rejection::Unrepresentable, 1)])
        );
        let retry = outcome.retry.unwrap();
        assert_eq!((retry.count, retry.text.as_str()), (2, "503"));
        let rest = retry.rest.unwrap();
        assert_eq!(
            rest.sets()
                .map(|set| set.entity().key().to_owned())
                .collect::<Vec<_>>(),
            ["node:b"]
        );
    }

    #[test]
    fn the_longest_pause_that_was_asked_for_counts() {
        let batch = batch();
        let mut tally = Tally::new(&batch);
        for seconds in [None, Some(30), Some(7)] {
            let (text, after) = ("429".to_owned(), seconds.map(Duration::from_secs));
            tally.judge(0..1, Verdict::Retry { text, after });
        }
        let outcome = tally.finish("x", &batch);
        assert_eq!(outcome.retry.unwrap().after, Some(Duration::from_secs(30)));
    }

    #[test]
    fn a_batch_of_which_nothing_got_through_is_retried_whole() {
        let batch = batch();
        let outcome = Tally::new(&batch).finish("x", &batch);
        assert_eq!(outcome, Outcome::retry_all(&batch, "not sent"));
    }
}
