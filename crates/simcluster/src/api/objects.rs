//! Objects as JSON, with the fields that real ones have.

mod pod;

use super::Settings;
use crate::json::Writer;
use crate::kubelet::View;
use crate::names;
use crate::values::mix;
use crate::world::{Event, Namespace, Node, Object};

const FIELDS: &str =
    r#""f:status":{"f:conditions":{"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{}}}},"#;

/// The name of an object.
pub(super) fn name(object: &Object) -> String {
    match object {
        Object::Node(node) => names::node(node),
        Object::Pod(pod) => names::pod(pod),
        Object::Namespace(namespace) => names::namespace(namespace.number),
        Object::Event(event) => format!("{}.{:016x}", names::pod(&event.pod), event.number),
    }
}

/// Writes an object as an element of a list.
pub(super) fn write(writer: &mut Writer, settings: &Settings, object: &Object) {
    writer.item();
    fields(writer, settings, object, None);
    writer.end();
}

/// Writes an object as a document of its own: with its kind.
pub(super) fn write_alone(writer: &mut Writer, settings: &Settings, object: &Object) {
    writer.item();
    kind(writer, object);
    fields(writer, settings, object, None);
    writer.end();
}

/// Writes an object as the field `object` of a watch's line; `version` stands in for its own.
pub(super) fn write_watched(writer: &mut Writer, settings: &Settings, object: &Object, version: Option<u64>) {
    writer.object("object");
    kind(writer, object);
    fields(writer, settings, object, version);
    writer.end();
}

fn kind(writer: &mut Writer, object: &Object) {
    writer.text("kind", super::Kind::of(object).name());
    writer.text("apiVersion", "v1");
}

/// The list of a node's pods, as its kubelet shows it.
pub(crate) fn write_pods(settings: &Settings, view: &View) -> bytes::Bytes {
    let mut writer = Writer::new(false, None);
    writer.item();
    writer.text("kind", "PodList");
    writer.text("apiVersion", "v1");
    writer.object("metadata");
    writer.end();
    writer.list("items");
    for pod in &view.pods {
        write(&mut writer, settings, &Object::Pod(*pod));
    }
    writer.end_list();
    writer.end();
    writer.take()
}

fn fields(writer: &mut Writer, settings: &Settings, object: &Object, version: Option<u64>) {
    match object {
        Object::Node(it) => node(writer, settings, it, version.unwrap_or(it.version)),
        Object::Pod(it) => pod::write(writer, settings, it, version.unwrap_or(it.version)),
        Object::Namespace(it) => namespace(writer, settings, it, version.unwrap_or(it.version)),
        Object::Event(it) => event(writer, settings, it, version.unwrap_or(it.version)),
    }
}

/// Opens `metadata`; the caller adds what is special and closes it.
fn metadata(writer: &mut Writer, name: &str, key: u64, version: u64, born: i64) {
    writer.object("metadata");
    writer.text("name", name);
    writer.text("uid", &names::uid(key));
    writer.text("resourceVersion", &version.to_string());
    writer.time("creationTimestamp", born);
}

fn padding(writer: &mut Writer, settings: &Settings, born: i64) {
    if settings.padding == 0 {
        return;
    }
    writer.list("managedFields");
    writer.item();
    writer.text("manager", "kubelet");
    writer.text("operation", "Update");
    writer.text("apiVersion", "v1");
    writer.time("time", born);
    writer.text("fieldsType", "FieldsV1");
    let mut fields = FIELDS.repeat(settings.padding / FIELDS.len() + 1);
    fields.pop();
    writer.raw("fieldsV1", &format!("{{{fields}}}"));
    writer.end();
    writer.end_list();
}

fn condition(writer: &mut Writer, kind: &str, holds: bool, since: i64) {
    writer.item();
    writer.text("type", kind);
    writer.text("status", if holds { "True" } else { "False" });
    writer.time("lastTransitionTime", since);
    writer.end();
}

fn node(writer: &mut Writer, settings: &Settings, node: &Node, version: u64) {
    let entity = settings.shape.node(node);
    let name = names::node(node);
    metadata(writer, &name, entity.key, version, node.born);
    writer.object("labels");
    writer.text("kubernetes.io/arch", "amd64");
    writer.text("kubernetes.io/hostname", &name);
    writer.text("kubernetes.io/os", "linux");
    let zone = match node.index % 3 {
        0 => "a",
        1 => "b",
        _ => "c",
    };
    writer.text("topology.kubernetes.io/zone", zone);
    writer.end();
    writer.object("annotations");
    writer.text("node.alpha.kubernetes.io/ttl", "0");
    writer.end();
    padding(writer, settings, node.born);
    writer.end();
    writer.object("spec");
    writer.text("providerID", &format!("sim://{name}"));
    writer.end();
    writer.object("status");
    for (field, cpu) in [("capacity", 8_000_u64), ("allocatable", 7_800)] {
        writer.object(field);
        writer.text("cpu", &format!("{cpu}m"));
        writer.text("memory", if cpu == 8_000 { "32Gi" } else { "30Gi" });
        writer.text("ephemeral-storage", if cpu == 8_000 { "250Gi" } else { "225Gi" });
        writer.text("pods", "250");
        writer.end();
    }
    writer.list("conditions");
    for kind in ["MemoryPressure", "DiskPressure", "PIDPressure"] {
        condition(writer, kind, false, node.born);
    }
    condition(writer, "Ready", node.ready, node.born);
    writer.end_list();
    writer.list("addresses");
    for (kind, address) in [
        ("InternalIP", names::address(node.index).to_string()),
        ("Hostname", name),
    ] {
        writer.item();
        writer.text("type", kind);
        writer.text("address", &address);
        writer.end();
    }
    writer.end_list();
    let port = settings.kubelet_port;
    writer.raw(
        "daemonEndpoints",
        &format!(r#"{{"kubeletEndpoint":{{"Port":{port}}}}}"#),
    );
    writer.raw("nodeInfo", r#"{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"6.1.0","osImage":"Simulated","containerRuntimeVersion":"containerd://2.0.0","kubeletVersion":"v1.34.4","kubeProxyVersion":"","operatingSystem":"linux","architecture":"amd64"}"#);
    writer.end();
}

fn namespace(writer: &mut Writer, settings: &Settings, namespace: &Namespace, version: u64) {
    let name = names::namespace(namespace.number);
    let key = mix(settings.shape.seed ^ 5, u64::from(namespace.number));
    metadata(writer, &name, key, version, crate::shape::EPOCH - 2_592_200);
    writer.object("labels");
    writer.text("kubernetes.io/metadata.name", &name);
    writer.end();
    writer.end();
    writer.raw("spec", r#"{"finalizers":["kubernetes"]}"#);
    writer.raw("status", r#"{"phase":"Active"}"#);
}

fn event(writer: &mut Writer, settings: &Settings, event: &Event, version: u64) {
    let shape = &settings.shape;
    let of = shape.pod(&event.pod);
    let (pod, namespace) = (
        names::pod(&event.pod),
        names::namespace(shape.namespace(&event.pod)),
    );
    let key = mix(shape.seed ^ 6, event.number);
    metadata(writer, &name(&Object::Event(*event)), key, version, event.born);
    writer.text("namespace", &namespace);
    writer.end();
    writer.object("involvedObject");
    for (field, text) in [
        ("kind", "Pod"),
        ("apiVersion", "v1"),
        ("name", &pod),
        ("namespace", &namespace),
    ] {
        writer.text(field, text);
    }
    writer.text("uid", &names::uid(of.key));
    writer.end();
    writer.text("reason", "Numbered");
    writer.text("message", &format!("event {}", event.number));
    writer.object("source");
    writer.text("component", "kubelet");
    writer.text("host", &names::node_of(event.pod.node, event.pod.node_generation));
    writer.end();
    writer.time("firstTimestamp", event.born);
    writer.time("lastTimestamp", event.born);
    writer.raw("count", "1");
    writer.text(
        "type",
        if event.number.is_multiple_of(5) {
            "Warning"
        } else {
            "Normal"
        },
    );
}
