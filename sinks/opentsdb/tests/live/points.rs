//! The values of a batch, and those that a server holds, in one form.

use heapster_plugin::model::{Batch, Freezer, Labels, Model, Point, Timestamp};
use std::collections::BTreeMap;

/// A number for each metric, its tags and a time: how often it is there.
pub(crate) type Points = BTreeMap<String, Vec<f64>>;

/// What a point is called here.
pub(crate) fn called(metric: &str, tags: &BTreeMap<String, String>, seconds: i64) -> String {
    format!("{metric} {tags:?} @{seconds}")
}

fn clean(text: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    text.chars().map(|c| if keep(c) { c } else { '_' }).collect()
}

/// What a batch should be in OpenTSDB, told apart from the sink.
pub(crate) fn of_batch(batch: &Batch, cluster: &str) -> Points {
    let mut all = Points::new();
    for set in batch.sets() {
        let mut add = |point: Point, own: Option<&Labels>| {
            let labels = set.labels().iter().chain(own.into_iter().flat_map(Labels::iter));
            let mut tags: BTreeMap<String, String> =
                labels.map(|(key, value)| (clean(key), clean(value))).collect();
            tags.retain(|_, value| !value.is_empty());
            tags.insert("cluster".to_owned(), cluster.to_owned());
            let name = clean(batch.metric_name(point.metric())).replace('/', "_");
            let metric = format!("{name}_{}", point.metric_type());
            all.entry(called(&metric, &tags, batch.timestamp().secs()))
                .or_default()
                .push(point.value().as_f64());
        };
        set.points().for_each(|point| add(point, None));
        set.labeled().for_each(|one| add(one.point, Some(one.labels)));
    }
    assert_eq!(all.len(), batch.value_count());
    all
}

/// The same values at another time.
pub(crate) fn at(batch: &Batch, seconds: i64) -> Batch {
    let mut freezer = Freezer::new(Timestamp::from_secs(seconds), batch.len(), batch.value_count());
    for set in batch.sets() {
        let points: Vec<Point> = set.points().collect();
        let (entity, labels) = (set.entity().clone(), set.labels().clone());
        freezer.push(entity, labels, set.times(), set.cpu(), &points, set.labeled());
    }
    freezer.finish(&Model::default().metrics)
}

/// Panics unless each point that is wanted is there once, with its number to `digits`, and nothing else is.
pub(crate) fn assert_same(found: &Points, wanted: &Points, digits: i32) {
    let close = |a: f64, b: f64| (a - b).abs() <= a.abs().max(b.abs()) * 10_f64.powi(-digits);
    let same = |key: &String| match (
        found.get(key).map(Vec::as_slice),
        wanted.get(key).map(Vec::as_slice),
    ) {
        (Some([found]), Some([wanted])) => close(*found, *wanted),
        _ => false,
    };
    let keys = wanted
        .keys()
        .chain(found.keys().filter(|key| !wanted.contains_key(*key)));
    let show = |key: &String| format!("{key}: wanted {:?}, found {:?}", wanted.get(key), found.get(key));
    let wrong: Vec<String> = keys.filter(|key| !same(key)).map(show).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} differ: {:#?}",
        wrong.len(),
        wanted.len(),
        &wrong[..wrong.len().min(5)]
    );
    println!("{} points read back, each there once", wanted.len());
}
