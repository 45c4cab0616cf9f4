//! The order in which answers are handed on.

use heapster_plugin::model::Scraped;

/// Hands on the answers of the first source as they come and holds back those of each further source until all sources before
/// it are done: where two sources tell of one thing, the one that was named first must be first in every cycle.
#[derive(Default, Debug)]
pub(super) struct Turns {
    sources: Vec<Waiting>,
    /// The source whose answers are handed on.
    current: usize,
}

#[derive(Default, Debug)]
struct Waiting {
    /// Targets that have neither answered nor failed.
    open: usize,
    answers: Vec<Scraped>,
}

impl Turns {
    /// For targets with these positions of their sources.
    pub(super) fn new(sources: impl Iterator<Item = usize>) -> Self {
        let mut turns = Self::default();
        for source in sources {
            if turns.sources.len() <= source {
                turns.sources.resize_with(source + 1, Waiting::default);
            }
            if let Some(waiting) = turns.sources.get_mut(source) {
                waiting.open += 1;
            }
        }
        turns
    }

    /// Notes that a target of `source` has answered, or failed, and hands on what is due.
    pub(super) fn settle(&mut self, source: usize, answer: Option<Scraped>, take: &mut impl FnMut(Scraped)) {
        if let Some(waiting) = self.sources.get_mut(source) {
            waiting.open = waiting.open.saturating_sub(1);
            waiting.answers.extend(answer);
        }
        while let Some(current) = self.sources.get_mut(self.current) {
            current.answers.drain(..).for_each(&mut *take);
            if current.open > 0 {
                return;
            }
            self.current += 1;
        }
    }

    /// Hands on what is left, in order.
    pub(super) fn end(&mut self, take: &mut impl FnMut(Scraped)) {
        for waiting in &mut self.sources {
            waiting.answers.drain(..).for_each(&mut *take);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::{Entities, Times};
    use std::sync::Arc;

    #[test]
    fn a_later_source_waits_for_the_ones_before_it() {
        let entities = Entities::default();
        let answer = |name: &str| {
            let mut scraped = Scraped::default();
            scraped.begin(entities.node(name), Arc::default(), Times::default());
            Some(scraped)
        };
        let mut order = Vec::new();
        let mut take = |scraped: Scraped| order.push(scraped.sets()[0].entity.key().to_owned());
        let mut turns = Turns::new([0, 0, 2, 2].into_iter());
        turns.settle(2, answer("c"), &mut take);
        turns.settle(0, answer("a"), &mut take);
        turns.settle(0, None, &mut take);
        turns.settle(2, None, &mut take);
        let mut unfinished = Turns::new([0, 1].into_iter());
        unfinished.settle(1, answer("d"), &mut take);
        unfinished.end(&mut take);
        assert_eq!(order, ["node:a", "node:c", "node:d"]);
    }
}
