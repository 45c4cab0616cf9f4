use super::*;

#[test]
fn names_are_read_back_from_the_key() {
    let all = Entities::default();
    let container = all.pod_container("shop", "web-0", "nginx");
    assert_eq!(container.key(), "namespace:shop/pod:web-0/container:nginx");
    assert_eq!(
        (container.namespace(), container.pod()),
        (Some("shop"), Some("web-0"))
    );
    assert_eq!((container.container(), container.node()), (Some("nginx"), None));
    let system = all.system_container("n1", "system.slice/docker.service");
    assert_eq!(
        (system.node(), system.container()),
        (Some("n1"), Some("system.slice/docker.service"))
    );
    assert_eq!(all.node("n1").node(), Some("n1"));
    assert_eq!(all.namespace("shop").namespace(), Some("shop"));
    assert_eq!(all.pod("shop", "web-0").pod(), Some("web-0"));
    assert_eq!(all.cluster().key(), "cluster");
}

#[test]
fn equal_keys_share_one_entity() {
    let all = Entities::default();
    let one = all.pod("a", "b");
    assert!(Arc::ptr_eq(&one, &all.pod("a", "b")));
    assert!(Arc::ptr_eq(&one, &all.find("namespace:a/pod:b").unwrap()));
    assert!(all.find("namespace:a/pod:c").is_none());
}

#[test]
fn the_number_of_a_dropped_entity_is_given_out_again() {
    let all = Entities::default();
    let (first, keep) = (all.node("a").id(), all.node("keep"));
    let second = all.node("b");
    assert_eq!(second.id(), first);
    assert_ne!(keep.id(), first);
    assert_eq!(all.id_bound(), 2);
    all.sweep();
    assert!(all.find("node:a").is_none());
    assert!(all.find("node:b").is_some());
}
