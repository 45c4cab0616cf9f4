use super::*;
use heapster_plugin::model::{
    Freezer, LabeledPoint, Labels, MetricType, Model, Point, Times, Timestamp, id as metric,
};
use serde_json::Value as Json;
use std::sync::Arc;

const TYPED: Layout = Layout {
    dialect: Dialect::Typed5,
    base: String::new(),
    stream: false,
};

fn layout(dialect: Dialect, stream: bool) -> Layout {
    Layout {
        dialect,
        base: "heapster".to_owned(),
        stream,
    }
}

fn batch(points: &[Point], labeled: &[(Point, &str)]) -> Batch {
    let model = Model::default();
    let mut freezer = Freezer::new(Timestamp::parse("2018-03-01T12:00:00.25Z").unwrap(), 0, 0);
    let labels = Arc::new(Labels::from_pairs([("type", "node")]));
    let labeled = labeled.iter().map(|(point, resource)| LabeledPoint {
        point: *point,
        labels: Arc::new(Labels::from_pairs([("resource_id", *resource)])),
    });
    let labeled: Vec<LabeledPoint> = labeled.collect();
    let labeled = labeled.iter().map(LabeledPoint::as_labeled);
    let entity = model.entities.node("a");
    freezer.push(entity, labels, Times::default(), None, points, labeled);
    freezer.finish(&model.metrics)
}

/// All documents of a batch, and where values stand that were left out.
fn encode(batch: &Batch, layout: &Layout, pipeline: Option<&str>) -> (Pending, Vec<usize>) {
    let mut encoder = Encoder::new(batch, layout, "c1", pipeline);
    let mut out = Pending::default();
    for set in batch.sets() {
        encoder.set(&set, &mut out);
    }
    (out, encoder.left_out)
}

fn lines(batch: &Batch, layout: &Layout) -> Vec<Json> {
    let body = encode(batch, layout, Some("p")).0.body;
    let text = String::from_utf8(body).unwrap();
    assert!(text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_document_without_types_has_a_common_time_too() {
    let batch = batch(&[Point::gauge(metric::NETWORK_RX, 7)], &[]);
    let lines = lines(&batch, &layout(Dialect::Template, false));
    let action = &lines[0]["index"];
    assert_eq!(action["_index"], "heapster-network-2018.03.01");
    assert_eq!(
        (&action["_type"], &action["pipeline"]),
        (&Json::Null, &Json::from("p"))
    );
    assert_eq!(lines[1]["@timestamp"], "2018-03-01T12:00:00.25Z");
    assert_eq!(lines[1]["NetworkMetricsTimestamp"], "2018-03-01T12:00:00.25Z");
    assert_eq!(lines[1]["Metrics"]["network/rx"]["value"], 7);
}

#[test]
fn a_data_stream_is_appended_to() {
    let batch = batch(&[Point::gauge(metric::UPTIME, 7)], &[]);
    let lines = lines(&batch, &layout(Dialect::Template, true));
    assert_eq!(lines[0]["create"]["_index"], "heapster-general");
}

#[test]
fn elasticsearch_6_gets_its_one_type_and_2_no_pipeline() {
    let batch = batch(&[Point::gauge(metric::UPTIME, 7)], &[]);
    let six = &lines(&batch, &layout(Dialect::Doc, false))[0]["index"];
    assert_eq!(
        (&six["_type"], &six["_index"]),
        (&"_doc".into(), &"heapster-general-2018.03.01".into())
    );
    let two = &lines(&batch, &layout(Dialect::Typed2, false))[0]["index"];
    assert_eq!(
        (&two["_type"], &two["pipeline"]),
        (&"general".into(), &Json::Null)
    );
}

#[test]
fn labeled_values_of_one_tag_set_share_a_document() {
    let usage = |value| Point::gauge(metric::FILESYSTEM_USAGE, value);
    let limit = |value| Point::gauge(metric::FILESYSTEM_LIMIT, value);
    let disk = Point::gauge(metric::DISK_IO_READ_BYTES, 5);
    let batch = batch(
        &[
            Point::gauge(metric::CPU_LIMIT, 1),
            Point::gauge(metric::UPTIME, 2),
        ],
        &[
            (usage(1), "/"),
            (usage(2), "/var"),
            (disk, "8:0"),
            (limit(3), "/"),
            (limit(4), "/var"),
            (disk, "8:0"),
        ],
    );
    let (pending, _) = encode(&batch, &TYPED, None);
    let ends: Vec<usize> = pending.docs.iter().map(|doc| doc.values).collect();
    assert_eq!(ends, [1, 2, 4, 6, 7, 8]);
    // cpu/limit, uptime, both of /, both of /var, each disk value
    assert_eq!(pending.positions, [0, 1, 5, 2, 6, 3, 4, 7]);
    let documents = lines(&batch, &TYPED);
    assert_eq!(documents[5]["Metrics"].as_object().unwrap().len(), 2);
    assert_eq!(documents[5]["MetricsTags"]["resource_id"], "/");
}

#[test]
fn of_two_values_of_one_metric_and_tag_set_the_last_is_sent_and_both_are_counted() {
    let usage = |value| Point::gauge(metric::FILESYSTEM_USAGE, value);
    let batch = batch(&[], &[(usage(1), "/"), (usage(2), "/")]);
    let (pending, _) = encode(&batch, &TYPED, None);
    assert_eq!(pending.positions.len(), 2);
    assert_eq!(pending.docs.len(), 1);
    assert_eq!(
        lines(&batch, &TYPED)[1]["Metrics"]["filesystem/usage"]["value"],
        2
    );
}

#[test]
fn what_is_no_number_in_json_is_left_out_and_told() {
    let float = |metric, value| Point::float(metric, MetricType::Gauge, value);
    let batch = batch(
        &[
            float(metric::CPU_NODE_CAPACITY, f64::NAN),
            float(metric::CPU_NODE_UTILIZATION, 0.5),
        ],
        &[(float(metric::FILESYSTEM_USAGE, f64::INFINITY), "/")],
    );
    let (pending, left_out) = encode(&batch, &TYPED, None);
    assert_eq!((left_out, pending.positions), (vec![0, 2], vec![1]));
    let metrics = &lines(&batch, &TYPED)[1]["Metrics"];
    assert_eq!(metrics.to_string(), r#"{"cpu/node_utilization":{"value":0.5}}"#);
}

#[test]
fn a_document_has_the_same_id_each_time_and_another_one_when_anything_differs() {
    let ids = |points: &[Point]| -> Vec<String> {
        let lines = lines(&batch(points, &[]), &TYPED);
        let actions = lines.iter().step_by(2);
        actions
            .map(|action| action["index"]["_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let points = [
        Point::gauge(metric::CPU_LIMIT, 1),
        Point::gauge(metric::UPTIME, 1),
    ];
    let first = ids(&points);
    assert_eq!(first, ids(&points));
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
    // Not even in the next version of the program: a batch may wait on disk while it is replaced.
    assert_eq!(
        first,
        [
            "0161e16e-f2fa-8494-bb90-39859c9692b0",
            "0161e16e-f2fa-8d56-bfe7-41e26953ea49"
        ]
    );
    assert_ne!(first[0], ids(&[Point::gauge(metric::CPU_LIMIT, 2)])[0]);
}

#[test]
fn a_body_is_cut_between_documents_by_count_and_by_size() {
    let batch = heapster_rehearsal::pods(3);
    let (whole, _) = encode(&batch, &TYPED, None);
    for (actions, bytes) in [
        (1, usize::MAX),
        (4, usize::MAX),
        (usize::MAX, 1),
        (usize::MAX, 2_000),
        (5, 3_000),
    ] {
        let mut left = whole.clone();
        let (mut body, mut positions) = (Vec::new(), Vec::new());
        while !left.docs.is_empty() {
            let part = left.take(actions, bytes);
            assert!(part.docs.len() == 1 || (part.docs.len() <= actions && part.body.len() <= bytes));
            let last = part.docs.last().unwrap();
            assert_eq!((last.end, last.values), (part.body.len(), part.positions.len()));
            body.extend(part.body);
            positions.extend(part.positions);
        }
        assert_eq!((body, positions), (whole.body.clone(), whole.positions.clone()));
    }
}

#[test]
fn nothing_is_allocated_for_a_set_once_the_buffers_are_there() {
    let batch = heapster_rehearsal::pods(200);
    let layout = layout(Dialect::Template, false);
    let mut encoder = Encoder::new(&batch, &layout, "c1", None);
    let mut out = Pending::default();
    let sets: Vec<_> = batch.sets().collect();
    for set in &sets {
        encoder.set(set, &mut out);
    }
    out.docs.clear();
    out.body.clear();
    out.positions.clear();
    let counted = allocation_counter::measure(|| {
        for set in &sets {
            encoder.set(set, &mut out);
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn the_names_of_the_catalogue_need_no_escapes() {
    for known in heapster_plugin::model::CATALOGUE {
        let mut text = Vec::new();
        push_json_string(&mut text, known.name);
        assert_eq!(text, format!("\"{}\"", known.name).into_bytes());
    }
}
