//! Text that many objects share: namespaces, node names, images, labels.

use std::collections::HashSet;
use std::sync::Arc;

/// Fewest words before unused ones are looked for.
const SWEEP: usize = 4096;

/// Gives the same `Arc` for the same text, as long as something uses it.
#[derive(Debug)]
pub(crate) struct Words {
    all: HashSet<Arc<str>>,
    sweep_at: usize,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            all: HashSet::new(),
            sweep_at: SWEEP,
        }
    }
}

impl Words {
    /// The shared form of `text`. Words that nothing uses any more are dropped whenever their number has doubled.
    pub(crate) fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.all.get(text) {
            return known.clone();
        }
        if self.all.len() >= self.sweep_at {
            self.all.retain(|word| Arc::strong_count(word) > 1);
            self.sweep_at = (self.all.len() * 2).max(SWEEP);
        }
        let new: Arc<str> = text.into();
        self.all.insert(new.clone());
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_words_are_shared_and_unused_ones_are_dropped() {
        let mut words = Words::default();
        let kept = words.share("kept");
        for i in 0..3 * SWEEP {
            words.share(&i.to_string());
        }
        assert!(Arc::ptr_eq(&kept, &words.share("kept")));
        assert!(words.all.len() <= SWEEP, "{}", words.all.len());
    }
}
