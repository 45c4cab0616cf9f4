//! The answer of `POST /stats/container/`: cAdvisor v1 records by container path, one stats entry each.

use super::View;
use super::summary::MEMORY_BYTES;
use crate::answer::Pages;
use crate::json::Writer;
use crate::modes::Lie;
use crate::names;
use crate::values::{CAPACITY_BYTES, Entity, INODES, Network, Usage};
use crate::world::Pod;
use bytes::Bytes;

#[derive(Debug)]
pub(super) struct Records {
    view: View,
    writer: Writer,
    /// 0 the node and its system containers, then one pod each.
    next: usize,
    endless: bool,
    done: bool,
}

/// What one record holds.
struct Record<'a> {
    entity: &'a Entity,
    usage: Usage,
    network: Option<Network>,
    /// Container, pod and the pod's entity.
    of: Option<(&'a str, &'a Pod, &'a Entity)>,
    filesystem: Option<&'static str>,
}

impl Records {
    pub(super) fn new(view: View, endless: bool) -> Self {
        Self {
            writer: Writer::new(false, view.lie()),
            view,
            next: 0,
            endless,
            done: false,
        }
    }

    fn machine(&mut self) {
        self.writer.item();
        let node = self.view.seen(self.view.shape.node(&self.view.node));
        let sampled = self.view.sampled(&node);
        let record = Record {
            entity: &node,
            usage: node.usage(sampled),
            network: Some(node.network(sampled)),
            of: None,
            filesystem: Some("/dev/sda1"),
        };
        self.record("/", &record, sampled);
        for (place, path) in (0_u32..).zip(["/kubelet", "/docker-daemon", "/kubepods"]) {
            let system = self.view.seen(self.view.shape.system(&self.view.node, place));
            let record = Record {
                entity: &system,
                usage: system.usage(sampled),
                network: None,
                of: None,
                filesystem: None,
            };
            self.record(path, &record, sampled);
        }
    }

    fn pod(&mut self, pod: &Pod) {
        let entity = self.view.seen(self.view.shape.pod(pod));
        let sampled = self.view.sampled(&entity);
        let uid = names::uid(entity.key);
        let infra = Record {
            entity: &entity,
            usage: Usage {
                working_set: 512 << 10,
                usage: 700 << 10,
                rss: 40 << 10,
                ..Usage::default()
            },
            network: Some(entity.network(sampled)),
            of: Some(("POD", pod, &entity)),
            filesystem: None,
        };
        self.record(
            &format!("/kubepods/pod{uid}/{:016x}", entity.key),
            &infra,
            sampled,
        );
        for place in 0..self.view.shape.containers(pod) {
            let (container, usage) = self.view.container(pod, place, sampled);
            let name = names::container(place);
            let record = Record {
                entity: &container,
                usage,
                network: None,
                of: Some((&name, pod, &entity)),
                filesystem: Some("/dev/sda1"),
            };
            let path = format!("/kubepods/pod{uid}/{:016x}", container.key);
            if self.view.lie() == Some(Lie::Duplicate) {
                let older = Entity {
                    start: container.start - 3_600,
                    ..container
                };
                let record = Record {
                    entity: &older,
                    usage: Usage::default(),
                    ..record
                };
                self.record(&format!("{path}-old"), &record, sampled);
            }
            self.record(&path, &record, sampled);
        }
    }

    fn record(&mut self, path: &str, record: &Record<'_>, sampled: i64) {
        let Self { writer, view, .. } = self;
        writer.object(path);
        writer.text("name", path);
        writer.object("spec");
        writer.time("creation_time", record.entity.start);
        if let Some((container, pod, of)) = record.of {
            writer.object("labels");
            writer.text("io.kubernetes.container.name", container);
            if view.lie() != Some(Lie::Nameless) {
                writer.text("io.kubernetes.pod.name", &names::pod(pod));
            }
            let namespace = names::namespace(view.shape.namespace(pod));
            writer.text("io.kubernetes.pod.namespace", &namespace);
            writer.text("io.kubernetes.pod.uid", &names::uid(of.key));
            writer.end();
            writer.text("image", "registry.example/team/app:1.2.3");
        }
        writer.flag("has_cpu", true);
        writer.flag("has_memory", true);
        writer.flag("has_network", record.network.is_some());
        writer.flag("has_filesystem", record.filesystem.is_some());
        writer.flag("has_diskio", false);
        writer.flag("has_custom_metrics", false);
        writer.end();
        writer.list("stats");
        writer.item();
        writer.time("timestamp", sampled);
        usage(writer, &record.usage);
        if let Some(network) = &record.network {
            interfaces(writer, network);
        }
        if let Some(device) = record.filesystem {
            mount(writer, device, record.entity, sampled);
        }
        writer.end();
        writer.end_list();
        writer.end();
    }
}

impl Pages for Records {
    fn next(&mut self) -> Option<Bytes> {
        while !self.writer.full() && !self.done {
            if self.next == 0 {
                self.machine();
            } else if let Some(pod) = self.view.pods.get(self.next - 1).copied() {
                self.pod(&pod);
            } else if self.endless && self.next > 1 {
                self.next = 0;
            } else {
                self.writer.end();
                self.done = true;
            }
            self.next += 1;
        }
        Some(self.writer.take()).filter(|chunk| !chunk.is_empty())
    }
}

fn usage(writer: &mut Writer, used: &Usage) {
    writer.object("cpu");
    writer.object("usage");
    writer.number("total", used.cpu_nanos);
    writer.number("user", used.cpu_nanos / 2);
    writer.number("system", used.cpu_nanos / 2);
    writer.end();
    writer.number("load_average", 0);
    writer.end();
    writer.object("memory");
    writer.number("usage", used.usage);
    writer.number("cache", used.usage.saturating_sub(used.rss));
    writer.number("rss", used.rss);
    writer.number("working_set", used.working_set);
    writer.number("limit", MEMORY_BYTES);
    for name in ["container_data", "hierarchical_data"] {
        writer.object(name);
        writer.number("pgfault", used.page_faults);
        writer.number("pgmajfault", used.major_page_faults);
        writer.end();
    }
    writer.end();
}

fn interfaces(writer: &mut Writer, of: &Network) {
    writer.object("network");
    writer.list("interfaces");
    writer.item();
    writer.text("name", "eth0");
    writer.number("rx_bytes", of.rx_bytes);
    writer.number("rx_errors", of.rx_errors);
    writer.number("tx_bytes", of.tx_bytes);
    writer.number("tx_errors", of.tx_errors);
    writer.end();
    writer.end_list();
    writer.end();
}

fn mount(writer: &mut Writer, device: &str, of: &Entity, sampled: i64) {
    let figures = of.filesystem(0, sampled);
    writer.list("filesystem");
    writer.item();
    writer.text("device", device);
    writer.text("type", "vfs");
    writer.number("capacity", CAPACITY_BYTES);
    writer.number("usage", figures.used_bytes);
    writer.number("available", CAPACITY_BYTES - figures.used_bytes);
    writer.flag("has_inodes", true);
    writer.number("inodes", INODES);
    writer.number("inodes_free", INODES - figures.inodes_used);
    writer.end();
    writer.end_list();
}
