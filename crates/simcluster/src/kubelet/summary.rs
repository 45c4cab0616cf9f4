//! The answer of `GET /stats/summary`, field by field as kubelet 1.34 writes it.

use super::View;
use crate::answer::Pages;
use crate::json::Writer;
use crate::modes::Lie;
use crate::names;
use crate::shape::SYSTEM_CONTAINERS;
use crate::values::{CAPACITY_BYTES, Entity, INODES, Network, Usage};
use crate::world::Pod;
use bytes::Bytes;

/// Memory of every node.
pub(super) const MEMORY_BYTES: u64 = 32 << 30;

#[derive(Debug)]
pub(super) struct Summary {
    view: View,
    writer: Writer,
    next: Next,
    endless: bool,
}

#[derive(Debug)]
enum Next {
    Node,
    Pod(usize),
    Nothing,
}

impl Summary {
    pub(super) fn new(view: View, endless: bool) -> Self {
        Self {
            writer: Writer::new(view.pretty, view.lie()),
            view,
            next: Next::Node,
            endless,
        }
    }

    fn node(&mut self) {
        let Self { view, writer, .. } = self;
        let node = view.seen(view.shape.node(&view.node));
        let sampled = view.sampled(&node);
        writer.item();
        writer.object("node");
        if view.lie() != Some(Lie::Nameless) {
            writer.text("nodeName", &names::node(&view.node));
        }
        writer.list("systemContainers");
        for (place, name) in (0_u32..).zip(SYSTEM_CONTAINERS) {
            let system = view.seen(view.shape.system(&view.node, place));
            writer.item();
            writer.text("name", name);
            writer.time("startTime", system.start);
            let used = system.usage(sampled);
            usage(writer, &used, sampled, Some(left(MEMORY_BYTES, &used)), true);
            swap(writer, sampled);
            writer.end();
        }
        writer.end_list();
        writer.time("startTime", node.start);
        let used = node.usage(sampled);
        usage(writer, &used, sampled, Some(left(MEMORY_BYTES, &used)), true);
        network(writer, &node.network(sampled), sampled);
        filesystem(writer, "fs", &node, 0, sampled);
        writer.object("runtime");
        filesystem(writer, "imageFs", &node, 1, sampled);
        filesystem(writer, "containerFs", &node, 1, sampled);
        writer.end();
        writer.object("rlimit");
        writer.time("time", sampled);
        writer.number("maxpid", 32_768);
        writer.number("curproc", 500 + node.draw(30) % 1_000);
        writer.end();
        swap(writer, sampled);
        writer.end();
        writer.list("pods");
    }

    fn pod(&mut self, pod: &Pod) {
        let Self { view, writer, .. } = self;
        let entity = view.seen(view.shape.pod(pod));
        let sampled = view.sampled(&entity);
        writer.item();
        writer.object("podRef");
        if view.lie() != Some(Lie::Nameless) || !pod.slot.is_multiple_of(5) {
            writer.text("name", &names::pod(pod));
        }
        writer.text("namespace", &names::namespace(view.shape.namespace(pod)));
        writer.text("uid", &names::uid(entity.key));
        writer.end();
        writer.time("startTime", entity.start);
        writer.list("containers");
        let (mut sum, mut limit) = (Usage::default(), 0);
        for place in 0..view.shape.containers(pod) {
            limit += view.shape.requests(pod, place).memory_limit_bytes;
            let (container, used) = view.container(pod, place, sampled);
            sum.add(&used);
            if view.lie() == Some(Lie::Duplicate) {
                let older = Entity {
                    start: container.start - 3_600,
                    ..container
                };
                write_container(
                    writer,
                    &names::container(place),
                    &older,
                    &Usage::default(),
                    sampled,
                );
            }
            write_container(writer, &names::container(place), &container, &used, sampled);
        }
        writer.end_list();
        usage(writer, &sum, sampled, Some(left(limit, &sum)), false);
        network(writer, &entity.network(sampled), sampled);
        if view.shape.volumes > 0 {
            writer.list("volume");
            for number in 0..view.shape.volumes {
                writer.item();
                filesystem_fields(writer, &entity, 10 + u64::from(number), sampled);
                let name = format!("volume-{number}");
                writer.text("name", &name);
                writer.end();
            }
            writer.end_list();
        }
        filesystem(writer, "ephemeral-storage", &entity, 2, sampled);
        writer.object("process_stats");
        writer.number("process_count", 1 + entity.draw(31) % 20);
        writer.end();
        swap(writer, sampled);
        writer.end();
    }
}

impl Pages for Summary {
    fn next(&mut self) -> Option<Bytes> {
        while !self.writer.full() {
            match self.next {
                Next::Node => {
                    self.node();
                    self.next = Next::Pod(0);
                }
                Next::Pod(number) => {
                    if let Some(pod) = self.view.pods.get(number).copied() {
                        self.pod(&pod);
                        self.next = Next::Pod(number + 1);
                    } else if self.endless && number > 0 {
                        self.next = Next::Pod(0);
                    } else {
                        self.writer.end_list();
                        self.writer.end();
                        self.next = Next::Nothing;
                    }
                }
                Next::Nothing => break,
            }
        }
        Some(self.writer.take()).filter(|chunk| !chunk.is_empty())
    }
}

fn write_container(writer: &mut Writer, name: &str, container: &Entity, used: &Usage, sampled: i64) {
    writer.item();
    writer.text("name", name);
    writer.time("startTime", container.start);
    usage(writer, used, sampled, None, false);
    filesystem(writer, "rootfs", container, 0, sampled);
    filesystem(writer, "logs", container, 1, sampled);
    swap(writer, sampled);
    writer.end();
}

/// What is left of a limit.
fn left(limit: u64, used: &Usage) -> u64 {
    limit.saturating_sub(used.working_set)
}

/// The blocks `cpu`, `memory` and `io`; those of the node and its slices also tell of pressure.
fn usage(writer: &mut Writer, used: &Usage, sampled: i64, available: Option<u64>, with_pressure: bool) {
    writer.object("cpu");
    writer.time("time", sampled);
    writer.number("usageNanoCores", used.cpu_nano_cores);
    writer.number("usageCoreNanoSeconds", used.cpu_nanos);
    if with_pressure {
        pressure(writer);
    }
    writer.end();
    writer.object("memory");
    writer.time("time", sampled);
    if let Some(available) = available {
        writer.number("availableBytes", available);
    }
    writer.number("usageBytes", used.usage);
    writer.number("workingSetBytes", used.working_set);
    writer.number("rssBytes", used.rss);
    writer.number("pageFaults", used.page_faults);
    writer.number("majorPageFaults", used.major_page_faults);
    if with_pressure {
        pressure(writer);
    }
    writer.end();
    writer.object("io");
    writer.time("time", sampled);
    if with_pressure {
        pressure(writer);
    }
    writer.end();
}

fn pressure(writer: &mut Writer) {
    writer.object("psi");
    for which in ["full", "some"] {
        writer.object(which);
        for field in ["total", "avg10", "avg60", "avg300"] {
            writer.number(field, 0);
        }
        writer.end();
    }
    writer.end();
}

fn network(writer: &mut Writer, of: &Network, sampled: i64) {
    writer.object("network");
    writer.time("time", sampled);
    interface(writer, of);
    writer.list("interfaces");
    writer.item();
    interface(writer, of);
    writer.end();
    writer.end_list();
    writer.end();
}

fn interface(writer: &mut Writer, of: &Network) {
    writer.text("name", "eth0");
    writer.number("rxBytes", of.rx_bytes);
    writer.number("rxErrors", of.rx_errors);
    writer.number("txBytes", of.tx_bytes);
    writer.number("txErrors", of.tx_errors);
}

fn filesystem(writer: &mut Writer, name: &str, of: &Entity, number: u64, sampled: i64) {
    writer.object(name);
    filesystem_fields(writer, of, number, sampled);
    writer.end();
}

fn filesystem_fields(writer: &mut Writer, of: &Entity, number: u64, sampled: i64) {
    let figures = of.filesystem(number, sampled);
    writer.time("time", sampled);
    writer.number("availableBytes", CAPACITY_BYTES - figures.used_bytes);
    writer.number("capacityBytes", CAPACITY_BYTES);
    writer.number("usedBytes", figures.used_bytes);
    writer.number("inodesFree", INODES - figures.inodes_used);
    writer.number("inodes", INODES);
    writer.number("inodesUsed", figures.inodes_used);
}

fn swap(writer: &mut Writer, sampled: i64) {
    writer.object("swap");
    writer.time("time", sampled);
    writer.number("swapAvailableBytes", 0);
    writer.number("swapUsageBytes", 0);
    writer.end();
}
