//! From the server's answers to snapshots, one for each new batch.
//!
//! A look is one request for the nodes' list. Only when that list is of a new batch, the pods' list and the details of the
//! busiest nodes follow, and on a machine without pods its system containers.

mod details;

use crate::api::{Api, ApiError};
use crate::snapshot::{NodeRow, Snapshot, Used, Work, WorkRow};
use crate::wire::{List, Node, Pod};
use heapster_plugin::model::Timestamp;
use std::cmp::Ordering;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The metrics API of Heapster 1.5, and of its last commit.
const PREFIXES: [&str; 2] = ["/apis/metrics/v1alpha1", "/apis/metrics.k8s.io/v1alpha1"];
/// How many nodes are asked for one by one.
const TOP_NODES: usize = 20;
/// How many pods or services are kept.
const TOP_WORK: usize = 100;
/// How long one answer is waited for; the list of pods may be long.
const PATIENCE: Duration = Duration::from_secs(10);
const PODS_PATIENCE: Duration = Duration::from_secs(30);
/// What one answer may hold: a list of names or nodes; the list of all pods. Bytes.
const MAX_LIST: usize = 32 << 20;
const MAX_PODS: usize = 256 << 20;
/// How many times as long as a look took the server is left alone.
const REST: u32 = 10;
const MAX_REST: Duration = Duration::from_secs(30);

/// Follows the batches of one server.
#[derive(Debug)]
pub(crate) struct Reader {
    api: Api,
    interval: Duration,
    due: Instant,
    prefix: &'static str,
    /// The time of the batch that was given last.
    known: Option<Timestamp>,
    /// The error that was given last, if nothing was since.
    said: Option<ApiError>,
}

impl Reader {
    /// `interval` is the least time between two looks.
    pub(crate) fn new(api: Api, interval: Duration) -> Self {
        let [prefix, _] = PREFIXES;
        Self {
            api,
            interval,
            due: Instant::now(),
            prefix,
            known: None,
            said: None,
        }
    }

    /// Waits for a batch that was not given yet.
    ///
    /// Errors: why there are no figures, once until they are back or the reason changes; then the last batch is given again.
    pub(crate) async fn next(&mut self) -> Result<Snapshot, ApiError> {
        loop {
            sleep_until(self.due).await;
            let begun = Instant::now();
            let looked = self.look().await;
            let rest = match &looked {
                Ok(_) => (begun.elapsed() * REST).min(MAX_REST),
                Err(_) => Duration::ZERO,
            };
            self.due = Instant::now() + self.interval.max(rest);
            match looked {
                Ok(None) => {}
                Ok(Some(snapshot)) => {
                    self.known = Some(snapshot.time);
                    self.said = None;
                    return Ok(snapshot);
                }
                Err(error) if self.said.as_ref() == Some(&error) => {}
                Err(error) => {
                    self.known = None;
                    self.said = Some(error.clone());
                    return Err(error);
                }
            }
        }
    }

    /// `None` when the newest batch is known.
    async fn look(&mut self) -> Result<Option<Snapshot>, ApiError> {
        let mut nodes = self.nodes().await?;
        let newest = nodes.iter().max_by_key(|node| node.timestamp);
        let Some((time, age)) = newest.map(|node| (node.timestamp, age(node))) else {
            return Err(self.no_nodes().await);
        };
        if self.known == Some(time) {
            return Ok(None);
        }
        let read = Instant::now();
        nodes.sort_by(|a, b| {
            busier(
                (Some(a.usage.cpu), Some(a.usage.memory)),
                (Some(b.usage.cpu), Some(b.usage.memory)),
            )
            .then_with(|| a.metadata.name.cmp(&b.metadata.name))
        });
        let count = nodes.len();
        let used = |amount: fn(&Node) -> f64| nodes.iter().map(amount).sum();
        let (cpu, memory) = (used(|node| node.usage.cpu), used(|node| node.usage.memory));
        nodes.truncate(TOP_NODES);
        let (top_nodes, since) = details::nodes(&self.api, &nodes, time).await;
        let all = |of: fn(&NodeRow) -> Option<f64>| {
            let known = top_nodes.iter().map(of).sum::<Option<f64>>();
            known.filter(|_| count == top_nodes.len())
        };
        Ok(Some(Snapshot {
            time,
            age,
            read,
            nodes: count,
            cpu: Used {
                used: Some(cpu),
                of: all(|node| node.cpu.of),
            },
            memory: Used {
                used: Some(memory),
                of: all(|node| node.memory.of),
            },
            work: self.work(&top_nodes, time, since).await,
            top_nodes,
        }))
    }

    /// The usage of all nodes, under whichever prefix the server has.
    async fn nodes(&mut self) -> Result<Vec<Node>, ApiError> {
        let mut missing = None;
        let known = self.prefix;
        for prefix in [known]
            .into_iter()
            .chain(PREFIXES.into_iter().filter(|other| *other != known))
        {
            let path = format!("{prefix}/nodes/");
            match self.api.get::<List<Node>>(&path, PATIENCE, MAX_LIST).await {
                Ok(list) => {
                    self.prefix = prefix;
                    return Ok(list.items.unwrap_or_default());
                }
                Err(error @ ApiError::NotThere { .. }) => {
                    missing.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(missing.unwrap_or(ApiError::NoBatch))
    }

    /// Why no node has figures.
    async fn no_nodes(&self) -> ApiError {
        let names = self
            .api
            .get::<Vec<String>>("/api/v1/model/nodes/", PATIENCE, MAX_LIST)
            .await;
        match names {
            Ok(names) if names.is_empty() => ApiError::NoBatch,
            Ok(_) => ApiError::NoRates,
            Err(error) => error,
        }
    }

    async fn work(&self, nodes: &[NodeRow], time: Timestamp, since: Timestamp) -> Work {
        let path = format!("{}/pods/", self.prefix);
        let pods = match self.api.get::<List<Pod>>(&path, PODS_PATIENCE, MAX_PODS).await {
            Ok(list) => list.items.unwrap_or_default(),
            Err(error) => return Work::Unknown(error.to_string()),
        };
        if pods.is_empty() {
            let (services, rows) = details::services(&self.api, nodes, time, since).await;
            return Work::Services {
                services,
                top: busiest(rows),
            };
        }
        Work::Pods {
            pods: pods.len(),
            containers: pods.iter().map(|pod| pod.containers.len()).sum(),
            top: busiest(pods.into_iter().map(row).collect()),
        }
    }
}

/// How old a node's batch was when the server answered, by its own clock.
fn age(node: &Node) -> Duration {
    node.metadata.creation_timestamp.since(node.timestamp)
}

fn row(pod: Pod) -> WorkRow {
    let sum = |amount: fn(&crate::wire::Container) -> f64| Some(pod.containers.iter().map(amount).sum());
    WorkRow {
        cpu: sum(|container| container.usage.cpu),
        memory: sum(|container| container.usage.memory),
        name: pod.metadata.name,
        place: pod.metadata.namespace,
        history: Vec::new(),
    }
}

/// The first rows by CPU, then memory, then name.
fn busiest(mut rows: Vec<WorkRow>) -> Vec<WorkRow> {
    rows.sort_by(|a, b| {
        busier((a.cpu, a.memory), (b.cpu, b.memory))
            .then_with(|| (&a.place, &a.name).cmp(&(&b.place, &b.name)))
    });
    rows.truncate(TOP_WORK);
    rows
}

/// Orders by CPU, then memory, the largest first and what is not known last.
fn busier(a: (Option<f64>, Option<f64>), b: (Option<f64>, Option<f64>)) -> Ordering {
    let falling = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    falling(a.0, b.0).then_with(|| falling(a.1, b.1))
}

#[cfg(test)]
mod tests;
