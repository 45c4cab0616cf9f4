//! The options `only` and `skip`, on a small cluster.

use super::*;

/// A node with a plain and two labeled values; pods in two namespaces.
fn cluster() -> Arc<Batch> {
    let model = Model::default();
    let all = &model.entities;
    let mut freezer = Freezer::new(Timestamp::from_secs(60), 0, 0);
    let rss = [Point::gauge(id::MEMORY_RSS, 1)];
    let disks =
        ["/", "/var"].map(|name| Arc::new(Labels::from_pairs([("resource_id", name), ("host", "own")])));
    let own = disks.each_ref().map(|labels| Labeled {
        point: Point::gauge(id::FILESYSTEM_USAGE, 2),
        labels,
    });
    set(
        &mut freezer,
        all.node("n"),
        &[("nodename", "n"), ("host", "set")],
        &rss,
        &own,
    );
    let custom = model.metrics.intern("custom/qps").unwrap();
    let both = [rss[0], Point::gauge(custom, 3)];
    for namespace in ["shop", "kube-system"] {
        let labels = [("namespace_name", namespace), ("pod_name", "p")];
        set(&mut freezer, all.pod(namespace, "p"), &labels, &both, &[]);
    }
    Arc::new(freezer.finish(&model.metrics))
}

/// What passes, as `key metric` with the resource, and whether the batch is the same one.
fn passes(only: &[&str], skip: &[&str]) -> (Vec<String>, bool) {
    let mut conditions = Conditions::default();
    only.iter().for_each(|text| conditions.only(text).unwrap());
    skip.iter().for_each(|text| conditions.skip(text).unwrap());
    let (filter, whole) = (Batch::compile(conditions).unwrap(), cluster());
    let Some(batch) = Batch::pass(&whole, &filter) else {
        return (Vec::new(), false);
    };
    let mut all = Vec::new();
    for set in batch.sets() {
        let key = set.entity().key();
        let name = |point: Point| batch.metric_name(point.metric()).to_owned();
        all.extend(set.points().map(|point| format!("{key} {}", name(point))));
        let resource = |one: Labeled<'_>| one.labels.get("resource_id").unwrap_or_default().to_owned();
        all.extend(
            set.labeled()
                .map(|one| format!("{key} {} {}", name(one.point), resource(one))),
        );
    }
    (all, Arc::ptr_eq(&batch, &whole))
}

const NODE: [&str; 3] = [
    "node:n memory/rss",
    "node:n filesystem/usage /",
    "node:n filesystem/usage /var",
];
const SHOP: [&str; 2] = [
    "namespace:shop/pod:p memory/rss",
    "namespace:shop/pod:p custom/qps",
];

#[test]
fn by_type_whole_sets_pass() {
    assert_eq!(passes(&["type=node"], &[]).0, NODE);
    assert_eq!(passes(&[], &["type=node", "type=cluster"]).0.len(), 4);
    assert_eq!(passes(&["type=cluster"], &[]).0, [""; 0]);
}

#[test]
fn what_passes_whole_is_not_copied() {
    assert!(passes(&["type=node", "type=pod"], &[]).1);
    assert!(passes(&[], &["name=nothing"]).1);
    assert!(passes(&["type=~."], &["namespace_name=other"]).1);
}

#[test]
fn by_name_values_pass() {
    assert_eq!(passes(&["name=~^filesystem/"], &[]).0, NODE[1..]);
    let skipped = passes(&["type=pod"], &["name=~^custom/"]).0;
    assert_eq!(skipped, ["namespace:kube-system/pod:p memory/rss", SHOP[0]]);
}

#[test]
fn by_label_an_absent_one_is_empty() {
    assert_eq!(passes(&["namespace_name=shop"], &[]).0, SHOP);
    assert_eq!(passes(&[], &["namespace_name=~."]).0, NODE);
    assert_eq!(
        passes(&["namespace_name=", "namespace_name=shop"], &[]).0.len(),
        5
    );
}

#[test]
fn a_values_own_label_counts_before_the_sets() {
    assert_eq!(passes(&["host=own"], &[]).0, NODE[1..]);
    assert_eq!(passes(&["host=set"], &[]).0, NODE[..1]);
    assert_eq!(passes(&["nodename=n"], &["resource_id=/"]).0, [NODE[0], NODE[2]]);
    assert_eq!(
        passes(&["resource_id=/var", "resource_id=/"], &["name=memory/rss"]).0,
        NODE[1..]
    );
}

#[test]
fn conditions_on_several_fields_must_all_hold() {
    let only = ["type=pod", "name=custom/qps", "namespace_name!=kube-system"];
    assert_eq!(passes(&only, &[]).0, SHOP[1..]);
    assert_eq!(passes(&only, &["pod_name=p"]).0, [""; 0]);
}
