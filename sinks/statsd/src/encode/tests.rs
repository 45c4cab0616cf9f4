use super::*;
use heapster_plugin::model::Batch;
use heapster_plugin::model::{MetricType, Model, Timestamp, id};
use heapster_plugin::options::Options;
use heapster_plugin::sink::{Outcome, Rejection};
use heapster_plugin::testkit;
use heapster_plugin::uri::Uri;
use heapster_rehearsal::{pods, recorded};

const OPTIONS: &str = "prefix=kubernetes.example.&renameLabels=type:k8s_type&labelStyle=lowerCamelCase";

fn config(query: &str) -> (Config, Keys) {
    let uri = Uri::parse(&format!("statsd:udp://h:1?{query}"), |_| None).unwrap();
    let (options, _) = Options::parse("sink", crate::config::OPTIONS, &uri).unwrap();
    let config = Config::new(&uri, &options).unwrap();
    let keys = Keys::new(config.form, config.style, config.rename.clone());
    (config, keys)
}

fn lines(batch: &Batch, query: &str) -> (Vec<String>, Skipped) {
    let (config, mut keys) = config(query);
    let mut encoder = Encoder::new(&config, &mut keys);
    let mut out = Vec::new();
    batch.sets().for_each(|set| encoder.push(set, &mut out));
    let text = String::from_utf8(out).unwrap();
    (text.lines().map(str::to_owned).collect(), encoder.finish())
}

/// The lines of the original, with what differs on purpose.
fn wanted(text: &str) -> Vec<String> {
    let mended = |line: &str| {
        line.replace(".8:0:", ".8_0:")
            .replace("Volume:data:", "Volume_data:")
            .replace("8.36855808e+09", "8368558080")
    };
    let mut lines: Vec<String> = text.lines().map(mended).collect();
    lines.sort();
    lines
}

#[test]
fn names_with_labels_are_those_of_the_original_but_for_colons_and_exponents() {
    let (mut lines, skipped) = lines(&recorded().unwrap(), OPTIONS);
    lines.sort();
    assert_eq!(lines, wanted(include_str!("../../tests/golden/etsystatsd.txt")));
    assert_eq!(skipped, Skipped::default());
}

#[test]
fn names_with_tags_are_those_of_the_original_but_for_exponents() {
    let (mut lines, _) = lines(
        &recorded().unwrap(),
        &format!("{OPTIONS}&protocolType=influxstatsd"),
    );
    lines.sort();
    assert_eq!(lines, wanted(include_str!("../../tests/golden/influxstatsd.txt")));
}

#[test]
fn datadog_gets_its_tags_behind_the_value() {
    let (lines, _) = lines(
        &recorded().unwrap(),
        "protocolType=dogstatsd&prefix=k8s.&allowedLabels=type,app,tier",
    );
    for wanted in [
        "k8s.cpu.limit:4000|g|#type:cluster",
        "k8s.network.rx_rate:12.5|g|#tier:back end,type:pod",
    ] {
        assert!(
            lines.iter().any(|line| line == wanted),
            "{wanted} is not in {lines:#?}"
        );
    }
}

#[test]
fn paths_are_whole_whatever_labels_are_allowed() {
    let (lines, _) = lines(&recorded().unwrap(), "allowedLabels=k8s-app");
    let wanted =
        "node.node-1_example_com.namespace.kube-system.pod.dns-7d_x.k8s-app.dns.network/rx:1000000|g";
    assert!(lines.iter().any(|line| line == wanted), "{lines:#?}");
    let (tagged, _) = self::lines(
        &recorded().unwrap(),
        "allowedLabels=hostname&protocolType=influxstatsd",
    );
    assert!(
        tagged.contains(&"memory/usage,hostname=node-1.example.com:104857600|g".to_owned()),
        "{tagged:#?}"
    );
    assert!(tagged.contains(&"cpu/limit:4000|g".to_owned()), "{tagged:#?}");
}

fn one(labels: &[(&str, &str)], points: &[Point], query: &str) -> (Vec<String>, Outcome) {
    let model = Model::default();
    let batch = testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(model.entities.pod("n", "p"), labels, points)],
    );
    let (lines, skipped) = lines(&batch, query);
    (lines, skipped.outcome(&batch))
}

#[test]
fn user_labels_without_a_value_or_a_colon_are_left_out_and_leave_no_dot() {
    let point = [Point::gauge(id::UPTIME, 7)];
    for (labels, wanted) in [
        (
            "a:1,b,c:,:d,e:2:3,a:4",
            "node..namespace..pod..a.4.e.2.uptime:7|g",
        ),
        ("b,,c:", "node..namespace..pod..uptime:7|g"),
    ] {
        assert_eq!(one(&[("labels", labels)], &point, "").0, [wanted]);
    }
    let tagged = one(&[("labels", "type:x,a:1")], &point, "protocolType=influxstatsd");
    assert_eq!(tagged.0, ["uptime,a=1,type=x:7|g"]);
}

#[test]
fn a_negative_gauge_is_set_and_not_changed() {
    let float = Point::float(id::CPU_NODE_CAPACITY, MetricType::Gauge, -0.5);
    let (lines, outcome) = one(
        &[],
        &[Point::gauge(id::UPTIME, -7), float],
        "protocolType=influxstatsd",
    );
    assert_eq!(
        lines,
        [
            "cpu/node_capacity,type=pod:0|g",
            "cpu/node_capacity,type=pod:-0.5|g",
            "uptime,type=pod:0|g",
            "uptime,type=pod:-7|g",
        ]
    );
    assert_eq!(outcome, Outcome::all(2));
}

#[test]
fn what_has_no_line_is_counted() {
    let nan = Point::float(id::CPU_NODE_CAPACITY, MetricType::Gauge, f64::NAN);
    let (lines, outcome) = one(&[], &[Point::gauge(id::UPTIME, 7), nan], "");
    assert_eq!(lines.len(), 1);
    assert_eq!(
        outcome,
        Outcome::all(1).and_rejected(Rejection::Unrepresentable, 1)
    );
    let long = "x".repeat(Socket::LARGEST);
    let (lines, outcome) = one(&[("pod_name", &long)], &[Point::gauge(id::UPTIME, -7)], "");
    assert_eq!(lines.len(), 0);
    assert_eq!(outcome, Outcome::rejected(Rejection::TooLarge, 1));
}

#[test]
fn encoding_allocates_nothing_a_value() {
    let batch = pods(200);
    for query in [
        "",
        "protocolType=influxstatsd&labelStyle=lowerCamelCase",
        "protocolType=dogstatsd",
    ] {
        let (config, mut keys) = config(query);
        let mut encoder = Encoder::new(&config, &mut keys);
        let mut out = Vec::new();
        batch.sets().for_each(|set| encoder.push(set, &mut out));
        out.clear();
        let counted = allocation_counter::measure(|| {
            batch.sets().for_each(|set| encoder.push(set, &mut out));
        });
        assert_eq!(counted.count_total, 0, "{query}");
    }
}
