use super::*;
use crate::line::Part;
use crate::line::tests::{kept, read};
use heapster_plugin::model::{Freezer, LabeledPoint, MetricType, Model, Times, id, label};
use heapster_rehearsal::{pods, recorded};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn schema() -> Schema {
    Schema {
        with_fields: false,
        without_counters: false,
        cluster_name: "c1".to_owned(),
        precision: Precision::Nanoseconds,
        dropped: vec!["namespace_id", "pod_id", "hostname", "host_id"],
    }
}

/// All requests of a batch.
fn encode(schema: Schema, batch: &Batch) -> Vec<(Chunk, String)> {
    let (mut encoder, mut cursor, mut out) = (Encoder::new(schema), Cursor::default(), Vec::new());
    let mut all = Vec::new();
    encoder.begin(batch);
    while let Some(chunk) = encoder.next(batch, &mut cursor, &mut out) {
        all.push((chunk, String::from_utf8(out.clone()).unwrap()));
    }
    all
}

fn text(schema: Schema, batch: &Batch) -> String {
    encode(schema, batch).into_iter().map(|(_, text)| text).collect()
}

/// The recordings are sorted; the original's order is random.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_recorded_batch_gives_the_recorded_lines() {
    let batch = recorded().unwrap();
    let plain = text(schema(), &batch);
    assert_eq!(
        sorted(&plain),
        sorted(include_str!("../../tests/golden/default.txt"))
    );
    assert_eq!(plain.len(), include_str!("../../tests/golden/default.txt").len());
    let with_fields = Schema {
        with_fields: true,
        ..schema()
    };
    assert_eq!(
        sorted(&text(with_fields, &batch)),
        sorted(include_str!("../../tests/golden/withfields.txt"))
    );
    let without = Schema {
        without_counters: true,
        ..schema()
    };
    assert_eq!(
        sorted(&text(without, &batch)),
        sorted(include_str!("../../tests/golden/nocounters.txt"))
    );
}

fn one(labels: &[(&str, &str)], own: &[(&str, &str)], point: Point, model: &Model) -> Batch {
    let mut freezer = Freezer::new(Timestamp::from_nanos(1_519_905_600_123_456_789), 0, 0);
    let labels = Arc::new(Labels::from_pairs(labels.iter().copied()));
    let own = Arc::new(Labels::from_pairs(own.iter().copied()));
    let labeled = LabeledPoint { point, labels: own };
    let node = model.entities.node("n");
    freezer.push(node, labels, Times::default(), None, &[], [labeled.as_labeled()]);
    freezer.finish(&model.metrics)
}

#[test]
fn own_labels_win_and_the_clusters_name_wins_over_all() {
    let set = [
        ("a", "1"),
        ("cluster_name", "x"),
        ("resource_id", "y"),
        ("pod_id", "p"),
        ("z", ""),
    ];
    let own = [
        ("", "e"),
        ("b", "2"),
        ("cluster_name", "w"),
        ("resource_id", "/"),
        ("zz", "3"),
    ];
    let batch = one(&set, &own, Point::gauge(id::UPTIME, 7), &Model::default());
    let line = "uptime,a=1,b=2,cluster_name=c1,resource_id=/,zz=3 value=7i 1519905600123456789\n";
    assert_eq!(text(schema(), &batch), line);
    let nameless = Schema {
        cluster_name: String::new(),
        dropped: vec!["a"],
        ..schema()
    };
    let line = "uptime,b=2,pod_id=p,resource_id=/,zz=3 value=7i 1519905600123456789\n";
    assert_eq!(text(nameless, &batch), line);
}

#[test]
fn a_set_without_labels_has_the_clusters_name() {
    let batch = one(&[], &[], Point::gauge(id::UPTIME, 7), &Model::default());
    assert_eq!(
        text(schema(), &batch),
        "uptime,cluster_name=c1 value=7i 1519905600123456789\n"
    );
}

#[test]
fn times_are_in_the_unit_asked_for() {
    for (precision, wanted) in [
        (Precision::Nanoseconds, "1519905600123456789"),
        (Precision::Microseconds, "1519905600123456"),
        (Precision::Milliseconds, "1519905600123"),
        (Precision::Seconds, "1519905600"),
    ] {
        let batch = one(&[], &[], Point::gauge(id::UPTIME, 7), &Model::default());
        let text = text(
            Schema {
                precision,
                ..schema()
            },
            &batch,
        );
        assert_eq!(text.rsplit(' ').next(), Some(format!("{wanted}\n").as_str()));
    }
}

#[test]
fn numbers_have_no_exponent_and_integers_their_mark() {
    let float = |value| Point::float(id::UPTIME, MetricType::Gauge, value);
    for (point, wanted) in [
        (Point::gauge(id::UPTIME, i64::MIN), "-9223372036854775808i"),
        (float(8_368_558_080.0), "8368558080"),
        (float(-0.125), "-0.125"),
        (float(1e21), "1000000000000000000000"),
        (float(1e-7), "0.0000001"),
    ] {
        let text = text(schema(), &one(&[], &[], point, &Model::default()));
        assert_eq!(text.split(' ').nth(1), Some(format!("value={wanted}").as_str()));
    }
}

#[test]
fn what_no_line_can_express_is_counted() {
    let model = Model::default();
    let (comment, empty) = (
        model.metrics.intern("#x/y").unwrap(),
        model.metrics.intern("/").unwrap(),
    );
    let fields = Schema {
        with_fields: true,
        ..schema()
    };
    let float = |value| Point::float(id::UPTIME, MetricType::Gauge, value);
    for (point, schema) in [
        (float(f64::NAN), schema()),
        (float(f64::INFINITY), schema()),
        (float(f64::NEG_INFINITY), schema()),
        (Point::gauge(comment, 1), schema()),
        (Point::gauge(empty, 1), fields),
    ] {
        let wanted = Chunk {
            values: 0..1,
            lines: 0,
            unfit: vec![0],
        };
        assert_eq!(
            encode(schema, &one(&[], &[], point, &model)),
            [(wanted, String::new())]
        );
    }
}

#[test]
fn a_request_holds_ten_thousand_lines_and_none_is_lost_between_two() {
    let batch = pods(1_000);
    let all = encode(schema(), &batch);
    let lines: Vec<usize> = all.iter().map(|(chunk, _)| chunk.lines).collect();
    assert_eq!(lines, [10_000, 10_000, 3_000]);
    let values: Vec<Range<usize>> = all.iter().map(|(chunk, _)| chunk.values.clone()).collect();
    assert_eq!(values, [0..10_000, 10_000..20_000, 20_000..23_000]);
    let together: String = all.iter().map(|(_, text)| text.as_str()).collect();
    let distinct: std::collections::BTreeSet<&str> = together.lines().collect();
    assert_eq!(distinct.len(), batch.value_count());
    for (chunk, text) in &all {
        assert_eq!((text.lines().count(), text.ends_with('\n')), (chunk.lines, true));
    }
}

#[test]
fn values_without_a_line_belong_to_the_request_around_them() {
    let without = Schema {
        without_counters: true,
        ..schema()
    };
    let batch = recorded().unwrap();
    let all = encode(without, &batch);
    assert_eq!((all[0].0.values.clone(), all[0].0.lines), (0..15, 12));
}

#[test]
fn a_batch_with_another_table_of_names_is_read_by_its_own() {
    let mut encoder = Encoder::new(schema());
    let mut line = |name: &str| {
        let model = Model::default();
        let metric = model.metrics.intern(name).unwrap();
        let batch = one(&[], &[], Point::gauge(metric, 1), &model);
        let mut out = Vec::new();
        encoder.begin(&batch);
        encoder.next(&batch, &mut Cursor::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert!(line("custom/a").starts_with("custom/a,"));
    assert!(line("custom/b").starts_with("custom/b,"));
}

#[test]
fn a_second_batch_is_encoded_without_allocating() {
    let batch = pods(400);
    let (mut encoder, mut out) = (Encoder::new(schema()), Vec::new());
    let mut round = || {
        encoder.begin(&batch);
        encoder
            .next(&batch, &mut Cursor::default(), &mut out)
            .unwrap()
            .lines
    };
    assert_eq!(round(), 9_200);
    let info = allocation_counter::measure(|| assert_eq!(round(), 9_200));
    assert_eq!(info.count_total, 0);
}

fn words() -> impl Strategy<Value = String> {
    proptest::string::string_regex(r#"[a-z0-9/ ,="\\\n#é]{0,8}"#).unwrap()
}

/// Reads a line: measurement, tags, field key, the rest.
fn parsed(line: &str) -> (String, BTreeMap<String, String>, String, String) {
    let (measurement, mut rest) = read(Part::Measurement, line, &[',', ' ']);
    let mut tags = BTreeMap::new();
    while let Some(tag) = rest.strip_prefix(',') {
        let (key, after) = read(Part::Tag, tag, &['=']);
        let (value, after) = read(Part::Tag, after.strip_prefix('=').unwrap(), &[',', ' ']);
        assert_eq!(tags.insert(key, value), None);
        rest = after;
    }
    let (field, rest) = read(Part::FieldKey, rest.strip_prefix(' ').unwrap(), &['=']);
    (measurement, tags, field, rest.to_owned())
}

proptest! {
    #[test]
    fn any_names_and_labels_read_back(
        name in words(),
        labels in proptest::collection::btree_map(words(), words(), 0..6),
        fields: bool,
        value: i64,
    ) {
        let model = Model::default();
        let metric = model.metrics.intern(&name).unwrap();
        let pairs: Vec<(&str, &str)> = labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let batch = one(&pairs, &[(label::TYPE, "t")], Point::gauge(metric, value), &model);
        let all = encode(Schema { with_fields: fields, ..schema() }, &batch);
        prop_assert_eq!(all.len(), 1);
        let (chunk, text) = &all[0];
        let (measurement, key) = name.split_once('/').filter(|_| fields).unwrap_or((&name, "value"));
        if chunk.lines == 0 {
            prop_assert!(kept(measurement).is_empty() || kept(key).is_empty() || name.starts_with('#'));
            return Ok(());
        }
        prop_assert_eq!(text.matches('\n').count(), 1);
        let mut wanted: BTreeMap<String, String> =
            labels.iter().map(|(key, value)| (kept(key), kept(value))).collect();
        // Two keys that differ in what no line can hold cannot both be tags; nothing here promises which one is.
        prop_assume!(wanted.len() == labels.len());
        wanted.extend([("type".to_owned(), "t".to_owned()), ("cluster_name".to_owned(), "c1".to_owned())]);
        wanted.retain(|key, value| !key.is_empty() && !value.is_empty());
        let number = format!("={value}i 1519905600123456789\n");
        prop_assert_eq!(parsed(text), (kept(measurement), wanted, kept(key), number));
    }
}
