//! Pods and nodes that come and go for hours.

use crate::rig::{Rig, small};
use heapster_simcluster::names;

const NODES: u32 = 8;
const PODS: u32 = 6;
/// Cycles after which both windows of the store hold nothing older.
const WINDOWS: usize = 64;

/// The keys of everything that a node and its pods have sets of.
fn keys(rig: &Rig, node: u32) -> Vec<String> {
    let world = rig.sim().store().read();
    let pod = |pod| {
        let namespace = names::namespace(rig.sim().shape().namespace(pod));
        let key = format!("namespace:{namespace}/pod:{}", names::pod(pod));
        [format!("{key}/container:main"), key]
    };
    let own = format!("node:{}", names::node(world.node(node).unwrap()));
    let system = format!("{own}/container:docker-daemon");
    let pods = world.pods_of(node).iter().flat_map(pod);
    pods.chain([own, system]).collect()
}

#[derive(PartialEq, Debug)]
struct Level {
    objects: [f64; 2],
    series: usize,
    targets: f64,
}

fn level(rig: &Rig) -> Level {
    let objects = ["nodes", "pods"].map(|kind| format!("heapster_cluster_objects{{kind={kind}}}"));
    Level {
        objects: objects.map(|series| rig.meter.value(&series)),
        series: rig.meter.series(),
        targets: rig.meter.value("heapster_scraper_targets{}"),
    }
}

/// Two hours: each minute three pods are replaced, every ten minutes a node. The answer is the keys of what is gone.
async fn churn(rig: &mut Rig) -> Vec<String> {
    let mut gone = Vec::new();
    for minute in 0..120 {
        let store = |rig: &Rig, node, slot| rig.sim().store().replace_pod(node, slot);
        for step in 0..3 {
            let (node, slot) = ((minute + step) % NODES, (minute / NODES + step) % PODS);
            gone.extend(
                keys(rig, node)
                    .drain(..)
                    .skip(2 * usize::try_from(slot).unwrap())
                    .take(2),
            );
            store(rig, node, slot);
        }
        if minute % 10 == 9 {
            let node = minute / 10 % NODES;
            gone.extend(keys(rig, node));
            rig.sim().store().replace_node(node);
        }
        rig.agree().await;
        rig.cycles(1).await;
    }
    gone
}

#[tokio::test(start_paused = true)]
async fn memory_returns_to_its_level_after_hours_of_churn() {
    let mut rig = Rig::start(small(NODES, PODS)).await;
    rig.cycles(WINDOWS).await;
    let before = level(&rig);
    let gone = churn(&mut rig).await;
    rig.cycles(WINDOWS).await;
    // Counters have grown meanwhile, and larger numbers take more bytes.
    let (ids, bytes) = (rig.model.entities.id_bound(), rig.store.memory_bytes());
    let more = churn(&mut rig).await;
    assert!(gone.len() > 700 && more.len() > 700);
    // Numbers of entities are given out again: the second churn needs no more than the first.
    let again = rig.model.entities.id_bound();
    assert!(again <= ids + ids / 10, "{ids}, then {again}");
    rig.cycles(WINDOWS).await;
    assert_eq!(level(&rig), before);
    for key in gone.iter().chain(&more) {
        assert!(rig.model.entities.find(key).is_none(), "{key} is still there");
    }
    let after = rig.store.memory_bytes();
    assert!(after <= bytes + bytes / 10, "{bytes} bytes, then {after}");
}
