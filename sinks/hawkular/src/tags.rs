//! The tags of a definition.

use crate::config::Config;
use heapster_gotext::push_json_string;
use heapster_plugin::model::{CATALOGUE, Labels, Metric, MetricNames, SetView, label};
use heapster_tally::Spot;
use std::sync::LazyLock;
use twox_hash::XxHash3_64;

const GROUP: &str = "group_id";
const NAME: &str = "descriptor_name";

/// Labels of labeled metrics, their tags, what these say.
const DESCRIBED: [(&str, &str, &str); 4] = [
    (
        label::RESOURCE_ID,
        "resource_id_description",
        "Device, volume or filesystem the value belongs to",
    ),
    (label::MAKE, "make_description", "Who made the accelerator"),
    (label::MODEL, "model_description", "Model of the accelerator"),
    (
        label::ACCELERATOR_ID,
        "accelerator_id_description",
        "Identifier of the accelerator",
    ),
];

/// The hash of a tag. Those of a definition are put together by exclusive or, so that their order does not matter and a set's
/// part is made once.
pub(crate) fn hash(key: &str, value: &str) -> u64 {
    let key = XxHash3_64::oneshot(key.as_bytes());
    XxHash3_64::oneshot_with_seed(key, value.as_bytes())
}

/// What the metric itself says: units, descriptions, name.
fn of_metric(metric: &'static Metric) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_accelerator = metric.name.starts_with("accelerator/");
    let described = DESCRIBED
        .into_iter()
        .filter(move |(label, _, _)| metric.labeled && is_accelerator != (*label == label::RESOURCE_ID))
        .map(|(_, tag, text)| (tag, text));
    let units = metric.units.as_str();
    described
        .chain((!units.is_empty()).then_some(("units", units)))
        .chain([(NAME, metric.name)])
}

/// The hashes of what each metric of the catalogue says.
static METRICS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let all = |metric| of_metric(metric).fold(0, |sum, (key, value)| sum ^ hash(key, value));
    CATALOGUE.iter().map(all).collect()
});

/// The pairs in the label `labels`: split at commas, then at the one colon; a part with more or none is no pair.
fn user_labels(labels: &Labels) -> impl Iterator<Item = (&str, &str)> {
    let all = labels.get(label::LABELS).unwrap_or("").split(',');
    all.filter_map(|part| part.split_once(':').filter(|(_, value)| !value.contains(':')))
}

/// The part of the hash that all definitions of a set share; `key` is room for names.
pub(crate) fn hash_of_set(config: &Config, set: &SetView<'_>, key: &mut String) -> u64 {
    let labels = set
        .labels()
        .iter()
        .fold(0, |sum, (key, value)| sum ^ hash(key, value));
    user_labels(set.labels()).fold(labels, |sum, (name, value)| {
        key.clear();
        key.push_str(&config.tag_prefix);
        key.push_str(name);
        sum ^ hash(key, value)
    })
}

/// The whole hash, from that of the set; `None` for a metric outside the catalogue, which has no tags. `group` is room.
pub(crate) fn hash_of(spot: &Spot<'_>, of_set: u64, group: &mut String) -> Option<u64> {
    let index = usize::try_from(spot.point.metric().0).ok()?;
    let of_metric = METRICS.get(index)?;
    let labels = spot.set.labels();
    group.clear();
    push_group(spot, group);
    let mut sum = of_set ^ of_metric ^ hash(GROUP, group);
    for (key, value) in spot.labels.into_iter().flat_map(|own| own.iter()) {
        let hidden = labels.get(key).map_or(0, |hidden| hash(key, hidden));
        sum ^= hash(key, value) ^ hidden;
    }
    Some(sum)
}

fn push_group(spot: &Spot<'_>, group: &mut String) {
    group.push_str(spot.set.labels().get(label::CONTAINER_NAME).unwrap_or(""));
    group.push('/');
    group.push_str(spot.name());
}

/// The tags as a JSON object, sorted by name: what the metric says, the labels, the user's labels one by one, the value's own;
/// of two with one name the later one stays.
pub(crate) fn json(config: &Config, spot: &Spot<'_>) -> String {
    let mut all: Vec<(String, &str)> = Vec::new();
    let metric = MetricNames::describe(spot.point.metric());
    all.extend(
        metric
            .into_iter()
            .flat_map(of_metric)
            .map(|(key, value)| (key.to_owned(), value)),
    );
    let labels = spot.set.labels();
    all.extend(labels.iter().map(|(key, value)| (key.to_owned(), value)));
    all.extend(user_labels(labels).map(|(key, value)| (format!("{}{key}", config.tag_prefix), value)));
    all.extend(
        spot.labels
            .into_iter()
            .flat_map(|own| own.iter())
            .map(|(key, value)| (key.to_owned(), value)),
    );
    let mut group = String::new();
    push_group(spot, &mut group);
    all.push((GROUP.to_owned(), &group));
    all.push((NAME.to_owned(), spot.name()));
    all.reverse();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup_by(|later, first| later.0 == first.0);
    let mut out = String::from("{");
    for (at, (key, value)) in all.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_json_string(&mut out, key);
        out.push(':');
        push_json_string(&mut out, value);
    }
    out.push('}');
    out
}
