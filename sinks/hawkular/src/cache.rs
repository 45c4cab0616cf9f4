//! The definitions that the server is known to have.

use hashbrown::HashMap;
use heapster_plugin::model::Timestamp;

/// How many batches may pass before a definition of which no value comes any more is forgotten.
const KEPT: u32 = 2;

#[derive(Clone, Copy, Debug)]
struct Known {
    tags: u64,
    /// The number of the batch in which it was last seen.
    seen: u32,
}

/// Definitions, each by its number, with the hash of its tags: 24 bytes a series. What does not fit is not kept in mind, and
/// its tags are not written.
#[derive(Debug)]
pub(crate) struct Cache {
    known: HashMap<u64, Known>,
    most: usize,
    batch: u32,
    newest: Option<Timestamp>,
    /// Those whose tags are on their way.
    under_way: Vec<u64>,
    /// How many did not fit.
    pub(crate) left_out: usize,
}

impl Cache {
    /// Of at most so many definitions.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            known: HashMap::new(),
            most,
            batch: 0,
            newest: None,
            under_way: Vec::new(),
            left_out: 0,
        }
    }

    /// A batch of this time begins. One that is written again is the same batch. What was under way in a write that was cut off
    /// is not known to have arrived.
    pub(crate) fn begin(&mut self, timestamp: Timestamp) {
        for key in std::mem::take(&mut self.under_way) {
            self.known.remove(&key);
        }
        self.left_out = 0;
        if self.newest.is_none_or(|newest| newest < timestamp) {
            self.newest = Some(timestamp);
            self.batch = self.batch.wrapping_add(1);
        }
    }

    /// The server has a definition with these tags.
    pub(crate) fn learn(&mut self, key: u64, tags: u64) {
        if self.known.len() < self.most {
            let seen = self.batch;
            self.known.insert(key, Known { tags, seen });
        }
    }

    /// Whether the tags of a definition must be written; they then count as under way.
    pub(crate) fn is_news(&mut self, key: u64, tags: u64) -> bool {
        let (seen, is_full) = (self.batch, self.known.len() >= self.most);
        match self.known.get_mut(&key) {
            // Of several series with one id the first of a batch counts: they would take turns.
            Some(known) if known.seen == seen || known.tags == tags => {
                known.seen = seen;
                return false;
            }
            Some(known) => *known = Known { tags, seen },
            None if is_full => {
                self.left_out += 1;
                return false;
            }
            None => drop(self.known.insert(key, Known { tags, seen })),
        }
        self.under_way.push(key);
        true
    }

    /// The batch is over; the tags of these definitions did not arrive. Forgets what was not seen in two batches.
    pub(crate) fn end(&mut self, failed: &[u64]) {
        self.under_way.clear();
        for key in failed {
            self.known.remove(key);
        }
        let batch = self.batch;
        self.known
            .retain(|_, known| batch.wrapping_sub(known.seen) < KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(cache: &mut Cache, seconds: i64, keys: &[u64]) -> Vec<bool> {
        cache.begin(Timestamp::from_secs(seconds));
        let news = keys.iter().map(|key| cache.is_news(*key, key + 1)).collect();
        cache.end(&[]);
        news
    }

    #[test]
    fn tags_are_news_once_and_when_they_change() {
        let mut cache = Cache::new(10);
        assert_eq!(batch(&mut cache, 60, &[1]), [true]);
        assert_eq!(batch(&mut cache, 120, &[1]), [false]);
        cache.begin(Timestamp::from_secs(180));
        assert!(cache.is_news(1, 99));
    }

    #[test]
    fn what_is_not_seen_in_two_batches_is_forgotten() {
        let mut cache = Cache::new(10);
        batch(&mut cache, 60, &[1]);
        batch(&mut cache, 120, &[2]);
        assert_eq!(batch(&mut cache, 120, &[1]), [false]);
        batch(&mut cache, 180, &[]);
        batch(&mut cache, 240, &[]);
        assert_eq!(batch(&mut cache, 300, &[1]), [true]);
    }

    #[test]
    fn of_series_with_one_id_the_first_gives_the_tags() {
        let mut cache = Cache::new(10);
        for (seconds, news) in [(60, [true, false]), (120, [false, false])] {
            cache.begin(Timestamp::from_secs(seconds));
            assert_eq!([2, 3].map(|tags| cache.is_news(1, tags)), news);
            cache.end(&[]);
        }
    }

    #[test]
    fn what_failed_or_was_cut_off_is_written_again() {
        let mut cache = Cache::new(10);
        cache.begin(Timestamp::from_secs(60));
        assert!(cache.is_news(1, 1) && cache.is_news(2, 2));
        cache.end(&[2]);
        cache.begin(Timestamp::from_secs(60));
        assert!(!cache.is_news(1, 1) && cache.is_news(2, 2));
        cache.begin(Timestamp::from_secs(60));
        assert!(!cache.is_news(1, 1) && cache.is_news(2, 2));
    }

    #[test]
    fn a_full_cache_takes_nothing_more() {
        let mut cache = Cache::new(1);
        cache.learn(1, 2);
        cache.learn(2, 3);
        assert_eq!(batch(&mut cache, 60, &[1, 2]), [false, false]);
        assert_eq!(cache.left_out, 1);
    }
}
