//! A cluster without its sockets: what each part would answer now.

use crate::answer::Answer;
use crate::api::{Api, Settings, write_pods};
use crate::clock::Clock;
use crate::config::Config;
use crate::kubelet::{Page, View};
use crate::modes::Mode;
use crate::shape::Shape;
use crate::stats::Stats;
use crate::values::mix;
use crate::world::Store;
use http::Method;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How one kubelet behaves, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Behaviour {
    /// The mode.
    pub mode: Mode,
    /// When it began, by the cluster's clock.
    pub since: i64,
    /// How far the kubelet's clock is off, in seconds.
    pub skew: i64,
    /// How long it takes to answer; the cluster's latency and jitter otherwise.
    pub latency: Option<Duration>,
}

/// What exists, how it behaves, and what was asked of it.
#[derive(Debug)]
pub struct State {
    shape: Shape,
    clock: Clock,
    pages: Vec<Page>,
    pretty: bool,
    latency: Duration,
    jitter: Duration,
    token: Mutex<Option<String>>,
    store: Arc<Store>,
    api: Api,
    kubelets: Vec<watch::Sender<Behaviour>>,
    stats: Stats,
}

impl State {
    /// A cluster of this configuration; nodes announce this port.
    #[must_use]
    pub fn new(config: &Config, kubelet_port: u16) -> Self {
        let shape = config.shape;
        let store = Arc::new(Store::new(
            shape,
            config.history,
            config.events_kept,
            config.clock.clone(),
        ));
        let settings = Settings {
            shape,
            kubelet_port,
            padding: config.padding,
            watch_limit: config.watch_limit,
            bookmark_every: config.bookmark_every,
        };
        let since = config.clock.second();
        let mut modes = config
            .faults
            .iter()
            .flat_map(|(mode, count)| (0..*count).map(move |_| *mode));
        let mut kubelets: Vec<watch::Sender<Behaviour>> = (0..shape.nodes)
            .rev()
            .map(|node| {
                watch::Sender::new(Behaviour {
                    mode: modes.next().unwrap_or_default(),
                    since,
                    skew: shape.skew(node),
                    latency: None,
                })
            })
            .collect();
        kubelets.reverse();
        let faulty: u32 = config.faults.iter().map(|(_, count)| count).sum();
        let healthy = shape.nodes.saturating_sub(faulty);
        for node in healthy.saturating_sub(config.unready)..healthy {
            store.set_ready(node, false);
        }
        Self {
            shape,
            clock: config.clock.clone(),
            pages: config.pages.clone(),
            pretty: config.pretty,
            latency: config.latency,
            jitter: config.jitter,
            token: Mutex::new(config.token.clone()),
            api: Api::new(settings, store.clone()),
            store,
            kubelets,
            stats: Stats::new(shape.nodes),
        }
    }

    /// Sizes and seed.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What exists: changes are made here.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The API server.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What was asked so far.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// How a kubelet behaves.
    #[must_use]
    pub fn behaviour(&self, node: u32) -> Option<Behaviour> {
        self.kubelet(node).map(|kubelet| *kubelet.borrow())
    }

    fn kubelet(&self, node: u32) -> Option<&watch::Sender<Behaviour>> {
        self.kubelets.get(usize::try_from(node).ok()?)
    }

    pub(crate) fn behaviours(&self, node: u32) -> Option<watch::Receiver<Behaviour>> {
        self.kubelet(node).map(watch::Sender::subscribe)
    }

    /// How a kubelet behaves from now on.
    pub fn set_mode(&self, node: u32, mode: Mode) {
        let since = self.clock.second();
        self.change(node, |behaviour| {
            behaviour.mode = mode;
            behaviour.since = since;
        });
    }

    /// How far the clock of a kubelet is off from now on.
    pub fn set_skew(&self, node: u32, seconds: i64) {
        self.change(node, |behaviour| behaviour.skew = seconds);
    }

    /// How long a kubelet takes to answer from now on.
    pub fn set_latency(&self, node: u32, latency: Option<Duration>) {
        self.change(node, |behaviour| behaviour.latency = latency);
    }

    fn change(&self, node: u32, change: impl FnOnce(&mut Behaviour)) {
        if let Some(kubelet) = self.kubelet(node) {
            kubelet.send_modify(change);
        }
    }

    /// The bearer token that is wanted from now on.
    pub fn set_token(&self, token: Option<String>) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Whether a request with this header is let in.
    #[must_use]
    pub fn lets_in(&self, authorization: Option<&str>) -> bool {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token.as_ref().is_none_or(|token| {
            authorization.and_then(|header| header.strip_prefix("Bearer ")) == Some(token)
        })
    }

    /// A kubelet as it is now.
    #[must_use]
    pub fn view(&self, node: u32) -> Option<View> {
        let behaviour = self.behaviour(node)?;
        let world = self.store.read();
        Some(View {
            shape: self.shape,
            node: *world.node(node)?,
            pods: world.pods_of(node).to_vec(),
            second: self.clock.second() + behaviour.skew,
            mode: behaviour.mode,
            since: behaviour.since + behaviour.skew,
            pretty: self.pretty,
        })
    }

    /// How long the kubelet takes to answer a request now.
    #[must_use]
    pub fn delay(&self, node: u32) -> Duration {
        let fixed = self.behaviour(node).and_then(|behaviour| behaviour.latency);
        if let Some(fixed) = fixed {
            return fixed;
        }
        if self.jitter.is_zero() {
            return self.latency;
        }
        let second = u64::try_from(self.clock.second()).unwrap_or(0);
        let part = mix(mix(self.shape.seed ^ 8, u64::from(node)), second) % 1_000;
        self.latency + self.jitter * u32::try_from(part).unwrap_or(0) / 1_000
    }

    /// What the kubelet answers a request that was let in.
    #[must_use]
    pub fn kubelet_answer(&self, node: u32, method: &Method, path: &str) -> Answer {
        let Some(view) = self.view(node) else {
            return Answer::abort();
        };
        match Page::of(method, path) {
            Some(page) if self.pages.contains(&page) => view.answer(page),
            None if path == "/pods" => {
                Answer::whole(200, crate::answer::JSON, write_pods(self.api.settings(), &view))
            }
            None if path == "/healthz" => Answer::text(200, "ok"),
            _ => Answer::text(404, "404 page not found\n"),
        }
    }
}
