//! How fast answers are while a batch is read and stored.
//!
//! Requests are sent on a fixed schedule from a thread of its own. One that is due while its connection still waits for an earlier
//! answer counts from the moment it was due, so that a stall shows in all requests that it delays; any other from the moment
//! the timer let it go, which is up to two milliseconds later.

use super::Plan;
use super::answers::{CLUSTER, namespace_pods, one_pod, percentile, some_pods};
use super::program::Program;
use super::rounds::Follower;
use crate::Fallible;
use crate::client::Connection;
use heapster_simcluster::Shape;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Connections over which the requests are spread.
const CONNECTIONS: u32 = 16;
/// A batch counts as being stored from its first request until so long after it was to be seen.
const AFTER: Duration = Duration::from_secs(1);

/// The times of all answers, and of those while a batch was made.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) all: Times,
    pub(super) busy: Times,
    pub(super) failed: usize,
}

/// A few numbers about many times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) count: usize,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    pub(super) most: Duration,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        Self {
            count: times.len(),
            p50: percentile(&mut times, 50),
            p99: percentile(&mut times, 99),
            most: times.last().copied().unwrap_or_default(),
        }
    }
}

/// One answer.
struct Timed {
    due: Instant,
    took: Duration,
    ok: bool,
}

/// Asks over a whole round, from its end to the end of the next.
pub(super) async fn measure(
    program: &mut Program,
    follower: &mut Follower,
    shape: &Shape,
    plan: &Plan,
) -> Fallible<Loaded> {
    let paths = paths(shape);
    let (address, rate) = (program.api, plan.rate);
    let length = plan.resolution + Duration::from_secs(3);
    let thread = std::thread::spawn(move || -> Fallible<Vec<Timed>> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(all(address, paths, rate, length))
    });
    let mut spans = Vec::new();
    while !thread.is_finished() {
        follower.look(program).await?;
        if let Some((began, visible)) = follower.under_way() {
            let ends = visible.map_or_else(Instant::now, |visible| began + visible + AFTER);
            spans.retain(|(other, _)| *other != began);
            spans.push((began, ends));
        }
    }
    let timed = thread.join().map_err(|_| "the thread that asks broke off")??;
    let busy = |timed: &&Timed| spans.iter().any(|(from, to)| (*from..=*to).contains(&timed.due));
    Ok(Loaded {
        failed: timed.iter().filter(|timed| !timed.ok).count(),
        busy: Times::of(timed.iter().filter(busy).map(|timed| timed.took).collect()),
        all: Times::of(timed.iter().map(|timed| timed.took).collect()),
    })
}

/// What is asked in turn: mostly single pods, as autoscalers and dashboards do.
fn paths(shape: &Shape) -> Vec<String> {
    (0..200)
        .map(|number| match number % 20 {
            0 => namespace_pods(),
            1..=4 => CLUSTER.to_owned(),
            5..=8 => some_pods(shape, "cpu/usage_rate"),
            9..=13 => one_pod(shape, number * 31, "memory/rss"),
            _ => one_pod(shape, number * 17, "cpu/usage_rate"),
        })
        .collect()
}

async fn all(address: SocketAddr, paths: Vec<String>, rate: u32, length: Duration) -> Fallible<Vec<Timed>> {
    let started = Instant::now() + Duration::from_millis(50);
    let step = Duration::from_secs(1) / rate.max(1);
    let mut tasks = JoinSet::new();
    for first in 0..CONNECTIONS {
        let paths = paths.clone();
        tasks.spawn(async move {
            let mut connection = Connection::open(address, None, None).await?;
            let mut timed = Vec::new();
            let mut number = first;
            while step * number < length {
                let due = started + step * number;
                let late = Instant::now() > due;
                sleep_until(due).await;
                let from = if late { due } else { Instant::now() };
                let path = paths
                    .iter()
                    .cycle()
                    .nth(usize::try_from(number)? % paths.len().max(1));
                let answer = connection.get(path.map_or("/", String::as_str), |_| {}).await?;
                timed.push(Timed {
                    due,
                    took: from.elapsed(),
                    ok: answer.status == 200,
                });
                number += CONNECTIONS;
            }
            Fallible::Ok(timed)
        });
    }
    let mut timed = Vec::new();
    while let Some(done) = tasks.join_next().await {
        timed.extend(done??);
    }
    Ok(timed)
}
