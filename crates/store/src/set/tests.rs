//! Packing any set against any other.

use super::*;
use heapster_plugin::model::Labels;
use proptest::prelude::*;

fn point() -> impl Strategy<Value = Point> {
    let value = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        (0i64..3).prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        Just(Value::Float(0.5)),
    ];
    let kind = prop_oneof![
        Just(MetricType::Gauge),
        Just(MetricType::Cumulative),
        Just(MetricType::Delta)
    ];
    (0u32..40, kind, value).prop_map(|(metric, kind, value)| Point::new(MetricId(metric), kind, value))
}

fn values() -> impl Strategy<Value = Values> {
    let labeled = (point(), 0..3u8).prop_map(|(point, label)| LabeledPoint {
        point,
        labels: Arc::new(Labels::from_pairs([("resource_id", label.to_string())])),
    });
    let points = prop::collection::vec(point(), 0..30);
    (points, prop::collection::vec(labeled, 0..4)).prop_map(|(mut points, labeled)| {
        points.sort_by_key(Point::metric);
        points.dedup_by_key(|point| point.metric());
        Values { points, labeled }
    })
}

fn unpacked(values: &Values) -> Unpacked<'_> {
    Unpacked {
        points: values.points.clone(),
        labeled: values.labeled.iter().map(LabeledPoint::as_labeled).collect(),
    }
}

/// The points without their bits, with them as numbers; the bits and labels of the labeled points.
type Bits = (Vec<(Point, u64)>, Vec<(u64, Arc<Labels>)>);

/// Every bit, as NaN is not equal to itself.
fn bits(values: &Values) -> Bits {
    let points = values
        .points
        .iter()
        .map(|point| (point.with_bits(0), point.bits()));
    let labeled = values
        .labeled
        .iter()
        .map(|one| (one.point.bits(), one.labels.clone()));
    (points.collect(), labeled.collect())
}

fn pack(old: &Values, newer: &Values) -> Packed {
    let mut packed = Packed::default();
    packed.put(unpacked(old).borrow(), unpacked(newer).borrow());
    packed
}

proptest! {
    #[test]
    fn the_older_set_comes_back(old in values(), newer in values(), alike in any::<bool>()) {
        let old = if alike { Values { points: newer.points.clone(), ..old } } else { old };
        let packed = pack(&old, &newer);
        let mut state = newer;
        let (head, rest) = take_points(&packed.bytes, &mut state.points).unwrap();
        take_labeled(head, rest, &packed.unpacked, &mut state.labeled).unwrap();
        prop_assert_eq!(bits(&state), bits(&old));
    }

    #[test]
    fn foreign_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..60), newer in values()) {
        let mut state = newer;
        if let Some((head, rest)) = take_points(&bytes, &mut state.points) {
            let _ended: Option<()> = take_labeled(head, rest, &[], &mut state.labeled);
        }
    }
}

#[test]
fn a_set_that_did_not_change_costs_one_byte() {
    let points = (0..25).map(|at| Point::gauge(MetricId(at), 1_000_000)).collect();
    let labeled = vec![LabeledPoint {
        point: Point::gauge(MetricId(30), 5),
        labels: Arc::new(Labels::from_pairs([("resource_id", "/")])),
    }];
    let set = Values { points, labeled };
    assert_eq!(pack(&set, &set).bytes.len(), 1);
}
