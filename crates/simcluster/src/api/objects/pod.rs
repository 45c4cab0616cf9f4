//! Pods.

use super::{condition, metadata, padding};
use crate::api::Settings;
use crate::json::Writer;
use crate::names;
use crate::values::mix;
use crate::world::Pod;

pub(super) fn write(writer: &mut Writer, settings: &Settings, pod: &Pod, version: u64) {
    let shape = &settings.shape;
    let entity = shape.pod(pod);
    let name = names::pod(pod);
    let containers = shape.containers(pod);
    metadata(writer, &name, entity.key, version, pod.born);
    writer.text("generateName", "web-");
    writer.text("namespace", &names::namespace(shape.namespace(pod)));
    writer.object("labels");
    writer.text("app", &format!("web-{}", pod.slot % 10));
    writer.text("pod-template-hash", &format!("{:08x}", entity.key & 0xffff_ffff));
    writer.text(
        "tier",
        if pod.slot.is_multiple_of(2) {
            "front"
        } else {
            "back"
        },
    );
    writer.end();
    padding(writer, settings, pod.born);
    writer.end();
    writer.object("spec");
    writer.list("containers");
    for place in 0..containers {
        let requests = shape.requests(pod, place);
        writer.item();
        writer.text("name", &names::container(place));
        writer.text("image", "registry.example/team/app:1.2.3");
        writer.object("resources");
        resources(
            writer,
            "limits",
            requests.cpu_limit_millis,
            requests.memory_limit_bytes,
        );
        resources(
            writer,
            "requests",
            requests.cpu_request_millis,
            requests.memory_request_bytes,
        );
        writer.end();
        writer.raw("volumeMounts", r#"[{"name":"volume-0","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}]"#);
        writer.text("terminationMessagePath", "/dev/termination-log");
        writer.text("imagePullPolicy", "IfNotPresent");
        writer.end();
    }
    writer.end_list();
    writer.text("restartPolicy", "Always");
    writer.text("serviceAccountName", "default");
    writer.text("nodeName", &names::node_of(pod.node, pod.node_generation));
    writer.end();
    status(writer, pod, entity.key, containers);
}

fn status(writer: &mut Writer, pod: &Pod, key: u64, containers: u32) {
    writer.object("status");
    writer.text("phase", "Running");
    writer.list("conditions");
    for kind in ["Initialized", "Ready", "ContainersReady", "PodScheduled"] {
        condition(writer, kind, true, pod.born);
    }
    writer.end_list();
    writer.text("hostIP", &names::address(pod.node).to_string());
    let (high, low) = (pod.node % 250, pod.slot % 250);
    let ip = format!("10.{}.{high}.{low}", pod.node / 250 % 250);
    writer.text("podIP", &ip);
    writer.time("startTime", pod.born);
    writer.list("containerStatuses");
    for place in 0..containers {
        let of = mix(key, 100 + u64::from(place));
        writer.item();
        writer.text("name", &names::container(place));
        writer.object("state");
        writer.object("running");
        writer.time("startedAt", pod.born + 1 + i64::from(place));
        writer.end();
        writer.end();
        writer.flag("ready", true);
        writer.raw("restartCount", &(of % 4).to_string());
        writer.text("image", "registry.example/team/app:1.2.3");
        writer.text("containerID", &format!("containerd://{of:064x}"));
        writer.flag("started", true);
        writer.end();
    }
    writer.end_list();
    writer.text("qosClass", "Burstable");
    writer.end();
}

fn resources(writer: &mut Writer, name: &str, cpu_millis: u64, memory_bytes: u64) {
    writer.object(name);
    writer.text("cpu", &format!("{cpu_millis}m"));
    writer.text("memory", &memory_bytes.to_string());
    writer.end();
}
