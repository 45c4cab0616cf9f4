//! Any batch, and any bytes.

use super::*;
use proptest::prelude::*;

type AnyPoint = (usize, bool, u8, u64);

fn point(model: &Model, (name, float, kind, bits): AnyPoint) -> Point {
    let kinds = [MetricType::Cumulative, MetricType::Gauge, MetricType::Delta];
    let name = ["cpu/usage", "memory/rss", "custom/a", "custom/b", "uptime"][name % 5];
    let value = match float {
        true => Value::Float(f64::from_bits(bits)),
        false => Value::Int(bits.cast_signed()),
    };
    Point::new(
        model.metrics.intern(name).unwrap(),
        kinds[usize::from(kind) % 3],
        value,
    )
}

fn points() -> impl Strategy<Value = Vec<AnyPoint>> {
    let bits = (any::<u64>(), 0u32..64).prop_map(|(bits, shift)| bits >> shift);
    prop::collection::vec((0usize..5, any::<bool>(), 0u8..3, bits), 0..6)
}

fn entity(model: &Model, kind: u8, [a, b, c]: [&str; 3]) -> Arc<Entity> {
    let all = &model.entities;
    match kind {
        0 => all.cluster(),
        1 => all.namespace(a),
        2 => all.node(a),
        3 => all.pod(a, b),
        4 => all.pod_container(a, b, c),
        _ => all.system_container(a, b),
    }
}

type AnySet = (
    u8,
    [u8; 3],
    Vec<(u8, String)>,
    [Option<i64>; 4],
    Vec<AnyPoint>,
    Vec<AnyPoint>,
);

fn batch(model: &Model, sets: Vec<AnySet>) -> Batch {
    let mut freezer = Freezer::new(Timestamp::from_secs(1_800_000_000), 0, 0);
    for (kind, names, labels, times, points, own) in sets {
        let names = names.map(|name| ["a", "b", "kube-system", ""][usize::from(name) % 4]);
        let labels = labels
            .into_iter()
            .map(|(key, value)| (format!("key{key}"), value));
        let labels = Arc::new(Labels::from_pairs(labels));
        let [scrape, collection_start, entity_create, sample] =
            times.map(|time| time.map(Timestamp::from_nanos));
        let times = Times {
            scrape,
            collection_start,
            entity_create,
        };
        let cpu = sample.map(|sample| CpuRate {
            nanocores: 7,
            sample,
            window: Duration::from_nanos(1),
        });
        let points: Vec<_> = points.into_iter().map(|of| point(model, of)).collect();
        let own: Vec<_> = own.into_iter().map(|of| point(model, of)).collect();
        let own = own.iter().map(|point| Labeled {
            point: *point,
            labels: &labels,
        });
        freezer.push(
            entity(model, kind, names),
            labels.clone(),
            times,
            cpu,
            &points,
            own,
        );
    }
    freezer.finish(&model.metrics)
}

fn sets() -> impl Strategy<Value = Vec<AnySet>> {
    let labels = prop::collection::vec((0u8..4, ".{0,4}"), 0..4);
    let set = (
        0u8..6,
        any::<[u8; 3]>(),
        labels,
        any::<[Option<i64>; 4]>(),
        points(),
        points(),
    );
    prop::collection::vec(set, 0..8)
}

proptest! {
    #[test]
    fn any_batch_comes_back(sets in sets()) {
        let model = Model::default();
        let batch = batch(&model, sets);
        prop_assert_eq!(elsewhere(&batch), text(&batch));
    }

    #[test]
    fn changed_or_cut_bytes_do_no_harm(
        sets in sets(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let batch = batch(&Model::default(), sets);
        let mut bytes = Vec::new();
        batch.encode(&mut bytes).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let model = Arc::new(Model::default());
        Batch::decode(&bytes, &model).ok();
        bytes.truncate(cut.index(bytes.len() + 1));
        Batch::decode(&bytes, &model).ok();
    }

    #[test]
    fn foreign_bytes_do_no_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        bytes.insert(0, FORM);
        Batch::decode(&bytes, &Arc::new(Model::default())).ok();
    }
}
