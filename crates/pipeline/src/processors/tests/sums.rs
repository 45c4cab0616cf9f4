//! What is summed.

use super::fixture::{World, labels, times, value, values};
use heapster_plugin::model::{MetricType, Point, Scraped, id};

#[test]
fn without_sources_a_batch_has_the_clusters_set_without_values() {
    for mut world in [World::new(), World::without_cluster()] {
        let batch = world.batch(60, &[]);
        assert_eq!(batch.len(), 1);
        assert_eq!(labels(&batch, "cluster"), ["type=cluster"]);
        assert!(values(&batch, "cluster").is_empty());
    }
}

#[test]
fn a_pod_gets_the_sum_of_its_containers_where_it_has_nothing_of_its_own() {
    let mut world = World::without_cluster();
    let float = world.model.metrics.intern("custom/f").unwrap();
    let counter = world.model.metrics.intern("custom/c").unwrap();
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.pod("p"),
        times(0, -9),
        &[Point::gauge(id::MEMORY_USAGE, 1)],
    );
    for (name, factor) in [("a", 1), ("b", 10)] {
        let points = [
            Point::gauge(id::MEMORY_USAGE, 100 * factor),
            Point::gauge(id::MEMORY_WORKING_SET, 7 * factor),
            Point::cumulative(id::CPU_USAGE, 5),
            Point::cumulative(id::UPTIME, 5),
            Point::cumulative(id::NETWORK_RX, 5),
            Point::cumulative(counter, 3),
            Point::float(float, MetricType::Gauge, 0.25),
        ];
        world.set(&mut scraped, &world.container("p", name), times(0, -9), &points);
    }
    let batch = world.batch(60, &[scraped]);
    let wanted = [
        "memory/usage 1",
        "memory/working_set 77",
        "custom/f 0.5",
        "custom/c 6",
    ];
    assert_eq!(values(&batch, "namespace:default/pod:p"), wanted);
}

#[test]
fn a_pod_known_by_its_network_only_has_the_memory_of_its_containers() {
    let mut world = World::without_cluster();
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.pod("p"),
        times(0, -9),
        &[Point::cumulative(id::NETWORK_RX, 9)],
    );
    world.set(
        &mut scraped,
        &world.container("p", "a"),
        times(0, -9),
        &[Point::gauge(id::MEMORY_USAGE, 20_000)],
    );
    world.set(
        &mut scraped,
        &world.container("p", "b"),
        times(0, -9),
        &[Point::gauge(id::MEMORY_USAGE, 3_000)],
    );
    let batch = world.batch(60, &[scraped]);
    assert_eq!(
        values(&batch, "namespace:default/pod:p"),
        ["memory/usage 23000", "network/rx 9"]
    );
    assert_eq!(values(&batch, "namespace:default"), ["memory/usage 23000"]);
    assert_eq!(values(&batch, "cluster"), ["memory/usage 23000"]);
}

#[test]
fn a_pod_made_by_the_sum_alone_has_no_nodename() {
    let mut world = World::new();
    let mut scraped = Scraped::default();
    world.set(&mut scraped, &world.container("p", "a"), times(0, -9), &[]);
    let batch = world.batch(60, &[scraped]);
    let wanted = [
        "host_id=id",
        "hostname=n1",
        "namespace_name=default",
        "pod_name=p",
        "type=pod",
    ];
    assert_eq!(labels(&batch, "namespace:default/pod:p"), wanted);
}

#[test]
fn an_integer_and_a_float_are_not_summed_but_counted() {
    let mut world = World::without_cluster();
    let qps = world.model.metrics.intern("custom/qps").unwrap();
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.container("p", "a"),
        times(0, -9),
        &[Point::gauge(qps, 4)],
    );
    world.set(
        &mut scraped,
        &world.container("p", "b"),
        times(0, -9),
        &[Point::float(qps, MetricType::Gauge, 0.5)],
    );
    world.set(
        &mut scraped,
        &world.container("p", "c"),
        times(0, -9),
        &[Point::gauge(qps, 3)],
    );
    let batch = world.batch(60, &[scraped]);
    assert_eq!(values(&batch, "namespace:default/pod:p"), ["custom/qps 7"]);
    assert_eq!(
        world
            .telemetry
            .value("heapster_pipeline_inconsistent_values_total{}"),
        Some(1.0)
    );
}

#[test]
fn namespaces_and_the_cluster_sum_six_metrics_of_pods() {
    let mut world = World::without_cluster();
    let mut scraped = Scraped::default();
    let all = [
        id::CPU_USAGE_RATE,
        id::MEMORY_USAGE,
        id::CPU_REQUEST,
        id::CPU_LIMIT,
        id::MEMORY_REQUEST,
        id::MEMORY_LIMIT,
        id::MEMORY_WORKING_SET,
        id::EPHEMERAL_STORAGE_LIMIT,
    ];
    for (namespace, pod, value) in [("a", "x", 1), ("a", "y", 10), ("b", "x", 100)] {
        let pod = world.model.entities.pod(namespace, pod);
        world.set(
            &mut scraped,
            &pod,
            times(0, -9),
            &all.map(|metric| Point::gauge(metric, value)),
        );
    }
    let batch = world.batch(60, &[scraped]);
    let wanted = |value: i64| {
        [
            "cpu/limit",
            "cpu/request",
            "cpu/usage_rate",
            "memory/limit",
            "memory/request",
            "memory/usage",
        ]
        .map(|metric| format!("{metric} {value}"))
    };
    assert_eq!(values(&batch, "namespace:a"), wanted(11));
    assert_eq!(values(&batch, "namespace:b"), wanted(100));
    assert_eq!(values(&batch, "cluster"), wanted(111));
}

#[test]
fn a_namespace_that_a_source_reports_is_added_into() {
    let mut world = World::without_cluster();
    let mut scraped = Scraped::default();
    let namespace = world.model.entities.namespace("default");
    world.set(
        &mut scraped,
        &namespace,
        times(0, -9),
        &[Point::gauge(id::MEMORY_USAGE, 1)],
    );
    world.set(
        &mut scraped,
        &world.pod("p"),
        times(0, -9),
        &[Point::gauge(id::MEMORY_USAGE, 2)],
    );
    let batch = world.batch(60, &[scraped]);
    assert_eq!(values(&batch, "namespace:default"), ["memory/usage 3"]);
}

#[test]
fn requests_are_summed_into_nodes_that_have_a_set() {
    let mut world = World::without_cluster();
    let mut scraped = Scraped::default();
    world.set(
        &mut scraped,
        &world.pod("p"),
        times(0, -9),
        &[Point::gauge(id::CPU_REQUEST, 2)],
    );
    world.set(
        &mut scraped,
        &world.pod("q"),
        times(0, -9),
        &[Point::gauge(id::CPU_REQUEST, 3)],
    );
    let alone = world.batch(60, std::slice::from_ref(&scraped));
    assert!(alone.by_key("node:n1").is_none());
    world.set(&mut scraped, &world.model.entities.node("n1"), times(0, -9), &[]);
    let batch = world.batch(120, &[scraped]);
    assert_eq!(values(&batch, "node:n1"), ["cpu/request 5"]);
}

#[test]
fn values_in_any_order_are_found_and_summed_once() {
    let mut world = World::without_cluster();
    let mut scraped = Scraped::default();
    let points = [
        Point::gauge(id::MEMORY_USAGE, 5),
        Point::gauge(id::CPU_REQUEST, 1),
        Point::gauge(id::MEMORY_USAGE, 900),
        Point::gauge(id::CPU_LIMIT, 2),
    ];
    world.set(&mut scraped, &world.container("p", "a"), times(0, -9), &points);
    let batch = world.batch(60, &[scraped]);
    for key in [
        "namespace:default/pod:p",
        "namespace:default/pod:p/container:a",
        "cluster",
    ] {
        assert_eq!(
            values(&batch, key),
            ["cpu/limit 2", "cpu/request 1", "memory/usage 5"],
            "{key}"
        );
    }
    assert_eq!(value(&batch, "cluster", "uptime"), None);
}
