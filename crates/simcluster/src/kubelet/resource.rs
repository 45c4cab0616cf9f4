//! The answer of `GET /metrics/resource`: Prometheus text, family by family.
//!
//! Names and help texts are those of kubelet 1.34; times are milliseconds.

use super::View;
use crate::answer::Pages;
use crate::json::CHUNK;
use crate::names;
use crate::values::Usage;
use crate::world::Pod;
use bytes::Bytes;
use std::io::Write as _;

/// Name, type and the value of a usage.
type Family = (&'static str, &'static str, fn(&Usage) -> Figure);

/// How a figure is written.
enum Figure {
    Seconds(u64),
    Bytes(u64),
}

fn cpu(usage: &Usage) -> Figure {
    Figure::Seconds(usage.cpu_nanos)
}

fn memory(usage: &Usage) -> Figure {
    Figure::Bytes(usage.working_set)
}

const OF_CONTAINERS: [Family; 2] = [
    ("container_cpu_usage_seconds_total", "counter", cpu),
    ("container_memory_working_set_bytes", "gauge", memory),
];
const OF_PODS: [Family; 2] = [
    ("pod_cpu_usage_seconds_total", "counter", cpu),
    ("pod_memory_working_set_bytes", "gauge", memory),
];
const OF_NODE: [Family; 2] = [
    ("node_cpu_usage_seconds_total", "counter", cpu),
    ("node_memory_working_set_bytes", "gauge", memory),
];

#[derive(Debug)]
pub(super) struct Families {
    view: View,
    out: Vec<u8>,
    /// 0 and 1 containers, 2 starts, 3 and 4 pods, 5 the node, 6 nothing.
    family: usize,
    pod: usize,
}

impl Families {
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            out: Vec::with_capacity(CHUNK + CHUNK / 4),
            family: 0,
            pod: 0,
        }
    }

    fn step(&mut self) {
        let Some(pod) = self.view.pods.get(self.pod).copied().filter(|_| self.family < 5) else {
            if self.family == 5 {
                self.node();
            }
            self.family += 1;
            self.pod = 0;
            return;
        };
        if self.pod == 0 {
            let (name, kind) = match self.family {
                2 => ("container_start_time_seconds", "gauge"),
                family => self
                    .family_of_pods(family)
                    .map_or(("", ""), |(name, kind, _)| (name, kind)),
            };
            head(&mut self.out, name, kind);
        }
        self.pod += 1;
        match self.family {
            0..=2 => self.containers(&pod),
            family => self.whole_pod(&pod, family),
        }
    }

    fn family_of_pods(&self, family: usize) -> Option<Family> {
        let all = OF_CONTAINERS.iter().chain([&OF_CONTAINERS[0]]).chain(&OF_PODS);
        all.copied().nth(family)
    }

    fn containers(&mut self, pod: &Pod) {
        let view = &self.view;
        let entity = view.seen(view.shape.pod(pod));
        let sampled = view.sampled(&entity);
        let (namespace, name) = (names::namespace(view.shape.namespace(pod)), names::pod(pod));
        for place in 0..view.shape.containers(pod) {
            let (container, used) = view.container(pod, place, sampled);
            let labels = format!(
                r#"{{container="{}",namespace="{namespace}",pod="{name}"}}"#,
                names::container(place)
            );
            if self.family == 2 {
                writeln!(
                    self.out,
                    "container_start_time_seconds{labels} {}",
                    container.start
                )
                .ok();
            } else if let Some((name, _, figure)) = self.family_of_pods(self.family) {
                line(&mut self.out, name, &labels, &figure(&used), sampled);
            }
        }
    }

    fn whole_pod(&mut self, pod: &Pod, family: usize) {
        let Some((name, _, figure)) = self.family_of_pods(family) else {
            return;
        };
        let view = &self.view;
        let sampled = view.sampled(&view.seen(view.shape.pod(pod)));
        let labels = format!(
            r#"{{namespace="{}",pod="{}"}}"#,
            names::namespace(view.shape.namespace(pod)),
            names::pod(pod)
        );
        let sum = view.sum(pod, sampled);
        line(&mut self.out, name, &labels, &figure(&sum), sampled);
    }

    fn node(&mut self) {
        let node = self.view.seen(self.view.shape.node(&self.view.node));
        let sampled = self.view.sampled(&node);
        let used = node.usage(sampled);
        for (name, kind, figure) in OF_NODE {
            head(&mut self.out, name, kind);
            line(&mut self.out, name, "", &figure(&used), sampled);
        }
        head(&mut self.out, "resource_scrape_error", "gauge");
        self.out.extend_from_slice(b"resource_scrape_error 0\n");
    }
}

fn head(out: &mut Vec<u8>, name: &str, kind: &str) {
    writeln!(
        out,
        "# HELP {name} [STABLE] What the name says\n# TYPE {name} {kind}"
    )
    .ok();
}

fn line(out: &mut Vec<u8>, name: &str, labels: &str, figure: &Figure, sampled: i64) {
    match figure {
        Figure::Seconds(nanos) => writeln!(
            out,
            "{name}{labels} {}.{:09} {sampled}000",
            nanos / 1_000_000_000,
            nanos % 1_000_000_000
        ),
        Figure::Bytes(bytes) => writeln!(out, "{name}{labels} {bytes} {sampled}000"),
    }
    .ok();
}

impl Pages for Families {
    fn next(&mut self) -> Option<Bytes> {
        while self.out.len() < CHUNK && self.family < 6 {
            self.step();
        }
        let chunk = std::mem::replace(&mut self.out, Vec::with_capacity(CHUNK + CHUNK / 4));
        Some(Bytes::from(chunk)).filter(|chunk| !chunk.is_empty())
    }
}
