//! What a pod costs in memory: `cargo test -p heapster-cluster --lib memory -- --nocapture` prints it.

use super::*;
use crate::table::Table;
use kube::core::ObjectList;

const PODS: usize = 10_000;
const PAGE: usize = 500;
/// The most that a pod of two containers may take.
const LIMIT: u64 = 1000;

/// A pod of about 4 KB, one of ten of its deployment, somewhere on a thousand nodes.
fn large_pod(number: usize) -> Json {
    let (deployment, filler) = (number / 10, "x".repeat(150));
    let name = format!("service-{deployment}-6d4cf56db6-{number:05}");
    let env: Vec<Json> = (0..5)
        .map(|i| json!({ "name": format!("VAR_{i}"), "value": filler }))
        .collect();
    let container = |name: &str| {
        json!({
            "name": name, "image": format!("registry.example.com/team/{name}:1.{}", deployment % 50), "env": env,
            "resources": {
                "requests": { "cpu": "250m", "memory": "256Mi" }, "limits": { "cpu": "1", "memory": "512Mi" },
            },
            "livenessProbe": { "httpGet": { "path": "/healthz", "port": 8080 } },
        })
    };
    let ready =
        |name: &str| json!({ "name": name, "restartCount": 0, "imageID": filler, "containerID": filler });
    json!({
        "metadata": {
            "name": name, "namespace": format!("team-{}", deployment % 100), "resourceVersion": number.to_string(),
            "uid": format!("7f2c1d8e-0000-4000-8000-{number:012}"),
            "labels": {
                "app.kubernetes.io/name": format!("service-{deployment}"), "app.kubernetes.io/component": "web",
                "app.kubernetes.io/managed-by": "helm", "pod-template-hash": format!("6d4cf{deployment}"),
            },
            "annotations": { "checksum/config": filler },
            "managedFields": [{ "manager": "kubelet", "fieldsV1": { "f:status": filler } }],
        },
        "spec": {
            "nodeName": format!("node-{:04}.example.internal", number % 1000),
            "containers": [container("app"), container("proxy")],
            "volumes": [{ "name": "token", "projected": { "sources": [{ "configMap": { "name": filler } }] } }],
        },
        "status": {
            "phase": "Running", "startTime": "2026-11-22T08:00:00Z",
            "containerStatuses": [ready("app"), ready("proxy")],
        },
    })
}

#[test]
fn a_pod_of_two_containers_takes_less_than_a_thousand_bytes() {
    let size = large_pod(1).to_string().len();
    let mut kept = None;
    let used = allocation_counter::measure(|| {
        let (table, mut maker) = (Table::<Pod>::default(), maker());
        let mut list = Vec::new();
        for start in (0..PODS).step_by(PAGE) {
            let items: Vec<Json> = (start..start + PAGE).map(large_pod).collect();
            let text = json!({ "metadata": { "resourceVersion": "1" }, "items": items }).to_string();
            drop(items);
            let page: ObjectList<Object<PodObject>> = serde_json::from_str(&text).unwrap();
            let records = page.items.into_iter().map(|pod| pod.body.record(&mut maker));
            list.extend(records.map(|record| table.same(record)));
        }
        table.replace(list);
        kept = Some((table, maker));
    });
    let bytes = used.bytes_current.unsigned_abs() / PODS as u64;
    println!(
        "{bytes} bytes a pod kept of {size} bytes of JSON; {} KB at most while listing",
        used.bytes_max / 1024
    );
    assert!(bytes < LIMIT, "{bytes}");
    assert_eq!(kept.unwrap().0.all().len(), PODS);
}
