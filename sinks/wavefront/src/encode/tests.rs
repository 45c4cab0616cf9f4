use super::*;
use heapster_plugin::model::{MetricType, Model, Timestamp, id};
use heapster_plugin::testkit;
use heapster_rehearsal::{pods, recorded};

fn config(user_labels: bool, containers: bool) -> Config {
    Config {
        cluster: "c1".to_owned(),
        prefix: "heapster.".to_owned(),
        user_labels,
        containers,
        batch: 10_000,
        concurrency: 1,
    }
}

fn lines(batch: &Batch, config: &Config) -> (Vec<String>, Vec<Encoded>) {
    let mut encoder = Encoder::new(batch, config);
    let (mut out, mut told) = (Vec::new(), Vec::new());
    batch
        .sets()
        .for_each(|set| encoder.push(&set, &mut out, |one| told.push(one)));
    let text = String::from_utf8(out).unwrap();
    (text.lines().map(str::to_owned).collect(), told)
}

/// The line with its tags sorted, as the recording has them.
fn sorted(line: &str) -> String {
    let (head, rest) = line.split_once(" source=").unwrap();
    let (source, tags) = rest.split_once(' ').unwrap();
    let mut tags: Vec<&str> = tags.split_terminator("\" ").collect();
    tags.sort_unstable();
    format!("{head} source={source} {}\" ", tags.join("\" "))
}

#[test]
fn the_lines_are_those_of_the_original() {
    let (lines, told) = lines(&recorded().unwrap(), &config(true, true));
    let mut lines: Vec<String> = lines.iter().map(|line| sorted(line)).collect();
    let mut wanted: Vec<String> = include_str!("../../tests/golden/lines.txt")
        .lines()
        .map(sorted)
        .collect();
    lines.sort();
    wanted.sort();
    assert_eq!(lines, wanted);
    assert_eq!(told, [Encoded::Line; 15]);
}

#[test]
fn without_user_labels_and_containers_neither_is_there() {
    let (lines, told) = lines(&recorded().unwrap(), &config(false, false));
    assert_eq!(lines.len(), 11);
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("label.") || line.contains("pod_container"))
    );
    assert!(lines.iter().any(|line| line.contains("sys_container")));
    assert_eq!(told.iter().filter(|told| **told == Encoded::LeftOut).count(), 4);
}

fn of(
    kind: fn(&Model) -> std::sync::Arc<heapster_plugin::model::Entity>,
    labels: &[(&str, &str)],
) -> Vec<String> {
    let model = Model::default();
    let points = [Point::gauge(id::UPTIME, 7)];
    let batch = testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(kind(&model), labels, &points)],
    );
    lines(&batch, &config(true, true)).0
}

#[test]
fn no_source_is_empty() {
    let node = |model: &Model| model.entities.node("n");
    for (labels, source) in [
        (&[("hostname", "h"), ("nodename", "n")][..], "source=\"h\" "),
        (&[("hostname", ""), ("nodename", "n")], "source=\"n\" "),
        (&[], "source=\"c1\" "),
    ] {
        let lines = of(node, labels);
        assert!(lines[0].contains(source), "{lines:?}");
    }
    let namespace = |model: &Model| model.entities.namespace("n");
    assert!(of(namespace, &[("namespace_name", "n")])[0].contains("source=\"n-ns\" "));
    assert!(of(namespace, &[])[0].contains("source=\"c1\" "));
    assert!(of(|model| model.entities.cluster(), &[])[0].contains("source=\"c1\" "));
}

#[test]
fn units_of_the_system_are_left_out() {
    let unit = |model: &Model| model.entities.system_container("n", "system.slice/x");
    assert_eq!(
        of(unit, &[("container_name", "/system.slice/x.service")]),
        [""; 0]
    );
    assert_eq!(of(unit, &[("container_name", "system.slice")]).len(), 1);
}

#[test]
fn what_a_proxy_would_refuse_is_escaped_or_replaced() {
    let lines = of(
        |model| model.entities.pod("n", "p"),
        &[("labels", "a b:say \"x\",empty:,:v,no"), ("x=y", "1\n2")],
    );
    assert_eq!(
        lines,
        [
            "heapster.pod.uptime 7 60 source=\"c1\" cluster=\"c1\" type=\"pod\" x-y=\"1 2\" \
          label.a-b=\"say \\\"x\\\"\" label.-=\"v\" "
        ]
    );
}

#[test]
fn what_has_no_line_is_told() {
    let model = Model::default();
    let points = [
        Point::gauge(id::UPTIME, 7),
        Point::float(id::CPU_NODE_CAPACITY, MetricType::Gauge, f64::NAN),
    ];
    let batch = testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(model.entities.cluster(), &[], &points)],
    );
    let (lines, told) = lines(&batch, &config(true, true));
    assert_eq!(lines.len(), 1);
    assert_eq!(told, [Encoded::Unrepresentable, Encoded::Line]);
}

#[test]
fn encoding_allocates_nothing_a_value() {
    let batch = pods(200);
    let config = config(true, true);
    let mut encoder = Encoder::new(&batch, &config);
    let mut out = Vec::new();
    batch.sets().for_each(|set| encoder.push(&set, &mut out, |_| ()));
    out.clear();
    let counted = allocation_counter::measure(|| {
        batch.sets().for_each(|set| encoder.push(&set, &mut out, |_| ()));
    });
    assert_eq!(counted.count_total, 0);
}
