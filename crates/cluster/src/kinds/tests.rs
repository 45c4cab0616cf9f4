//! From JSON to records.

mod memory;

use super::*;
use heapster_plugin::cluster::{Node, Pod, Readiness, Resources};
use heapster_plugin::model::{Timestamp, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn record<K: Kind>(json: &Json, maker: &mut Maker) -> K::Record {
    let object: Object<K> = serde_json::from_str(&json.to_string()).unwrap();
    object.body.record(maker)
}

fn maker() -> Maker {
    Maker::new(Arc::default())
}

fn pod(json: &Json) -> Pod {
    record::<PodObject>(json, &mut maker())
}

fn node(status: &Json) -> Node {
    record::<NodeObject>(
        &json!({ "metadata": { "name": "n" }, "status": status }),
        &mut maker(),
    )
}

type Listed<'a> = &'a [(&'a str, &'a str)];
type Chosen<'a> = (&'a str, Option<&'a str>, &'a str);

/// Addresses as (type, address), and the chosen host name, address and its text.
fn addresses(listed: Listed<'_>) -> (String, Option<String>, String) {
    let listed: Vec<Json> = listed
        .iter()
        .map(|(kind, address)| json!({ "type": kind, "address": address }))
        .collect();
    let node = node(&json!({ "addresses": listed }));
    let address = node.address.map(|address| address.to_string());
    (node.hostname.to_string(), address, node.address_text.to_string())
}

#[test]
fn the_last_internal_ip_is_dialled_else_the_first_external_one() {
    let cases: &[(Listed<'_>, Chosen<'_>)] = &[
        (&[], ("n", None, "")),
        (
            &[("InternalIP", "2001:db8::1"), ("InternalIP", "127.0.0.1")],
            ("n", Some("127.0.0.1"), "127.0.0.1"),
        ),
        (
            &[("Hostname", "h"), ("ExternalIP", "127.0.0.1")],
            ("h", Some("127.0.0.1"), "127.0.0.1"),
        ),
        (
            &[
                ("ExternalIP", "1.1.1.1"),
                ("ExternalIP", "2.2.2.2"),
                ("InternalIP", "3.3.3.3"),
                ("ExternalIP", "4.4.4.4"),
            ],
            ("n", Some("3.3.3.3"), "3.3.3.3"),
        ),
        (
            &[
                ("InternalIP", "::1"),
                ("InternalIP", "nonsense"),
                ("Hostname", ""),
            ],
            ("n", Some("::1"), "::1"),
        ),
        (
            &[("ExternalIP", "nonsense"), ("LegacyHostIP", "1.1.1.1")],
            ("n", None, "nonsense"),
        ),
        (
            &[("InternalDNS", "n.local"), ("Hostname", "a"), ("Hostname", "b")],
            ("b", None, ""),
        ),
    ];
    for (listed, (hostname, address, text)) in cases {
        let wanted = (
            (*hostname).to_owned(),
            address.map(str::to_owned),
            (*text).to_owned(),
        );
        assert_eq!(addresses(listed), wanted, "{listed:?}");
    }
}

#[test]
fn a_node_is_ready_unless_its_condition_says_otherwise() {
    for (status, readiness) in [
        (Some("True"), Readiness::Ready),
        (Some("False"), Readiness::NotReady),
        (Some("Unknown"), Readiness::NotReady),
        (None, Readiness::Ready),
    ] {
        let mut conditions = vec![json!({ "type": "DiskPressure", "status": "Unknown" })];
        conditions.extend(status.map(|status| json!({ "type": "Ready", "status": status })));
        assert_eq!(
            node(&json!({ "conditions": conditions })).readiness,
            readiness,
            "{status:?}"
        );
    }
}

#[test]
fn a_node_keeps_what_is_asked_of_it() {
    let json = json!({
        "metadata": {
            "name": "n1", "labels": { "zone": "a" }, "annotations": { "id": "7" }, "managedFields": [{ "manager": "x" }],
        },
        "spec": { "externalID": "e", "unschedulable": true },
        "status": {
            "capacity": { "cpu": "4", "memory": "8Gi", "ephemeral-storage": "1500m" },
            "allocatable": { "cpu": "3900m", "memory": 1024 },
            "daemonEndpoints": { "kubeletEndpoint": { "Port": 10250 } },
        },
    });
    let node = record::<NodeObject>(&json, &mut maker());
    let capacity = Resources {
        cpu_millicores: 4000,
        memory_bytes: 8 << 30,
        ephemeral_storage_bytes: Some(2),
    };
    let allocatable = Resources {
        cpu_millicores: 3900,
        memory_bytes: 1024,
        ephemeral_storage_bytes: None,
    };
    assert_eq!((node.capacity, node.allocatable), (capacity, allocatable));
    assert_eq!(
        (node.kubelet_port, node.schedulable, &*node.external_id),
        (Some(10250), false, "e")
    );
    assert_eq!(
        (node.labels.get("zone"), node.annotations.get("id")),
        (Some("a"), Some("7"))
    );
}

#[test]
fn requests_and_limits_are_points_in_order_of_their_metrics() {
    let json = json!({
        "metadata": { "name": "p", "namespace": "d", "uid": "u", "labels": { "app": "web" } },
        "spec": {
            "nodeName": "n",
            "initContainers": [{ "name": "init" }],
            "containers": [
                { "name": "c", "image": "i:1", "resources": {
                    "requests": {
                        "nvidia.com/gpu": "2", "cpu": "100.5m", "ephemeral-storage": "1k", "bad": "x", "hugepages-2Mi": "4Mi",
                    },
                    "limits": { "cpu": 1, "memory": "0.5", "nvidia.com/gpu": "2" },
                } },
                { "name": "bare" },
            ],
        },
        "status": {
            "startTime": "2026-11-22T08:00:00Z",
            "containerStatuses": [{ "name": "other", "restartCount": 1 }, { "name": "c", "restartCount": 4 }],
        },
    });
    let mut maker = maker();
    let pod = record::<PodObject>(&json, &mut maker);
    let names = maker.model.metrics.table();
    let name = |metric: heapster_plugin::model::MetricId| {
        let known = heapster_plugin::model::CATALOGUE.get(metric.0 as usize);
        known.map_or_else(
            || names[metric.0 as usize - heapster_plugin::model::CATALOGUE.len()].to_string(),
            |known| known.name.to_owned(),
        )
    };
    let points = |at: usize| -> Vec<(String, Value)> {
        let container = &pod.containers[at];
        container
            .resources
            .iter()
            .map(|point| (name(point.metric()), point.value()))
            .collect()
    };
    let wanted = [
        ("cpu/limit", 1000),
        ("cpu/request", 101),
        ("ephemeral_storage/limit", 0),
        ("ephemeral_storage/request", 1000),
        ("memory/limit", 1),
        ("memory/request", 0),
    ];
    let first = points(0);
    assert_eq!(
        first[..6],
        wanted.map(|(name, value)| (name.to_owned(), Value::Int(value)))
    );
    let mut others = first[6..].to_vec();
    others.sort_by(|a, b| a.0.cmp(&b.0));
    let gpu = ("nvidia.com/gpu/request".to_owned(), Value::Int(2));
    assert_eq!(
        others,
        [("hugepages-2Mi/request".to_owned(), Value::Int(4 << 20)), gpu]
    );
    assert!(
        pod.containers[0]
            .resources
            .is_sorted_by_key(|point| point.metric())
    );
    assert_eq!(
        points(1),
        wanted.map(|(name, _)| (name.to_owned(), Value::Int(0)))
    );
    assert_eq!(
        (pod.containers[0].restart_count, pod.containers[1].restart_count),
        (Some(4), None)
    );
    assert_eq!(pod.start_time, Timestamp::parse("2026-11-22T08:00:00Z"));
    assert_eq!(
        (pod.containers.len(), pod.labels.get("app"), &*pod.node),
        (2, Some("web"), "n")
    );
}

#[test]
fn pods_share_the_text_they_have_in_common() {
    let mut maker = maker();
    let json = json!({
        "metadata": { "name": "p", "namespace": "d", "labels": { "app": "web" } }, "spec": { "nodeName": "n" },
    });
    let one = record::<PodObject>(&json, &mut maker);
    let two = record::<PodObject>(&json, &mut maker);
    assert!(Arc::ptr_eq(&one.namespace, &two.namespace) && Arc::ptr_eq(&one.node, &two.node));
    assert!(Arc::ptr_eq(
        one.labels.shared("app").unwrap(),
        two.labels.shared("app").unwrap()
    ));
    assert_eq!(one, two);
}

fn any_json() -> impl Strategy<Value = Json> {
    let keys = "metadata|spec|status|name|labels|containers|resources|requests|cpu|addresses|type|capacity|x";
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[a-z0-9Gim]{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::btree_map(keys, inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_some_record(json in any_json()) {
        pod(&json);
        record::<NodeObject>(&json, &mut maker());
        record::<NamespaceObject>(&json, &mut maker());
    }
}
