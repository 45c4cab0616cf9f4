//! The object `MetricsTags`.

use heapster_gotext::push_json_string;
use heapster_plugin::model::Labels;

const CLUSTER: &str = "cluster_name";

/// Appends the tags of a document as a JSON object, sorted by key: the labels of the set, those of the value over them, and
/// `cluster_name` over both. Empty values are kept.
///
/// Source: Heapster 1.5 metrics/sinks/elasticsearch/driver.go.
/// Differs: there `cluster_name` was written into labels that every other consumer of the batch shares.
pub(crate) fn push_tags(out: &mut Vec<u8>, set: &Labels, own: Option<&Labels>, cluster: &str) {
    let mut own = own.into_iter().flat_map(Labels::iter).peekable();
    let mut set = set.iter().peekable();
    let mut added = [(CLUSTER, cluster)].into_iter().peekable();
    let mut separator = b'{';
    loop {
        let heads = [added.peek(), own.peek(), set.peek()];
        let Some(key) = heads.into_iter().flatten().map(|(key, _)| *key).min() else {
            break;
        };
        // All three move past the key; the first that has it gives the value.
        let taken = [
            added.next_if(|(k, _)| *k == key),
            own.next_if(|(k, _)| *k == key),
            set.next_if(|(k, _)| *k == key),
        ];
        let value = taken.into_iter().flatten().next().map_or("", |(_, value)| value);
        out.push(separator);
        separator = b',';
        push_json_string(out, key);
        out.push(b':');
        push_json_string(out, value);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(set: &[(&str, &str)], own: &[(&str, &str)]) -> String {
        let mut out = Vec::new();
        let labels = |pairs: &[(&str, &str)]| Labels::from_pairs(pairs.iter().copied());
        push_tags(&mut out, &labels(set), Some(&labels(own)), "c1");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn tags_are_sorted_and_the_nearer_label_wins() {
        let text = tags(
            &[("a", "1"), ("resource_id", "x")],
            &[("resource_id", "<y>"), ("z", "")],
        );
        assert_eq!(
            text,
            r#"{"a":"1","cluster_name":"c1","resource_id":"\u003cy\u003e","z":""}"#
        );
    }

    #[test]
    fn the_cluster_name_of_the_option_wins_over_a_label_of_that_name() {
        assert_eq!(
            tags(&[(CLUSTER, "x")], &[(CLUSTER, "y")]),
            r#"{"cluster_name":"c1"}"#
        );
        assert_eq!(tags(&[], &[]), r#"{"cluster_name":"c1"}"#);
    }
}
