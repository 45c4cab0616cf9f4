//! Batches of every kind.

use crate::model::{
    Batch, CATALOGUE, Entity, Freezer, LabeledPoint, Labels, MetricId, MetricType, Model, Point, Times,
    Timestamp, Value, label,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use std::sync::Arc;

/// How to make a batch; what a property test shows when it fails.
#[derive(Clone, Debug)]
pub struct Plan {
    seconds: i64,
    sets: Vec<PlanSet>,
}

type Pairs = Vec<(String, String)>;

#[derive(Clone, Debug)]
struct PlanSet {
    kind: usize,
    names: [String; 3],
    typed: bool,
    labels: Pairs,
    points: Vec<(String, Value)>,
    labeled: Vec<(String, Value, Pairs)>,
}

impl Plan {
    /// Makes the batch.
    #[must_use]
    pub fn batch(&self) -> Batch {
        let model = Model::default();
        let mut freezer = Freezer::new(Timestamp::from_secs(self.seconds), 0, 0);
        for set in &self.sets {
            let entity = set.entity(&model);
            let typed = set.typed.then(|| (label::TYPE, entity.kind().as_str()));
            let pairs = set
                .labels
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()));
            let labels = Arc::new(Labels::from_pairs(pairs.chain(typed)));
            let point = |(name, value): (&String, &Value)| {
                let metric = model.metrics.intern(name).unwrap_or(MetricId(0));
                Point::new(metric, MetricType::Gauge, *value)
            };
            let points: Vec<Point> = set
                .points
                .iter()
                .map(|(name, value)| point((name, value)))
                .collect();
            let own = |(name, value, labels): &(String, Value, Pairs)| LabeledPoint {
                point: point((name, value)),
                labels: Arc::new(Labels::from_pairs(
                    labels.iter().map(|(key, value)| (key.as_str(), value.as_str())),
                )),
            };
            let labeled: Vec<LabeledPoint> = set.labeled.iter().map(own).collect();
            let labeled = labeled.iter().map(LabeledPoint::as_labeled);
            freezer.push(entity, labels, Times::default(), None, &points, labeled);
        }
        freezer.finish(&model.metrics)
    }
}

impl PlanSet {
    fn entity(&self, model: &Model) -> Arc<Entity> {
        let [a, b, c] = &self.names;
        match self.kind {
            0 => model.entities.cluster(),
            1 => model.entities.namespace(a),
            2 => model.entities.node(a),
            3 => model.entities.pod(a, b),
            4 => model.entities.pod_container(a, b, c),
            _ => model.entities.system_container(a, b),
        }
    }
}

/// Plans of up to ten sets of every kind, with names, labels and numbers as awkward as they come: separators and quotes of
/// every protocol, empty and long texts, absent labels, the ends of the number ranges, NaN and infinities.
pub fn any_plan() -> impl Strategy<Value = Plan> {
    (0..4_000_000_000_i64, vec(any_set(), 0..10)).prop_map(|(seconds, sets)| Plan { seconds, sets })
}

fn any_set() -> impl Strategy<Value = PlanSet> {
    let labels = vec((any_key(), any_text()), 0..8);
    let points = vec((any_metric(), any_value()), 0..8);
    let labeled = vec((any_metric(), any_value(), any_labels()), 0..4);
    let names = [any_text(), any_text(), any_text()];
    (0..6_usize, names, any::<u8>(), labels, points, labeled).prop_map(
        |(kind, names, odd, labels, points, labeled)| PlanSet {
            kind,
            names,
            typed: odd >= 16,
            labels,
            points,
            labeled,
        },
    )
}

fn any_labels() -> impl Strategy<Value = Pairs> {
    let resource = option::weighted(0.9, any_text().prop_map(|id| (label::RESOURCE_ID.to_owned(), id)));
    (resource, vec((any_key(), any_text()), 0..2)).prop_map(|(resource, mut labels)| {
        labels.extend(resource);
        labels
    })
}

fn any_metric() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..CATALOGUE.len()).prop_map(|at| CATALOGUE.get(at).map_or("uptime", |metric| metric.name).to_owned()),
        1 => any_text().prop_map(|name| format!("custom/{name}")),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::Int),
        (0..1_000_000_i64).prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        (0.0..1e12).prop_map(Value::Float),
        Just(Value::Float(f64::NAN)),
        Just(Value::Float(f64::INFINITY)),
        Just(Value::Float(f64::NEG_INFINITY)),
        Just(Value::Float(-0.0)),
    ]
}

fn any_key() -> impl Strategy<Value = String> {
    let known = [
        label::TYPE,
        label::NODENAME,
        label::HOSTNAME,
        label::HOST_ID,
        label::NAMESPACE_NAME,
        label::NAMESPACE_ID,
        label::POD_NAME,
        label::POD_ID,
        label::CONTAINER_NAME,
        label::CONTAINER_BASE_IMAGE,
        label::LABELS,
        label::RESOURCE_ID,
    ];
    prop_oneof![
        6 => (0..known.len()).prop_map(move |at| known.get(at).unwrap_or(&label::LABELS).to_string()),
        1 => any_text(),
    ]
}

fn any_text() -> impl Strategy<Value = String> {
    let chosen = [
        "",
        "a",
        "node-1.example.com",
        "kube-system",
        "k8s-app:dns,tier:back end",
        ",,:,a:,:b,c",
        "/dev/sda1",
        "8:0",
        "\"quoted\\\"",
        "'it'",
        "line\nbreak\r\n",
        "tab\tand\u{0}null",
        "a=b;c|d#e@f",
        "%41+&?#",
        "{}[]<>$(x)",
        "...",
        "__",
        "ü€😀",
        "\u{2028}\u{feff}",
    ];
    prop_oneof![
        12 => (0..chosen.len()).prop_map(move |at| chosen.get(at).unwrap_or(&"").to_string()),
        2 => "[a-z]{1,12}",
        1 => any::<String>(),
        1 => (250..1_100_usize).prop_map(|length| "x".repeat(length)),
    ]
}

/// A batch of so many pods with ten plain values and one labeled one each, as a cluster has them.
#[must_use]
pub fn many_pods(pods: usize) -> Batch {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::from_secs(1_800_000_000), pods, pods * 10);
    let plain = CATALOGUE.iter().filter(|metric| !metric.labeled).take(10);
    let metrics: Vec<MetricId> = plain
        .filter_map(|metric| model.metrics.find(metric.name))
        .collect();
    let disk = Arc::new(Labels::from_pairs([(label::RESOURCE_ID, "/dev/sda1")]));
    for pod in 0..pods {
        let name = format!("pod-{pod}");
        let labels = Labels::from_pairs([
            (label::TYPE, "pod"),
            (label::NAMESPACE_NAME, "default"),
            (label::NODENAME, "node-1"),
            (label::HOSTNAME, "node-1.example.com"),
            (label::POD_NAME, name.as_str()),
            (label::LABELS, "app:web,tier:front"),
        ]);
        let values = (pod..).map(|value| i64::try_from(value).unwrap_or_default());
        let points: Vec<Point> = metrics
            .iter()
            .zip(values)
            .map(|(id, value)| Point::gauge(*id, value))
            .collect();
        let labeled = LabeledPoint {
            point: Point::gauge(crate::model::id::FILESYSTEM_USAGE, 8_192),
            labels: disk.clone(),
        };
        let entity = model.entities.pod("default", &name);
        freezer.push(
            entity,
            Arc::new(labels),
            Times::default(),
            None,
            &points,
            [labeled.as_labeled()],
        );
    }
    freezer.finish(&model.metrics)
}
