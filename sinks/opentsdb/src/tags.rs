//! Labels become tags.

use heapster_gotext::{Out, push_json_string};
use heapster_plugin::model::{Labels, label};

/// Tags that go first when there are too many, in this order: each repeats what others say.
const FIRST_TO_GO: [&str; 8] = [
    label::HOST_ID,
    label::CONTAINER_BASE_IMAGE,
    label::NAMESPACE_ID,
    label::LABELS,
    label::HOSTNAME,
    label::POD_ID,
    label::MAKE,
    label::MODEL,
];

/// Tags that go last, the last one first: without them two series become one.
const LAST_TO_GO: [&str; 7] = [
    label::TYPE,
    label::NODENAME,
    label::NAMESPACE_NAME,
    label::POD_NAME,
    label::CONTAINER_NAME,
    label::RESOURCE_ID,
    label::ACCELERATOR_ID,
];

/// Which labels become tags, and what these are called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TagRules {
    /// Value of the tag `cluster`; none when empty.
    pub(crate) cluster: String,
    /// The only labels that become tags; all when empty.
    pub(crate) allowed: Vec<String>,
    /// Other names: label, tag.
    pub(crate) renamed: Vec<(String, String)>,
    /// How many tags a point may have.
    pub(crate) max: Option<usize>,
}

/// How tags are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// `{"key":"value",…}`
    Json,
    /// ` key=value …`
    Line,
}

impl TagRules {
    /// Puts the labels of a value that become tags into `chosen`, sorted by label: those of the set, with the value's own over
    /// them. Empty values are none. What is too much goes in this order: `host_id`, `container_base_image`, `namespace_id`,
    /// `labels`, `hostname`, `pod_id`, `make`, `model`, other labels from the end of the alphabet, then `accelerator_id`,
    /// `resource_id`, `container_name`, `pod_name`, `namespace_name`, `nodename`, `type`; `cluster` stays.
    pub(crate) fn choose<'a>(
        &self,
        set: &'a Labels,
        own: Option<&'a Labels>,
        chosen: &mut Vec<(&'a str, &'a str)>,
    ) {
        chosen.clear();
        let unlike_own = |key: &str| own.is_none_or(|own| own.get(key).is_none());
        chosen.extend(set.iter().filter(|(key, _)| unlike_own(key)));
        if let Some(own) = own {
            chosen.extend(own.iter());
            chosen.sort_unstable();
        }
        let with_cluster = !self.cluster.is_empty();
        chosen.retain(|(key, value)| {
            let allowed = self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed == key);
            !value.is_empty() && allowed && !(with_cluster && *key == "cluster")
        });
        let room = self.max.map(|max| max.saturating_sub(usize::from(with_cluster)));
        while room.is_some_and(|room| chosen.len() > room) {
            let place = |key: &str| chosen.iter().position(|(known, _)| *known == key);
            let first = FIRST_TO_GO.into_iter().find_map(place);
            let other = || chosen.iter().rposition(|(key, _)| !LAST_TO_GO.contains(key));
            let last = || LAST_TO_GO.into_iter().rev().find_map(place);
            match first.or_else(other).or_else(last) {
                Some(at) => chosen.remove(at),
                None => break,
            };
        }
    }

    /// Writes the chosen labels and the cluster as tags into `out`, which is cleared first. Of two that have one name after
    /// cleaning the first is written.
    ///
    /// Errors: none; a label whose name holds nothing is left out.
    pub(crate) fn write(
        &self,
        form: Form,
        chosen: &[(&str, &str)],
        names: &mut Vec<(usize, usize)>,
        out: &mut Vec<u8>,
    ) {
        out.clear();
        names.clear();
        if form == Form::Json {
            out.push(b'{');
        }
        let with_cluster = !self.cluster.is_empty();
        let mut cluster = with_cluster.then_some(self.cluster.as_str());
        for (key, value) in chosen {
            if *key > "cluster"
                && let Some(cluster) = cluster.take()
            {
                push_cluster(form, cluster, out);
            }
            let start = out.len();
            push_start(form, out);
            let name_at = out.len();
            push_clean(out, self.name(key));
            let name = (name_at, out.len());
            let text = out.get(name.0..name.1).unwrap_or_default();
            let is_known = |known: &(usize, usize)| out.get(known.0..known.1) == Some(text);
            if text.is_empty() || (with_cluster && text == b"cluster") || names.iter().any(is_known) {
                out.truncate(start);
                continue;
            }
            names.push(name);
            out.extend_from_slice(if form == Form::Json { b"\":\"" } else { b"=" });
            push_clean(out, value);
            if form == Form::Json {
                out.push(b'"');
            }
        }
        if let Some(cluster) = cluster {
            push_cluster(form, cluster, out);
        }
        if form == Form::Json {
            out.push(b'}');
        }
    }

    fn name<'a>(&'a self, label: &'a str) -> &'a str {
        let renamed = self.renamed.iter().find(|(from, _)| from == label);
        renamed.map_or(label, |(_, to)| to)
    }
}

/// What is before a tag's name.
fn push_start(form: Form, out: &mut Vec<u8>) {
    match form {
        Form::Json if out.len() > 1 => out.extend_from_slice(b",\""),
        Form::Json => out.push(b'"'),
        Form::Line => out.push(b' '),
    }
}

/// The cluster is not cleaned, as in the original: a name that the server takes is the operator's business.
fn push_cluster(form: Form, cluster: &str, out: &mut Vec<u8>) {
    push_start(form, out);
    match form {
        Form::Json => {
            out.push_text("cluster\":");
            push_json_string(out, cluster);
        }
        Form::Line => {
            out.push_text("cluster=");
            out.push_text(cluster);
        }
    }
}

/// Appends `text` with `_` for each character that is no ASCII letter or digit and none of `-`, `_`, `.`, `/`.
pub(crate) fn push_clean(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/') {
            continue;
        }
        out.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        from = at + 1;
        // One for each character, not for each of its bytes.
        if !(0x80..0xc0).contains(byte) {
            out.push(b'_');
        }
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
}

#[cfg(test)]
mod tests;
