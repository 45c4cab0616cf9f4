//! Readers beside the writer.

use super::*;
use heapster_plugin::model::{Point, Value, id};
use heapster_plugin::testkit::batch;

fn push(store: &Store, at: i64) -> bool {
    let node = store.model.entities.node("n");
    let time = Timestamp::from_secs(at);
    let points = [Point::gauge(id::CPU_USAGE_RATE, at)];
    store.push(Arc::new(batch(&store.model, time, &[(node, &[], &points)])), time)
}

#[test]
fn a_reader_that_holds_a_snapshot_holds_up_nobody() {
    let config = Config {
        short: Duration::from_secs(140),
        long: Duration::from_secs(900),
        long_metrics: Vec::new(),
    };
    let store = Store::new(config, Arc::default());
    assert!(push(&store, 1));
    assert!(push(&store, 2));
    let held = store.snapshot().unwrap();
    for at in 3..500 {
        assert!(push(&store, at));
    }
    assert_eq!(held.newest.timestamp(), Timestamp::from_secs(2));
    assert_eq!(held.short.len(), 1);
    let now = Timestamp::from_secs(499);
    assert_eq!(
        store.values("node:n", "cpu/usage_rate", None, now, now).len(),
        140
    );
}

#[test]
fn readers_in_other_threads_see_whole_batches() {
    let config = Config {
        short: Duration::from_secs(50),
        long: Duration::from_secs(90),
        long_metrics: vec!["cpu/usage_rate".to_owned()],
    };
    let store = Store::new(config, Arc::default());
    std::thread::scope(|scope| {
        let reader = || {
            while store.latest().is_none_or(|batch| batch.timestamp().secs() < 2000) {
                let far = Timestamp::from_secs(1_000_000);
                let all = store.values("node:n", "cpu/usage_rate", None, far, Timestamp::from_secs(1));
                assert!(
                    all.windows(2)
                        .all(|pair| pair[0].0.secs() + 1 == pair[1].0.secs()),
                    "{all:?}"
                );
                assert!(all.iter().all(|(at, value)| Value::Int(at.secs()) == *value));
            }
        };
        let readers = [scope.spawn(reader), scope.spawn(reader)];
        for at in 1..=2000 {
            push(&store, at);
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}
