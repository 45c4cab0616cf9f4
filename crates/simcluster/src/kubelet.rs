//! What a kubelet answers, as a pure function of its state and the second.
//!
//! | path | answer |
//! |---|---|
//! | `GET /stats/summary`, `/stats/summary/` | the summary of kubelet 1.34 |
//! | `POST /stats/container/` | cAdvisor v1 records, as kubelets up to 1.17 had them |
//! | `GET /metrics/resource` | Prometheus text |
//! | `GET /pods` | the pods of the node, as the API server has them |
//! | `GET /healthz` | `ok` |
//!
//! An answer is written chunk by chunk while it is sent, so that no page is ever held whole: a thousand kubelets that are asked at
//! once need 40 kB each.

mod legacy;
mod resource;
mod summary;

use crate::answer::{Answer, End, JSON, Pages, Recipe, TEXT};
use crate::modes::{Lie, Mode};
use crate::shape::Shape;
use crate::values::{Entity, Usage};
use crate::world::{Node, Pod};
use bytes::Bytes;

/// One of a kubelet's pages with figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Page {
    Summary,
    ContainerStats,
    Resource,
}

impl Page {
    /// The page of a request, if it is one of these.
    #[must_use]
    pub fn of(method: &http::Method, path: &str) -> Option<Self> {
        let get = method == http::Method::GET;
        match path {
            "/stats/summary" | "/stats/summary/" if get => Some(Self::Summary),
            "/stats/container" | "/stats/container/" if method == http::Method::POST => {
                Some(Self::ContainerStats)
            }
            "/metrics/resource" if get => Some(Self::Resource),
            _ => None,
        }
    }
}

/// A kubelet at a moment.
#[derive(Clone, Debug)]
pub struct View {
    /// Sizes and seed.
    pub shape: Shape,
    /// The node.
    pub node: Node,
    /// Its pods.
    pub pods: Vec<Pod>,
    /// Now, by the kubelet's own clock.
    pub second: i64,
    /// How it behaves.
    pub mode: Mode,
    /// When that began, by the kubelet's own clock.
    pub since: i64,
    /// Whether JSON is indented, as real kubelets do.
    pub pretty: bool,
}

impl View {
    /// The answer for a page: [`Mode`] decides what becomes of it.
    #[must_use]
    pub fn answer(self, page: Page) -> Answer {
        let mode = self.mode;
        let kind = if page == Page::Resource { TEXT } else { JSON };
        let whole = |view: Self, endless| -> Box<dyn Pages> {
            match page {
                Page::Summary => Box::new(summary::Summary::new(view, endless)),
                Page::ContainerStats => Box::new(legacy::Records::new(view, endless)),
                Page::Resource => Box::new(resource::Families::new(view)),
            }
        };
        match mode {
            Mode::Ok | Mode::Lie(_) => Answer::ok(kind, whole(self, false)),
            Mode::Endless => Answer::ok(kind, whole(self, true)),
            Mode::Cut => half(kind, whole(self, false), End::Whole),
            Mode::Stall => half(kind, whole(self, false), End::Hang),
            Mode::Drop => half(kind, whole(self, false), End::Abort),
            Mode::Garbage => Answer::text(200, "<html><body>This is no JSON.</body></html>\n"),
            Mode::Status(status) => Answer::text(status, "the kubelet was told to answer so\n"),
            Mode::Hang => Answer::never(),
            Mode::Reset | Mode::Refuse => Answer::abort(),
        }
    }

    fn lie(&self) -> Option<Lie> {
        if let Mode::Lie(lie) = self.mode {
            Some(lie)
        } else {
            None
        }
    }

    /// The second of the newest sample of a pod or node.
    fn sampled(&self, of: &Entity) -> i64 {
        let sampled = self.shape.sampled(of, self.second);
        if self.lie() == Some(Lie::Repeated) {
            sampled.min(self.since)
        } else {
            sampled
        }
    }

    /// The entity as the mode wants it seen.
    fn seen(&self, mut entity: Entity) -> Entity {
        if self.lie() == Some(Lie::Fallen) {
            entity.counts_from = entity.counts_from.max(self.since);
        }
        entity
    }

    /// A container of a pod, and its figures at the pod's sample.
    fn container(&self, pod: &Pod, place: u32, sampled: i64) -> (Entity, Usage) {
        let entity = self.seen(self.shape.container(pod, place, sampled));
        (entity, entity.usage(sampled))
    }

    /// What the containers of a pod use together.
    fn sum(&self, pod: &Pod, sampled: i64) -> Usage {
        let mut sum = Usage::default();
        for place in 0..self.shape.containers(pod) {
            sum.add(&self.container(pod, place, sampled).1);
        }
        sum
    }
}

/// The first half of an answer.
fn half(kind: &'static str, mut pages: Box<dyn Pages>, end: End) -> Answer {
    let mut all = Vec::new();
    while let Some(chunk) = pages.next() {
        all.extend_from_slice(&chunk);
    }
    all.truncate(all.len() / 2);
    Answer::new(200, kind, Recipe::Whole(Bytes::from(all)), end)
}

#[cfg(test)]
mod tests;
