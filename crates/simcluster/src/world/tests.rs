use super::*;

fn store(history: usize) -> Store {
    let shape = Shape {
        nodes: 2,
        pods: 3,
        ..Shape::default()
    };
    Store::new(shape, history, 2, Clock::held(EPOCH + 500))
}

fn changes(store: &Store, after: u64) -> Vec<Change> {
    store.read().changes_after(after).unwrap().copied().collect()
}

#[test]
fn a_replaced_pod_is_deleted_and_another_added() {
    let store = store(100);
    store.replace_pod(1, 2);
    let changes = changes(&store, FIRST_VERSION);
    let [gone, new] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!((gone.verb, new.verb), (Verb::Deleted, Verb::Added));
    let (Object::Pod(old), Object::Pod(new)) = (gone.object, new.object) else {
        panic!("{changes:?}")
    };
    assert_eq!((old.generation, new.generation, new.born), (0, 1, EPOCH + 500));
    assert_eq!(store.read().pods_of(1)[2], new);
    assert_eq!(store.read().version(), FIRST_VERSION + 2);
}

#[test]
fn a_replaced_node_takes_its_pods_with_it() {
    let store = store(100);
    store.replace_node(0);
    assert_eq!(changes(&store, FIRST_VERSION).len(), 2 + 3 * 2);
    let world = store.read();
    assert_eq!(world.nodes[0].generation, 1);
    assert!(
        world
            .pods_of(0)
            .iter()
            .all(|pod| (pod.generation, pod.node_generation) == (1, 1))
    );
    assert!(world.pods_of(1).iter().all(|pod| pod.generation == 0));
}

#[test]
fn what_the_log_forgot_is_gone() {
    let store = store(3);
    (0..4).for_each(|_| store.set_ready(0, true));
    let world = store.read();
    let gone = world.changes_after(FIRST_VERSION).err().unwrap();
    assert_eq!((gone.asked, gone.oldest), (FIRST_VERSION, FIRST_VERSION + 1));
    assert_eq!(world.changes_after(FIRST_VERSION + 1).unwrap().count(), 3);
}

#[test]
fn after_trimming_only_the_newest_version_is_known() {
    let store = store(100);
    store.set_ready(0, false);
    let before = store.read().version();
    store.trim();
    let world = store.read();
    assert!(world.changes_after(before).is_err());
    assert_eq!(world.changes_after(world.version()).unwrap().count(), 0);
}

#[test]
fn events_are_numbered_and_only_the_newest_are_kept() {
    let store = store(100);
    store.emit_events(3);
    let world = store.read();
    let numbers: Vec<u64> = world.events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(world.changes_after(FIRST_VERSION).unwrap().count(), 3);
}

#[test]
fn watchers_hear_of_a_change() {
    let store = store(100);
    let mut changes = store.changes();
    assert!(!changes.has_changed().unwrap());
    store.replace_pod(0, 0);
    assert_eq!(*changes.borrow_and_update(), FIRST_VERSION + 2);
}
