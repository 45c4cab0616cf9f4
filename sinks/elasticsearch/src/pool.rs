//! The nodes of a cluster: which one is asked, which are down, which there are.
//!
//! Source: elastic's Go client 5.0.36 (intervals and time limits; nodes are asked in turn).
//! Differs: an address that cannot be reached after sniffing, as behind a load balancer, is left for those that were given.

mod node;

use crate::answer::reason;
use crate::config::Config;
use crate::layout::Dialect;
use bytes::Bytes;
use futures::future::join_all;
use heapster_httpclient::{Answer, ClientError, Transport, Verdict};
use http::{HeaderValue, Method, header::CONTENT_TYPE};
use node::{Node, addresses};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const SNIFF_INTERVAL: Duration = Duration::from_secs(15 * 60);
const SNIFF_TIMEOUT: Duration = Duration::from_secs(2);
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// One request to whichever node can take it.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    /// Whether it says that it is JSON.
    pub(crate) json: bool,
    pub(crate) body: Bytes,
}

/// What a node answered, and which one.
#[derive(Debug)]
pub(crate) struct Told<'p> {
    pub(crate) node: &'p Node,
    pub(crate) answer: Answer,
}

impl Told<'_> {
    /// One line on an answer that is not wanted.
    pub(crate) fn line(self) -> String {
        match self
            .node
            .endpoint
            .judge_with(&self.answer, &reason(&self.answer.body))
        {
            Verdict::Retry { text, .. } | Verdict::Rejected { text, .. } => text,
            Verdict::Accepted => format!(
                "{} {} answered what cannot be read",
                self.answer.method, self.answer.place
            ),
        }
    }
}

/// The nodes.
#[derive(Debug)]
pub(crate) struct Pool {
    nodes: Vec<Node>,
    turn: AtomicUsize,
    transport: Transport,
    health: bool,
    startup: Duration,
    retries: usize,
    sniff: bool,
    /// Whether requests say that they are JSON.
    json: bool,
    started: bool,
    sniffed: Option<Instant>,
}

impl Pool {
    /// The pool of the nodes that were given. Contacts nothing.
    ///
    /// # Errors
    /// What [`Endpoint::new`](heapster_httpclient::Endpoint::new) says.
    pub(crate) fn new(config: &Config) -> Result<Self, ClientError> {
        let nodes = config
            .nodes
            .iter()
            .map(|address| Node::new(address, &config.transport, true));
        Ok(Self {
            nodes: nodes.collect::<Result<_, _>>()?,
            turn: AtomicUsize::new(0),
            transport: config.transport.clone(),
            health: config.health,
            startup: config.startup,
            retries: config.retries,
            sniff: config.sniff,
            json: config.dialect != Some(Dialect::Typed2),
            started: false,
            sniffed: None,
        })
    }

    /// Checks the nodes at the start, and asks them for others when it is time for that.
    ///
    /// # Errors
    /// One line, when no node can be reached.
    pub(crate) async fn ready(&mut self, deadline: Instant) -> Result<(), String> {
        if !self.started && self.health {
            self.check(deadline.min(Instant::now() + self.startup), true)
                .await?;
        }
        self.started = true;
        let due = self.sniffed.is_none_or(|last| last.elapsed() >= SNIFF_INTERVAL);
        if self.sniff && due {
            self.sniffed = Some(Instant::now());
            self.look_around(deadline).await;
        }
        Ok(())
    }

    /// Checks those nodes side by side that an option gave, or those that were found.
    async fn check(&self, end: Instant, given: bool) -> Result<(), String> {
        let path = match self.json {
            true => "/".to_owned(),
            // As the client for Elasticsearch 2 asked.
            false => format!("/?timeout={}ms", self.startup.as_millis()),
        };
        let checked = self.nodes.iter().filter(|node| node.given == given);
        let checked = join_all(checked.map(|node| node.check(&path, self.json, end))).await;
        if checked.iter().any(Result::is_ok) {
            return Ok(());
        }
        let first = checked.into_iter().find_map(Result::err).unwrap_or_default();
        Err(format!("no Elasticsearch node available: {first}"))
    }

    /// Asks a node for the addresses of all nodes. Without an answer everything stays as it is.
    async fn look_around(&mut self, deadline: Instant) {
        let end = deadline.min(Instant::now() + self.startup.max(SNIFF_TIMEOUT));
        let ask = Ask {
            method: Method::GET,
            path: "/_nodes/http",
            json: self.json,
            body: Bytes::new(),
        };
        let found = match self.send(&ask, end).await {
            Ok(Told { answer, node }) if answer.is_success() => addresses(&answer.body, node.is_https()),
            Ok(_) | Err(_) => Vec::new(),
        };
        if found.is_empty() {
            tracing::warn!("elasticsearch: no node tells the addresses of all; those known are used");
            return;
        }
        self.nodes
            .retain(|node| node.given || found.contains(&node.address));
        for node in &mut self.nodes {
            node.listed = found.contains(&node.address);
        }
        for address in found {
            let known = self.nodes.iter().any(|node| node.address == address);
            match Node::new(&address, &self.transport, false) {
                Ok(node) if !known => self.nodes.push(node),
                Ok(_) | Err(_) => {}
            }
        }
        if self.health && self.nodes.iter().any(|node| !node.given) {
            let end = deadline.min(Instant::now() + SNIFF_TIMEOUT);
            self.check(end, false).await.ok(); // those given are still there
        }
    }

    /// Sends a request to one node after the other until one answers, whatever the status; after all of them, as often again
    /// as `maxRetries` says.
    ///
    /// # Errors
    /// One line on the first failure.
    pub(crate) async fn send(&self, ask: &Ask<'_>, deadline: Instant) -> Result<Told<'_>, String> {
        let mut first = None;
        for again in 0..=self.retries {
            if again > 0 {
                sleep_until(deadline.min(Instant::now() + RETRY_PAUSE)).await;
            }
            for node in self.candidates() {
                match self.send_to(node, ask, deadline).await {
                    Ok(answer) => return Ok(Told { node, answer }),
                    Err(text) => first.get_or_insert(text),
                };
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        Err(first.unwrap_or_default())
    }

    async fn send_to(&self, node: &Node, ask: &Ask<'_>, deadline: Instant) -> Result<Answer, String> {
        if self.health && node.is_due() {
            node.recheck(self.json, deadline).await?;
        }
        let mut call = node
            .endpoint
            .call(ask.method.clone(), ask.path)
            .body(ask.body.clone());
        if ask.json {
            call = call.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let sent = call.send(deadline).await;
        node.mark(sent.is_err());
        sent.map_err(|failure| node.line(&Err(failure)))
    }

    /// The nodes worth a try: in turn those that are listed, then the others; when there is none, all.
    fn candidates(&self) -> Vec<&Node> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let usable = |listed| {
            self.nodes
                .iter()
                .filter(move |node| node.listed == listed && node.is_usable())
        };
        let mut chosen: Vec<&Node> = usable(true).collect();
        let ring = chosen.len().max(1);
        if !chosen.is_empty() {
            chosen.rotate_left(turn % ring);
        }
        chosen.extend(usable(false));
        if chosen.is_empty() {
            chosen.extend(&self.nodes);
        }
        chosen
    }
}

#[cfg(test)]
mod tests;
