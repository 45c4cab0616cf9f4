//! The list of plugins is that of the enabled features.

use heapster as _;
use serde_json::Value;

#[cfg(test)]
mod common;
use common::command;

fn list() -> Vec<Value> {
    let output = command(&["plugins", "--json"]).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

#[test]
fn what_is_listed_is_what_is_enabled() {
    let mut enabled = Vec::new();
    if cfg!(feature = "source-host") {
        enabled.push("source-host");
    }
    if cfg!(feature = "source-kubernetes") {
        enabled.push("source-kubernetes");
    }
    enabled.push("");
    if cfg!(feature = "sink-elasticsearch") {
        enabled.push("sink-elasticsearch");
    }
    if cfg!(feature = "sink-graphite") {
        enabled.push("sink-graphite");
    }
    if cfg!(feature = "sink-hawkular") {
        enabled.push("sink-hawkular");
    }
    if cfg!(feature = "sink-honeycomb") {
        enabled.push("sink-honeycomb");
    }
    if cfg!(feature = "sink-influxdb") {
        enabled.push("sink-influxdb");
    }
    if cfg!(feature = "sink-librato") {
        enabled.push("sink-librato");
    }
    if cfg!(feature = "sink-log") {
        enabled.push("sink-log");
    }
    if cfg!(feature = "sink-opentsdb") {
        enabled.push("sink-opentsdb");
    }
    if cfg!(feature = "sink-statsd") {
        enabled.push("sink-statsd");
    }
    if cfg!(feature = "sink-wavefront") {
        enabled.push("sink-wavefront");
    }
    let mut listed: Vec<String> = list()
        .iter()
        .map(|plugin| plugin["feature"].as_str().unwrap().to_owned())
        .collect();
    listed.dedup();
    assert_eq!(listed, enabled);
}

#[test]
fn every_plugin_says_what_it_is_and_takes() {
    for plugin in list() {
        for field in ["name", "package", "about"] {
            assert!(!plugin[field].as_str().unwrap().is_empty(), "{plugin}");
        }
        assert!(!plugin["keys"].as_array().unwrap().is_empty(), "{plugin}");
        assert!(!plugin["carries"].as_array().unwrap().is_empty(), "{plugin}");
        for option in plugin["options"].as_array().unwrap() {
            for field in ["name", "type", "about"] {
                assert!(!option[field].as_str().unwrap().is_empty(), "{option}");
            }
            assert!(
                option["default"].is_string() && option["repeatable"].is_boolean(),
                "{option}"
            );
        }
    }
}

#[cfg(feature = "sink-log")]
#[test]
fn the_list_for_people_has_keys_and_options() {
    let text = String::from_utf8(command(&["plugins"]).output().unwrap().stdout).unwrap();
    assert!(text.contains("--sink=log  "), "{text}");
    assert!(text.contains("    format=<text|json>  "), "{text}");
    assert_eq!(command(&["plugins", "--xml"]).status().unwrap().code(), Some(2));
}

#[cfg(not(feature = "sink-log"))]
#[test]
fn a_plugin_that_is_not_built_in_is_named_with_its_feature() {
    let output = command(&["--validate", "--sink=log"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("built without the feature \"sink-log\""), "{text}");
}
