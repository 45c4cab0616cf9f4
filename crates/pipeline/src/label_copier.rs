//! User labels of Kubernetes objects as labels of metric sets.

use heapster_plugin::model::{Labels, Pair, label};
use std::sync::Arc;

/// Turns the labels of a pod or node into labels of its sets.
///
/// Source: Heapster 1.5 metrics/util/label_copier.go.
#[derive(Clone, Debug)]
pub struct LabelCopier {
    separator: Box<str>,
    /// Old and new name, sorted by old name; an old name occurs once.
    store: Vec<(Box<str>, Arc<str>)>,
    ignore: Vec<Box<str>>,
    joined: Arc<str>,
}

impl LabelCopier {
    /// A copier that joins labels with `separator`, copies those of `store` (`name`, or `new=old` to rename) as labels of
    /// their own and leaves those of `ignore` out of the joined text. Of two entries for one old name the later counts.
    #[must_use]
    pub fn new(separator: &str, store: &[String], ignore: &[String]) -> Self {
        let mut names: Vec<(Box<str>, Arc<str>)> = store
            .iter()
            .map(|entry| entry.split_once('=').unwrap_or((entry, entry)))
            .map(|(new, old)| (old.into(), new.into()))
            .collect();
        names.reverse();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names.dedup_by(|a, b| a.0 == b.0);
        Self {
            separator: separator.into(),
            store: names,
            ignore: ignore.iter().map(|name| name.as_str().into()).collect(),
            joined: label::LABELS.into(),
        }
    }

    /// The labels to set for an object with the labels `user`.
    ///
    /// Shape: one pair for each stored label that the object has, then the pair `labels`: every label that is not
    /// ignored as `key:value`, sorted bytewise, joined. `labels` is always there, empty when nothing is left. A later pair
    /// overrides an earlier one and, as a stored name may be that of a core label, what the set had before.
    #[must_use]
    pub fn copy(&self, user: &Labels) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut kept: Vec<String> = Vec::with_capacity(user.len());
        for (key, value) in user.iter_shared() {
            if let Ok(at) = self.store.binary_search_by(|(old, _)| (**old).cmp(key))
                && let Some((_, new)) = self.store.get(at)
            {
                pairs.push((new.clone(), value.clone()));
            }
            if !self.ignore.iter().any(|ignored| **ignored == **key) {
                kept.push(format!("{key}:{value}"));
            }
        }
        kept.sort_unstable(); // by the joined text: `a-b:` comes before `a:`, although `a` comes before `a-b`
        pairs.push((self.joined.clone(), kept.join(&*self.separator).into()));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pairs: &[Pair]) -> Vec<(String, String)> {
        let mut all: Vec<_> = pairs
            .iter()
            .map(|(k, v)| (k.to_string(), v.to_string()))
            .collect();
        all.sort();
        all
    }

    fn strings(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    fn bike() -> Labels {
        Labels::from_pairs([
            ("name", "bike"),
            ("price", "too_high"),
            ("weight", "10kg"),
            ("colour", "red"),
            ("labels", "preorder;configurable"),
        ])
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all: Vec<_> = all
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn by_default_all_labels_are_joined_in_order() {
        let joined = "colour:red,labels:preorder;configurable,name:bike,price:too_high,weight:10kg";
        assert_eq!(
            text(&LabelCopier::new(",", &[], &[]).copy(&bike())),
            pairs(&[("labels", joined)])
        );
    }

    #[test]
    fn stored_labels_are_copied_renamed_and_independent_of_ignored_ones() {
        let store = strings(&["name", "colour", "copiedlabels=labels", "price", "weight"]);
        let copier = LabelCopier::new("-", &store, &strings(&["colour", "labels", "price"]));
        let wanted = pairs(&[
            ("labels", "name:bike-weight:10kg"),
            ("name", "bike"),
            ("colour", "red"),
            ("price", "too_high"),
            ("weight", "10kg"),
            ("copiedlabels", "preorder;configurable"),
        ]);
        assert_eq!(text(&copier.copy(&bike())), wanted);
    }

    #[test]
    fn a_renamed_label_appears_under_its_new_name_only() {
        let copier = LabelCopier::new(",", &strings(&["app", "role=tier"]), &strings(&["app"]));
        let wanted = pairs(&[("app", "web"), ("role", "x"), ("labels", "tier:x")]);
        assert_eq!(
            text(&copier.copy(&Labels::from_pairs([("app", "web"), ("tier", "x")]))),
            wanted
        );
    }

    #[test]
    fn of_two_renames_of_one_label_the_last_counts() {
        let copier = LabelCopier::new(",", &strings(&["one=app", "two=app=x", "three=app"]), &[]);
        let wanted = pairs(&[("three", "web"), ("labels", "app:web")]);
        assert_eq!(text(&copier.copy(&Labels::from_pairs([("app", "web")]))), wanted);
    }

    #[test]
    fn labels_is_written_even_when_nothing_is_left() {
        let copier = LabelCopier::new(",", &[], &strings(&["app"]));
        let wanted = pairs(&[("labels", "")]);
        assert_eq!(text(&copier.copy(&Labels::from_pairs([("app", "web")]))), wanted);
        assert_eq!(text(&copier.copy(&Labels::default())), wanted);
    }

    #[test]
    fn the_joined_text_is_sorted_not_the_keys() {
        let copier = LabelCopier::new(",", &[], &[]);
        let joined = copier.copy(&Labels::from_pairs([("a", "1"), ("a-b", "2")]));
        assert_eq!(text(&joined), pairs(&[("labels", "a-b:2,a:1")]));
    }
}
