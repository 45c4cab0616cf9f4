//! What is added from the cluster.

use super::fixture::{World, at, container, labels, pod, set, times, value, values};
use heapster_plugin::cluster::Resources;
use heapster_plugin::model::{Point, Scraped, Times, id};

/// Requests and limits as the cluster room makes them: cpu, memory and ephemeral storage always.
fn resources(cpu: (i64, i64), memory: (i64, i64), storage: (i64, i64), others: &[Point]) -> Vec<Point> {
    let mut all = vec![
        Point::gauge(id::CPU_REQUEST, cpu.0),
        Point::gauge(id::CPU_LIMIT, cpu.1),
        Point::gauge(id::MEMORY_REQUEST, memory.0),
        Point::gauge(id::MEMORY_LIMIT, memory.1),
        Point::gauge(id::EPHEMERAL_STORAGE_REQUEST, storage.0),
        Point::gauge(id::EPHEMERAL_STORAGE_LIMIT, storage.1),
    ];
    all.extend_from_slice(others);
    all
}

/// A kubelet's answer about node n1, pod p1 and its containers c1 and c2; the API knows c3 too.
fn worked_example(world: &World, second: i64) -> Vec<Scraped> {
    let qps = world.model.metrics.intern("custom/qps").unwrap();
    let mut scraped = Scraped::default();
    let own = [
        Point::cumulative(id::CPU_USAGE, second * 780_000_000),
        Point::gauge(id::MEMORY_USAGE, 5_000),
    ];
    world.set(
        &mut scraped,
        &world.model.entities.node("n1"),
        times(second, -9),
        &own,
    );
    world.set(&mut scraped, &world.pod("p1"), times(second, -5), &own);
    for name in ["c1", "c2"] {
        world.set(
            &mut scraped,
            &world.container("p1", name),
            times(second, -5),
            &own,
        );
        scraped.push(Point::float(qps, heapster_plugin::model::MetricType::Gauge, 2.5));
    }
    vec![scraped]
}

fn world() -> World {
    let world = World::new();
    let gpu = world.model.metrics.intern("nvidia.com/gpu/request").unwrap();
    let containers = vec![
        container("c1", Some(4), &resources((100, 200), (64 << 20, 0), (0, 0), &[])),
        container(
            "c2",
            Some(2),
            &resources((1_000, 0), (0, 0), (0, 0), &[Point::gauge(gpu, 2)]),
        ),
        container("c3", None, &resources((0, 0), (1 << 20, 0), (0, 0), &[])),
    ];
    world
        .cluster
        .add_pod(pod("default", "p1", &[("tier", "x"), ("app", "web")], containers));
    world.cluster.add_namespace("default", "ns-uid");
    let allocatable = Resources {
        cpu_millicores: 3_900,
        memory_bytes: 7 << 30,
        ephemeral_storage_bytes: None,
    };
    world.cluster.add_node("n1", &[("zone", "a")], allocatable);
    world
}

#[test]
fn the_recorded_example_gives_the_recorded_sets() {
    let mut world = world();
    world.batch(60, &worked_example(&world, 0));
    let batch = world.batch(120, &worked_example(&world, 10));
    let keys: Vec<&str> = batch.sets().map(|set| set.entity().key()).collect();
    let pod = "namespace:default/pod:p1";
    let containers = ["c1", "c2", "c3"].map(|name| format!("{pod}/container:{name}"));
    let wanted = [
        "cluster",
        "namespace:default",
        pod,
        &containers[0],
        &containers[1],
        &containers[2],
        "node:n1",
    ];
    assert_eq!(keys, wanted);
    assert_eq!(
        labels(&batch, pod),
        [
            "host_id=id",
            "hostname=n1",
            "labels=app:web,tier:x",
            "namespace_id=ns-uid",
            "namespace_name=default",
            "nodename=n1",
            "pod_id=uid-p1",
            "pod_name=p1",
            "type=pod",
        ]
    );
    for (metric, wanted) in [
        ("cpu/request", 1_100.0),
        ("cpu/limit", 200.0),
        ("memory/request", 68_157_440.0),
        ("memory/limit", 0.0),
        ("nvidia.com/gpu/request", 2.0),
        ("restart_count", 6.0),
        ("custom/qps", 5.0),
        ("memory/usage", 5_000.0),
        ("cpu/usage_rate", 780.0),
    ] {
        assert_eq!(value(&batch, pod, metric), Some(wanted), "{metric}");
    }
    assert_eq!(set(&batch, pod).times().entity_create, Some(at(100)));
}

#[test]
fn a_container_without_a_set_gets_one_with_requests_and_limits_only() {
    let mut world = world();
    let batch = world.batch(60, &worked_example(&world, 0));
    let stub = "namespace:default/pod:p1/container:c3";
    assert_eq!(
        values(&batch, stub),
        [
            "cpu/limit 0",
            "cpu/request 0",
            "ephemeral_storage/limit 0",
            "ephemeral_storage/request 0",
            "memory/limit 0",
            "memory/request 1048576",
        ]
    );
    assert_eq!(
        labels(&batch, stub),
        [
            "container_base_image=registry/c3:1",
            "container_name=c3",
            "host_id=id",
            "hostname=n1",
            "labels=app:web,tier:x",
            "namespace_id=ns-uid",
            "namespace_name=default",
            "nodename=n1",
            "pod_id=uid-p1",
            "pod_name=p1",
            "type=pod_container",
        ]
    );
    let created = Some(at(-5));
    assert_eq!(
        set(&batch, stub).times(),
        Times {
            entity_create: created,
            ..Times::default()
        }
    );
}

#[test]
fn a_container_gets_image_restarts_and_the_pods_start() {
    let mut world = world();
    let batch = world.batch(60, &worked_example(&world, 0));
    let key = "namespace:default/pod:p1/container:c1";
    assert_eq!(value(&batch, key, "restart_count"), Some(4.0));
    assert_eq!(
        set(&batch, key).labels().get("container_base_image"),
        Some("registry/c1:1")
    );
    assert_eq!(set(&batch, key).times().entity_create, Some(at(100)));
    assert_eq!(
        set(&batch, key).point(id::RESTART_COUNT),
        Some(Point::gauge(id::RESTART_COUNT, 4))
    );
}

#[test]
fn a_node_gets_its_labels_sums_and_shares() {
    let mut world = world();
    world.batch(60, &worked_example(&world, 0));
    let batch = world.batch(120, &worked_example(&world, 10));
    let value = |metric| value(&batch, "node:n1", metric);
    assert_eq!(value("cpu/request"), Some(1_100.0));
    assert_eq!(value("cpu/node_reservation"), Some(1_100.0 / 3_900.0));
    assert_eq!(value("cpu/node_utilization"), Some(780.0 / 3_900.0));
    assert_eq!(value("cpu/node_capacity"), Some(4_000.0));
    assert_eq!(value("memory/node_utilization"), Some(5_000.0 / 7_516_192_768.0));
    assert_eq!(value("ephemeral_storage/node_capacity"), None);
    assert_eq!(set(&batch, "node:n1").labels().get("labels"), Some("zone:a"));
}

#[test]
fn shares_of_nothing_are_left_out_and_storage_shares_need_both_amounts() {
    let mut world = World::new();
    let allocatable = Resources {
        ephemeral_storage_bytes: Some(1_000),
        ..Resources::default()
    };
    world.cluster.add_node("n1", &[], allocatable);
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.model.entities.node("n1"),
        times(0, -9),
        &[Point::gauge(id::EPHEMERAL_STORAGE_USAGE, 250)],
    );
    let batch = world.batch(60, &[scraped]);
    assert_eq!(
        values(&batch, "node:n1"),
        [
            "cpu/node_allocatable 0",
            "cpu/node_capacity 4000",
            "ephemeral_storage/node_allocatable 1000",
            "ephemeral_storage/node_capacity 1000",
            "ephemeral_storage/node_reservation 0",
            "ephemeral_storage/node_utilization 0.25",
            "ephemeral_storage/usage 250",
            "memory/node_allocatable 0",
            "memory/node_capacity 8589934592",
        ]
    );
}

#[test]
fn a_pod_without_a_set_of_its_own_gets_one_from_its_containers_and_the_cluster() {
    let mut world = World::new();
    let other = world.model.metrics.intern("other/request").unwrap();
    let c1 = container("c1", None, &resources((100, 0), (555, 0), (1_000, 0), &[]));
    let nginx = container(
        "nginx",
        None,
        &resources(
            (333, 2_222),
            (1_000, 3_333),
            (2_000, 5_000),
            &[Point::gauge(other, 2)],
        ),
    );
    world.cluster.add_pod(pod("default", "p1", &[], vec![c1, nginx]));
    let mut scraped = Scraped::default();
    world.set(&mut scraped, &world.container("p1", "c1"), times(0, -9), &[]);
    let batch = world.batch(60, &[scraped]);
    let key = "namespace:default/pod:p1";
    assert_eq!(
        values(&batch, key),
        [
            "cpu/limit 2222",
            "cpu/request 433",
            "ephemeral_storage/limit 5000",
            "ephemeral_storage/request 3000",
            "memory/limit 3333",
            "memory/request 1555",
            "other/request 2",
        ]
    );
    let pod = set(&batch, key);
    assert_eq!(
        (pod.labels().get("nodename"), pod.labels().get("pod_id")),
        (Some("n1"), Some("uid-p1"))
    );
    assert_eq!(pod.labels().get("type"), Some("pod"));
    assert_eq!(pod.labels().get("container_name"), None);
}

#[test]
fn a_pod_that_the_cluster_does_not_know_keeps_its_figures_and_gets_no_labels() {
    let mut world = World::new();
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.pod("ghost"),
        times(0, -9),
        &[Point::gauge(id::MEMORY_USAGE, 7)],
    );
    world.set(
        &mut scraped,
        &world.container("ghost", "c"),
        times(0, -9),
        &[Point::gauge(id::MEMORY_RSS, 3)],
    );
    let batch = world.batch(60, &[scraped]);
    let key = "namespace:default/pod:ghost";
    assert_eq!(values(&batch, key), ["memory/rss 3", "memory/usage 7"]);
    assert_eq!(set(&batch, key).labels().get("labels"), None);
    assert_eq!(set(&batch, key).labels().get("namespace_id"), None);
    let namespace = ["namespace_id=", "namespace_name=default", "type=ns"];
    assert_eq!(labels(&batch, "namespace:default"), namespace);
}

#[test]
fn a_pod_of_the_cluster_without_any_set_adds_nothing() {
    let mut world = world();
    let batch = world.batch(60, &[]);
    assert_eq!(batch.len(), 1);
    assert_eq!(batch.set(0).unwrap().entity().key(), "cluster");
}
