//! Text, labels and values that many entities have in common.

use super::labels::{Labels, Pair};
use super::point::Point;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Fewest things before unused ones are looked for.
const SWEEP: usize = 4096;

/// Gives the same `Arc` for equal things, as long as something uses them: names of containers and namespaces, the labels of
/// replicas, what containers of one name and image have in common, their requests and limits. Asked for new entities only.
#[derive(Default, Debug)]
pub struct Pool {
    texts: Mutex<Shared<str>>,
    pairs: Mutex<Shared<[Pair]>>,
    points: Mutex<Shared<[Point]>>,
}

impl Pool {
    /// The shared copy of `text`.
    pub fn text(&self, text: &str) -> Arc<str> {
        get(&self.texts, text)
    }

    /// Labels equal to `labels`, whose own pairs are shared.
    #[must_use]
    pub fn labels(&self, labels: &Labels) -> Labels {
        labels.with_own(get(&self.pairs, labels.own()))
    }

    /// The shared copy of `points`.
    pub fn points(&self, points: &[Point]) -> Arc<[Point]> {
        get(&self.points, points)
    }
}

fn get<T: ?Sized + Hash + Eq>(shared: &Mutex<Shared<T>>, thing: &T) -> Arc<T>
where
    Arc<T>: for<'a> From<&'a T>,
{
    shared.lock().unwrap_or_else(PoisonError::into_inner).get(thing)
}

/// Things of one type, each once.
#[derive(Debug)]
struct Shared<T: ?Sized> {
    all: HashSet<Arc<T>>,
    sweep_at: usize,
}

impl<T: ?Sized> Default for Shared<T> {
    fn default() -> Self {
        Self {
            all: HashSet::new(),
            sweep_at: SWEEP,
        }
    }
}

impl<T: ?Sized + Hash + Eq> Shared<T>
where
    Arc<T>: for<'a> From<&'a T>,
{
    /// What nothing uses any more is dropped whenever the number of things has doubled.
    fn get(&mut self, thing: &T) -> Arc<T> {
        if let Some(known) = self.all.get(thing) {
            return known.clone();
        }
        if self.all.len() >= self.sweep_at {
            self.all.retain(|thing| Arc::strong_count(thing) > 1);
            self.sweep_at = (self.all.len() * 2).max(SWEEP);
        }
        let new: Arc<T> = thing.into();
        self.all.insert(new.clone());
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id;

    #[test]
    fn what_is_equal_is_shared() {
        let pool = Pool::default();
        assert!(Arc::ptr_eq(&pool.text("kube-system"), &pool.text("kube-system")));
        let [a, b] = [0, 0].map(|value| pool.points(&[Point::gauge(id::CPU_LIMIT, value)]));
        assert!(Arc::ptr_eq(&a, &b));
        let [a, b] = ["web", "web"].map(|name| pool.labels(&Labels::from_pairs([("container_name", name)])));
        assert!(std::ptr::eq(a.own(), b.own()));
        assert_eq!(a.get("container_name"), Some("web"));
    }

    #[test]
    fn what_is_used_stays_and_the_rest_is_dropped() {
        let pool = Pool::default();
        let kept = pool.text("kept");
        for at in 0..3 * SWEEP {
            pool.text(&at.to_string());
        }
        assert!(Arc::ptr_eq(&kept, &pool.text("kept")));
        assert!(pool.texts.lock().unwrap().all.len() <= SWEEP);
    }
}
