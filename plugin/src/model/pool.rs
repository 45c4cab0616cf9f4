//! Text and labels that many entities have in common.

use super::labels::Labels;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// How many different texts, and label sets, are known at a time; then all are forgotten.
const MOST: usize = 4096;

/// Gives one shared copy of equal texts and equal labels: the names of containers and namespaces, what containers of one name
/// and image have in common. Asked for new entities only.
///
/// What nobody uses any more stays known until the pool is full and starts anew, which costs sharing and nothing else.
#[derive(Default, Debug)]
pub struct Pool {
    texts: Mutex<HashSet<Arc<str>>>,
    labels: Mutex<HashSet<Labels>>,
}

impl Pool {
    /// The shared copy of `text`.
    pub fn text(&self, text: &str) -> Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts.get(text) {
            return known.clone();
        }
        make_room(&mut texts);
        let text: Arc<str> = text.into();
        texts.insert(text.clone());
        text
    }

    /// Labels equal to `labels`, whose own pairs are shared.
    pub fn labels(&self, labels: Labels) -> Labels {
        let mut all = self.labels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&labels) {
            return known.clone();
        }
        make_room(&mut all);
        all.insert(labels.clone());
        labels
    }
}

fn make_room<T>(known: &mut HashSet<T>) {
    if known.len() >= MOST {
        known.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_is_shared() {
        let pool = Pool::default();
        assert!(Arc::ptr_eq(&pool.text("kube-system"), &pool.text("kube-system")));
        let labels = |name: &str| Labels::from_pairs([("container_name", name)]);
        let [a, b] = [pool.labels(labels("web")), pool.labels(labels("web"))];
        assert!(Arc::ptr_eq(
            a.shared("container_name").unwrap(),
            b.shared("container_name").unwrap()
        ));
    }

    #[test]
    fn a_full_pool_starts_anew() {
        let pool = Pool::default();
        let first = pool.text("first");
        for at in 0..MOST {
            pool.text(&at.to_string());
        }
        assert!(!Arc::ptr_eq(&first, &pool.text("first")));
        assert!(pool.texts.lock().unwrap().len() <= MOST);
    }
}
