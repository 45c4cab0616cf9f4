//! What each kind of answer costs on a filled model.

use super::program::Program;
use crate::Fallible;
use heapster_simcluster::{Shape, names};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long small answers are asked for.
const SMALL: Duration = Duration::from_millis(1_500);
/// How long large ones, one at a time.
const LARGE: Duration = Duration::from_secs(3);
/// Connections that ask for small answers.
const CONNECTIONS: usize = 4;

/// A kind of answer and what it cost.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) count: usize,
    pub(super) took: Duration,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    /// CPU of the program, its other work included.
    pub(super) cpu: Duration,
    pub(super) bytes: u64,
    /// A status that is not 200.
    pub(super) failed: Option<u16>,
}

/// Paths of single answers on a cluster of this shape.
pub(super) fn one_pod(shape: &Shape, number: u32, metric: &str) -> String {
    let node = number % shape.nodes.max(1);
    let slot = number / 7 % shape.pods.max(1);
    let namespace = names::namespace((node + slot) % shape.namespaces.max(1));
    format!("/api/v1/model/namespaces/{namespace}/pods/web-{node:05}-{slot:03}-0/metrics/{metric}")
}

/// One metric of fifteen pods of the first namespace.
pub(super) fn some_pods(shape: &Shape, metric: &str) -> String {
    let namespaces = shape.namespaces.max(1);
    let pods: Vec<String> = (0..shape.nodes)
        .map(|node| (node, (namespaces - node % namespaces) % namespaces))
        .filter(|(_, slot)| *slot < shape.pods)
        .take(15)
        .map(|(node, slot)| format!("web-{node:05}-{slot:03}-0"))
        .collect();
    format!(
        "/api/v1/model/namespaces/{}/pod-list/{}/metrics/{metric}",
        names::namespace(0),
        pods.join(",")
    )
}

pub(super) const CLUSTER: &str = "/api/v1/model/metrics/memory/usage";

pub(super) fn namespace_pods() -> String {
    format!("/api/v1/model/namespaces/{}/pods/", names::namespace(0))
}

/// Asks for each kind in turn.
pub(super) async fn measure(program: &Program, shape: &Shape) -> Fallible<Vec<Kind>> {
    let small = [
        ("one pod, short-kept metric", one_pod(shape, 1, "memory/rss")),
        ("one pod, long-kept metric", one_pod(shape, 1, "cpu/usage_rate")),
        ("one cluster metric", CLUSTER.to_owned()),
        ("one metric of 15 pods", some_pods(shape, "memory/usage")),
        ("names of the pods of one namespace", namespace_pods()),
    ];
    let mut kinds = Vec::new();
    for (name, path) in small {
        kinds.push(kind(program, name, &path, CONNECTIONS, SMALL).await?);
    }
    for (name, path) in [
        (
            "metrics of the pods of one namespace",
            format!("/apis/metrics/v1alpha1/namespaces/{}/pods", names::namespace(0)),
        ),
        ("metrics of all pods", "/apis/metrics/v1alpha1/pods".to_owned()),
    ] {
        kinds.push(kind(program, name, &path, 1, LARGE).await?);
    }
    Ok(kinds)
}

async fn kind(
    program: &Program,
    name: &'static str,
    path: &str,
    connections: usize,
    within: Duration,
) -> Fallible<Kind> {
    let (cpu, started) = (program.cpu(), Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let mut connection = program.connect().await?;
        let path = path.to_owned();
        tasks.spawn(async move {
            let (mut times, mut bytes, mut failed) = (Vec::new(), 0, None);
            while times.is_empty() || started.elapsed() < within {
                let asked = Instant::now();
                let answer = connection.get(&path, |_| {}).await?;
                times.push(asked.elapsed());
                bytes = answer.bytes;
                if answer.status != 200 {
                    failed = Some(answer.status);
                }
            }
            Fallible::Ok((times, bytes, failed))
        });
    }
    let (mut times, mut bytes, mut failed) = (Vec::new(), 0, None);
    while let Some(done) = tasks.join_next().await {
        let (some, size, status) = done??;
        times.extend(some);
        bytes = size;
        failed = failed.or(status);
    }
    Ok(Kind {
        name,
        count: times.len(),
        took: started.elapsed(),
        p50: percentile(&mut times, 50),
        p99: percentile(&mut times, 99),
        cpu: program.cpu().saturating_sub(cpu),
        bytes,
        failed,
    })
}

/// The time within which so many per cent of the answers came.
pub(super) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).max(1) - 1;
    times.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut times, 50), Duration::from_millis(100));
        assert_eq!(percentile(&mut times, 99), Duration::from_millis(198));
        assert_eq!(percentile(&mut [], 99), Duration::ZERO);
    }

    #[test]
    fn the_pods_asked_for_are_in_their_namespace() {
        let shape = Shape {
            nodes: 100,
            pods: 30,
            ..Shape::default()
        };
        assert_eq!(
            one_pod(&shape, 15, "a"),
            "/api/v1/model/namespaces/ns-17/pods/web-00015-002-0/metrics/a"
        );
        let some = some_pods(&shape, "a");
        assert!(
            some.starts_with("/api/v1/model/namespaces/ns-00/pod-list/web-00000-000-0,web-00001-019-0,"),
            "{some}"
        );
        assert_eq!(some.matches("web-").count(), 15);
    }
}
