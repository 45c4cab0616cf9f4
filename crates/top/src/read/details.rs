//! What the lists do not tell, asked for one metric at a time. A metric without an answer is not known; that is all.

use super::{MAX_LIST, PATIENCE};
use crate::api::{Api, PARALLEL, segment};
use crate::snapshot::{NodeRow, Used, WorkRow};
use crate::wire::{Node, Point, Series};
use futures::StreamExt;
use futures::stream;
use heapster_plugin::model::Timestamp;
use std::time::Duration;

/// How many points of the past are shown.
const POINTS: usize = 20;
/// The past that is asked for while the time between two batches is not known.
const PAST: Duration = Duration::from_secs(15 * 60);
/// How many nodes are asked for their services, and how many services each.
const SERVICE_NODES: usize = 5;
const SERVICES: usize = 100;
/// What one answer with points may hold, in bytes: a day of batches each five seconds.
const MAX_SERIES: usize = 4 << 20;

/// The rows of `nodes` in their order, and the time of the earliest point that is shown.
///
/// Costs seven requests a node.
pub(super) async fn nodes(api: &Api, nodes: &[Node], time: Timestamp) -> (Vec<NodeRow>, Timestamp) {
    let past = time.minus(PAST);
    let asked = nodes.iter().map(|node| async move {
        let subject = format!("/api/v1/model/nodes/{}", segment(&node.metadata.name));
        let series = series(api, &subject, "cpu/usage_rate", "", past).await;
        let one = async |metric, labels| newest(api, &subject, metric, labels, time).await;
        let row = NodeRow {
            name: node.metadata.name.clone(),
            cpu: Used {
                used: Some(node.usage.cpu),
                of: one("cpu/node_capacity", "")
                    .await
                    .map(|millicores| millicores / 1000.0),
            },
            history: cores(&series),
            memory: Used {
                used: Some(node.usage.memory),
                of: one("memory/node_capacity", "").await,
            },
            received: one("network/rx_rate", "").await,
            sent: one("network/tx_rate", "").await,
            root: Used {
                used: one("filesystem/usage", "&labels=resource_id:/").await,
                of: one("filesystem/limit", "&labels=resource_id:/").await,
            },
        };
        (row, step(&series))
    });
    let rows: Vec<(NodeRow, Option<Duration>)> = stream::iter(asked).buffered(PARALLEL).collect().await;
    let points = u32::try_from(POINTS).unwrap_or(u32::MAX);
    let since = rows
        .iter()
        .find_map(|(_, step)| *step)
        .map_or(past, |step| time.minus(step.saturating_mul(points)));
    (rows.into_iter().map(|(row, _)| row).collect(), since)
}

/// How many system containers the first of `nodes` have, and the rows of those that were asked for.
///
/// Costs a request a node and two a system container.
pub(super) async fn services(
    api: &Api,
    nodes: &[NodeRow],
    time: Timestamp,
    since: Timestamp,
) -> (usize, Vec<WorkRow>) {
    let (mut count, mut rows) = (0, Vec::new());
    for node in nodes.iter().take(SERVICE_NODES) {
        let list = format!("/api/v1/model/nodes/{}/freecontainers/", segment(&node.name));
        let names: Vec<String> = api.get(&list, PATIENCE, MAX_LIST).await.unwrap_or_default();
        count += names.len();
        let list = list.as_str();
        let asked = names.into_iter().take(SERVICES).map(|name| async move {
            let subject = format!("{list}{}", segment(&name));
            let series = series(api, &subject, "cpu/usage_rate", "", since).await;
            let current = series.last().filter(|point| point.timestamp >= time);
            WorkRow {
                cpu: current.map(|point| point.value() / 1000.0),
                memory: newest(api, &subject, "memory/working_set", "", time).await,
                history: cores(&series),
                place: node.name.clone(),
                name,
            }
        });
        rows.extend(stream::iter(asked).buffered(PARALLEL).collect::<Vec<_>>().await);
    }
    (count, rows)
}

async fn newest(api: &Api, subject: &str, metric: &str, labels: &str, time: Timestamp) -> Option<f64> {
    series(api, subject, metric, labels, time)
        .await
        .last()
        .map(Point::value)
}

/// The points since `start`; none when there is no answer.
async fn series(api: &Api, subject: &str, metric: &str, labels: &str, start: Timestamp) -> Vec<Point> {
    let path = format!("{subject}/metrics/{metric}?start={start}{labels}");
    let answer = api.get::<Series>(&path, PATIENCE, MAX_SERIES).await;
    answer.map(|series| series.metrics).unwrap_or_default()
}

/// The last points of a rate in millicores, in cores.
fn cores(series: &[Point]) -> Vec<f64> {
    let last = series
        .get(series.len().saturating_sub(POINTS)..)
        .unwrap_or_default();
    last.iter().map(|point| point.value() / 1000.0).collect()
}

/// The time between the last two batches.
fn step(series: &[Point]) -> Option<Duration> {
    let (last, others) = series.split_last()?;
    let step = last.timestamp.since(others.last()?.timestamp);
    (!step.is_zero()).then_some(step)
}
