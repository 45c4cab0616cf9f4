use super::*;
use crate::config::Way;
use heapster_plugin::model::{Model, Timestamp, id};
use heapster_plugin::sink::Rejection;
use heapster_plugin::testkit;
use heapster_rehearsal::{pods, recorded};
use heapster_socket::Address;

fn config(prefix: &str, tagged: bool) -> Config {
    Config {
        prefix: prefix.to_owned(),
        tagged,
        way: Way::Udp(Address::parse("", 2003).unwrap()),
    }
}

fn lines(batch: &Batch, config: &Config) -> (Vec<String>, Skipped) {
    let mut encoder = Encoder::new(batch, config);
    let mut out = Vec::new();
    batch.sets().for_each(|set| encoder.push(&set, &mut out));
    let text = String::from_utf8(out).unwrap();
    (text.lines().map(str::to_owned).collect(), encoder.finish())
}

#[test]
fn the_lines_are_those_of_the_original_but_for_resources() {
    let mut wanted: Vec<String> = include_str!("../../tests/golden/lines.txt")
        .lines()
        .map(|line| match line.split(' ').next().unwrap().rsplit_once('.') {
            // Differs: without the resource, values of several disks and filesystems share one path.
            Some((path, "io_read_bytes")) => line.replace(path, &path.replace(".disk", ".disk.8_0")),
            Some((path, "usage")) if path.ends_with(".filesystem") => {
                let resource = if path.contains(".pods.") {
                    "Volume_data"
                } else {
                    "dev_sda1"
                };
                line.replace(path, &format!("{path}.{resource}"))
            }
            _ => line.to_owned(),
        })
        .collect();
    let (mut lines, skipped) = lines(&recorded().unwrap(), &config("kubernetes.example", false));
    wanted.sort();
    lines.sort();
    assert_eq!(lines, wanted);
    assert_eq!(skipped, Skipped::default());
}

#[test]
fn tagged_lines_have_labels_behind_the_metric() {
    let (lines, _) = lines(&recorded().unwrap(), &config("k8s", true));
    for wanted in [
        "k8s.cpu.limit;type=cluster 4000 1519905600",
        "k8s.filesystem.usage;hostname=node-1.example.com;nodename=node-1.example.com;type=node;\
         resource_id=/dev/sda1 21474836480 1519905600",
        "k8s.network.rx_rate;hostname=node-1.example.com;namespace_name=kube-system;nodename=node-1.example.com;\
         pod_name=dns-7d.x;type=pod 12.500000 1519905600",
    ] {
        assert!(
            lines.iter().any(|line| line == wanted),
            "{wanted} is not in {lines:#?}"
        );
    }
}

#[test]
fn what_has_no_line_is_counted() {
    let model = Model::default();
    let long = model.metrics.intern(&"x".repeat(LONGEST)).unwrap();
    let kind = heapster_plugin::model::MetricType::Gauge;
    let points = [
        Point::gauge(id::UPTIME, 7),
        Point::float(id::CPU_NODE_CAPACITY, kind, f64::NAN),
        Point::float(id::MEMORY_NODE_CAPACITY, kind, f64::INFINITY),
        Point::gauge(long, 1),
    ];
    let batch = testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(model.entities.cluster(), &[], &points)],
    );
    let (lines, skipped) = lines(&batch, &config("k", false));
    assert_eq!(lines, ["k.cluster.uptime 7 60"]);
    let outcome = skipped.outcome(&batch);
    assert_eq!(outcome.accepted, 1);
    assert_eq!(
        outcome.rejected,
        [(Rejection::Unrepresentable, 2), (Rejection::TooLarge, 1)]
    );
}

#[test]
fn encoding_allocates_nothing_a_value() {
    let batch = pods(200);
    for tagged in [false, true] {
        let config = config("kubernetes", tagged);
        let mut encoder = Encoder::new(&batch, &config);
        let mut out = Vec::new();
        batch.sets().for_each(|set| encoder.push(&set, &mut out));
        out.clear();
        let counted = allocation_counter::measure(|| {
            batch.sets().for_each(|set| encoder.push(&set, &mut out));
        });
        assert_eq!(counted.count_total, 0);
    }
}
