//! What changes by itself: pods and nodes are replaced, nodes report, events happen. Which one comes next follows from the seed.

use crate::config::Config;
use crate::state::State;
use crate::values::mix;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// What happens for the number of a tick.
type Happen = fn(&State, u64);

/// Starts a task for each rate that is not zero.
pub(crate) fn start(config: &Config, state: &Arc<State>, stop: &CancellationToken) {
    let rates: [(u32, Happen); 4] = [
        (config.pod_churn, pod),
        (config.node_churn, node),
        (config.heartbeats, heartbeat),
        (config.events, |state, _| state.store().emit_events(1)),
    ];
    for (a_minute, happen) in rates {
        if a_minute > 0 {
            let (state, stop) = (state.clone(), stop.clone());
            tokio::spawn(async move {
                stop.run_until_cancelled(repeat(state, a_minute, happen)).await;
            });
        }
    }
}

async fn repeat(state: Arc<State>, a_minute: u32, happen: Happen) {
    let mut ticks = interval(Duration::from_secs(60) / a_minute);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    ticks.tick().await;
    for number in 0.. {
        ticks.tick().await;
        happen(&state, number);
    }
}

/// A number below `below` for the event of this number.
fn pick(state: &State, kind: u64, number: u64, below: u32) -> u32 {
    let draw = mix(mix(state.shape().seed, kind), number) % u64::from(below.max(1));
    u32::try_from(draw).unwrap_or(0)
}

fn pod(state: &State, number: u64) {
    let shape = *state.shape();
    let node = pick(state, 50, number, shape.nodes);
    state
        .store()
        .replace_pod(node, pick(state, 51, number, shape.pods));
}

fn node(state: &State, number: u64) {
    state
        .store()
        .replace_node(pick(state, 52, number, state.shape().nodes));
}

fn heartbeat(state: &State, number: u64) {
    let index = pick(state, 53, number, state.shape().nodes);
    let ready = state.store().read().node(index).is_some_and(|node| node.ready);
    state.store().set_ready(index, ready);
}
