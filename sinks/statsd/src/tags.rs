//! Labels as a sorted list of tags.

use crate::config::{Config, Form};
use crate::keys::{Keys, push_clean};
use heapster_plugin::model::{Labels, label};

/// Key and value of each tag of a set; the room is used again for the next one.
#[derive(Default, Debug)]
pub(crate) struct Pairs<'b>(Vec<(&'b str, &'b str)>);

impl<'b> Pairs<'b> {
    /// Takes all labels of a set, and over them a value's own; `labels` as the pairs that it holds.
    pub(crate) fn all(&mut self, labels: &'b Labels, own: Option<&'b Labels>, config: &Config) {
        self.0.clear();
        let both = labels.iter().chain(own.into_iter().flat_map(|own| own.iter()));
        self.0
            .extend(both.filter(|(key, _)| *key != label::LABELS && config.allows(key)));
        self.add_user_labels(labels, config);
    }

    /// Takes the user labels of a set only.
    pub(crate) fn user_labels(&mut self, labels: &'b Labels, config: &Config) {
        self.0.clear();
        self.add_user_labels(labels, config);
    }

    /// Cuts `key:value,key:value` apart. A value ends at a second colon, and a part without a colon is no pair.
    fn add_user_labels(&mut self, labels: &'b Labels, config: &Config) {
        let text = labels.get(label::LABELS).unwrap_or("");
        let all = config.allows(label::LABELS);
        for part in text.split(',') {
            let mut halves = part.split(':');
            if let (Some(key), Some(value)) = (halves.next(), halves.next())
                && (all || config.allows(key))
            {
                self.0.push((key, value));
            }
        }
    }

    /// The pairs by key; of two with one key the later one, and none that is empty.
    pub(crate) fn sorted(&mut self) -> impl Iterator<Item = (&'b str, &'b str)> {
        // Few enough that the sort needs no room, and it keeps the order of equal keys.
        self.0.sort_by(|a, b| a.0.cmp(b.0));
        self.0.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = later.1;
            }
            same
        });
        self.0
            .iter()
            .copied()
            .filter(|(key, value)| !key.is_empty() && !value.is_empty())
    }
}

/// Appends `,key=value` for each pair, or for DogStatsD `|#key:value,…`.
pub(crate) fn push_tags(out: &mut Vec<u8>, pairs: &mut Pairs<'_>, form: Form, keys: &mut Keys) {
    let (mut between, then, equals): (&[u8], &[u8], u8) = match form {
        Form::Dog => (b"|#", b",", b':'),
        Form::Etsy | Form::Influx => (b",", b",", b'='),
    };
    for (key, value) in pairs.sorted() {
        out.extend_from_slice(between);
        keys.push(out, key);
        out.push(equals);
        push_clean(out, value, form);
        between = then;
    }
}
