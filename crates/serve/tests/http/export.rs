//! Metric export and its schema.

use crate::client::{get, send};
use crate::fixture::{api, empty_store, large, newest, run, start, start_with};
use heapster_plugin::model::{Model, Timestamp};
use std::io::Read;
use std::sync::Arc;

const EXPORT: &str = "/api/v1/metric-export";

#[tokio::test]
async fn the_export_is_compact_sorted_and_without_cluster_and_namespaces() {
    let server = start().await;
    let got = get(server.address, EXPORT).await;
    let all = got.json();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 5);
    assert!(got.text().starts_with("[{\"metrics\":{") && got.text().ends_with("}]\n"));
    let names: Vec<_> = all
        .iter()
        .map(|one| one["labels"]["container_name"].as_str())
        .collect();
    assert_eq!(
        names,
        [Some("/pod"), Some("c1"), Some("/pod"), Some("machine"), None]
    );
    assert!(got.text().contains(r#""labels":"app:\u003ca\u003e\u0026b""#));
    assert!(!got.text().contains("namespace_name") && !got.text().contains("usage_rate"));
}

#[tokio::test]
async fn cumulative_values_start_at_the_collection_start_and_gauges_at_the_end() {
    let server = start().await;
    let all = get(server.address, EXPORT).await.json();
    let node = &all[3]["metrics"];
    let (end, start) = (
        server.newest.to_string(),
        server.newest.nanos() - 3_600_000_000_000 + 123_456_789,
    );
    let start = Timestamp::from_nanos(start).to_string();
    assert_eq!(node["uptime"][0]["start"], start);
    assert_eq!(node["uptime"][0]["end"], end);
    assert_eq!(node["disk/io_read_bytes"][0]["start"], start);
    assert_eq!(node["disk/io_read_bytes"][0]["labels"]["resource_id"], "8:0");
    assert_eq!(node["filesystem/usage"][1]["labels"]["resource_id"], "logs");
    assert_eq!(node["filesystem/usage"][1]["start"], end);
    let names: Vec<_> = node.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "disk/io_read_bytes",
            "filesystem/usage",
            "memory/working_set",
            "uptime"
        ]
    );
}

#[tokio::test]
async fn ten_thousand_sets_are_streamed_and_start_their_uptime_before_the_end() {
    let model = Arc::new(Model::default());
    let store = empty_store(&model);
    store.push(Arc::new(large(&model, newest(), 10_000)), Timestamp::now());
    let server = run(api(Some(Arc::new(store))), newest(), None).await;
    let got = get(server.address, EXPORT).await;
    assert_eq!(got.header("transfer-encoding"), Some("chunked"));
    let all = got.json();
    assert_eq!(all.as_array().unwrap().len(), 10_000);
    let start = newest().minus(std::time::Duration::from_secs(1)).to_string();
    assert_eq!(all[0]["metrics"]["cpu/usage"][0]["start"], start);
    let zipped = send(server.address, "GET", EXPORT, "Accept-Encoding: gzip\r\n").await;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&zipped.body[..])
        .read_to_end(&mut plain)
        .unwrap();
    assert_eq!(plain, got.body);
}

#[tokio::test]
async fn there_is_an_empty_list_when_there_is_nothing_to_export() {
    let model = Arc::new(Model::default());
    let no_batch = run(api(Some(Arc::new(empty_store(&model)))), newest(), None).await;
    let no_store = run(api(None), newest(), None).await;
    let off = start_with(|api| api.export = false, None).await;
    for server in [no_batch, no_store, off] {
        let got = get(server.address, "/api/v1/metric-export/").await;
        assert_eq!((got.status, got.text()), (200, "[]\n"));
    }
}

#[tokio::test]
async fn the_schema_lists_28_metrics_in_the_originals_order() {
    let server = run(api(None), newest(), None).await;
    let got = get(server.address, "/api/v1/metric-export-schema/").await;
    assert!(
        got.text()
            .starts_with("{\n  \"metrics\": [\n   {\n    \"name\": \"uptime\",\n    \"description\": \"")
    );
    let schema = got.json();
    let metrics = schema["metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), 28);
    assert_eq!(metrics[14]["name"], "cpu/limit");
    assert_eq!(metrics[14].get("units"), None);
    assert_eq!(metrics[16]["labels"][0]["key"], "resource_id");
    assert_eq!(metrics[27]["labels"][2]["key"], "accelerator_id");
    assert_eq!(metrics[17]["value_type"], "double");
    assert_eq!(schema["common_labels"][4]["key"], "container_base_image");
    assert_eq!(schema["pod_labels"][3]["key"], "labels");
}

#[tokio::test]
async fn the_extended_export_names_the_namespace_and_its_schema_says_so() {
    let server = start().await;
    for (switch, named) in [("", false), ("?extended", true), ("?extended=false", false)] {
        let all = get(server.address, &format!("{EXPORT}{switch}")).await.json();
        assert_eq!(
            all[0]["labels"].get("namespace_name").is_some(),
            named,
            "{switch}"
        );
        let schema = get(server.address, &format!("{EXPORT}-schema{switch}"))
            .await
            .json();
        let last = schema["pod_labels"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["key"] == "namespace_name", named, "{switch}");
    }
}

#[tokio::test]
async fn inodes_are_bytes_in_the_originals_schema_only() {
    let server = start().await;
    for (switch, units) in [("", Some("bytes")), ("?extended", None)] {
        let schema = get(server.address, &format!("{EXPORT}-schema{switch}"))
            .await
            .json();
        assert_eq!(schema["metrics"][23]["name"], "filesystem/inodes");
        assert_eq!(schema["metrics"][23]["units"].as_str(), units, "{switch}");
    }
}

#[tokio::test]
async fn a_series_without_labels_has_no_field_for_them() {
    let model = Arc::new(Model::default());
    let store = empty_store(&model);
    let container = model.entities.pod_container("a", "b", "c");
    let bare = heapster_plugin::testkit::batch(&model, newest(), &[(container, &[], &[])]);
    store.push(Arc::new(bare), Timestamp::now());
    let server = run(api(Some(Arc::new(store))), newest(), None).await;
    assert_eq!(get(server.address, EXPORT).await.text(), "[{\"metrics\":{}}]\n");
}
