//! Kubelets that misbehave in one way each.

use crate::rig::{Rig, small};
use heapster_simcluster::kubelet::Page;
use heapster_simcluster::{Config, Lie, Mode, Shape};
use std::time::Duration;

const NODES: u32 = 5;
/// The node that misbehaves.
const BAD: u32 = 3;

async fn rig() -> Rig {
    started(small(NODES, 6)).await
}

async fn started(config: Config) -> Rig {
    let mut rig = Rig::start(config).await;
    rig.cycles(2).await;
    rig
}

/// An hour of each mode with two good cycles behind it. A lasting failure is a line when it begins, one each ten minutes and one
/// when it ends; a late one as many again.
async fn each(modes: &[Mode]) {
    each_of(rig().await, modes).await;
}

async fn each_of(mut rig: Rig, modes: &[Mode]) {
    for mode in modes {
        rig.log.take();
        rig.sim().set_mode(BAD, *mode);
        let rates = rig.cycles(60).await;
        rig.sim().set_mode(BAD, Mode::Ok);
        let after = rig.cycles(2).await;
        assert!(rates > 60 * 40 && after > 2 * 40, "{mode}: {rates}, {after}");
        let said = rig.log.take();
        assert!(said.len() <= 16, "{mode}: {said:#?}");
        assert!(said.iter().all(|line| line.len() < 600), "{mode}: {said:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_answers_with_an_error_costs_only_its_own_points() {
    each(&[401, 403, 404, 429, 500, 503].map(Mode::Status)).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_kubelet_costs_only_its_own_points() {
    each(&[Mode::Hang, Mode::Stall]).await;
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_gives_half_an_answer_costs_only_its_own_points() {
    each(&[Mode::Cut, Mode::Drop, Mode::Garbage, Mode::Endless]).await;
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_takes_no_connection_costs_only_its_own_points() {
    each(&[Mode::Reset, Mode::Refuse]).await;
}

#[tokio::test(start_paused = true)]
async fn numbers_that_cannot_be_are_left_out() {
    each(&[Lie::Negative, Lie::Wrapped, Lie::Types].map(Mode::Lie)).await;
}

#[tokio::test(start_paused = true)]
async fn repeated_samples_duplicates_and_missing_names_leave_the_rest_exact() {
    each(&[Lie::Repeated, Lie::Duplicate, Lie::Nameless].map(Mode::Lie)).await;
}

#[tokio::test(start_paused = true)]
async fn a_counter_that_fell_gives_no_rate_and_then_right_ones() {
    each(&[Mode::Lie(Lie::Fallen)]).await;
}

#[tokio::test(start_paused = true)]
async fn restarts_give_no_rate_and_then_right_ones() {
    let config = small(NODES, 6);
    let shape = Shape {
        restart_seconds: 400,
        ..config.shape
    };
    let mut rig = Rig::start(Config { shape, ..config }).await;
    rig.cycles(60).await;
}

#[tokio::test(start_paused = true)]
async fn clocks_that_are_off_and_jump_give_exact_rates() {
    let config = small(NODES, 6);
    let shape = Shape {
        skew_seconds: 3_600,
        sample_seconds: 15,
        ..config.shape
    };
    let mut rig = Rig::start(Config { shape, ..config }).await;
    rig.cycles(5).await;
    for jump in [86_400, -86_400, 59, -61, 0] {
        rig.sim().set_skew(BAD, jump);
        rig.cycles(5).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_kubelet_is_waited_for_until_the_deadline() {
    let mut rig = rig().await;
    for seconds in [1, 5, 19, 21, 300] {
        rig.sim().set_latency(BAD, Some(Duration::from_secs(seconds)));
        rig.cycles(5).await;
    }
    rig.sim().set_latency(BAD, None);
    rig.cycles(5).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_not_ready_is_not_asked() {
    let mut rig = rig().await;
    for ready in [false, true, false, true] {
        rig.sim().store().set_ready(BAD, ready);
        rig.agree().await;
        let cycle = rig.cycle().await;
        assert_eq!(cycle.asked.len(), if ready { 5 } else { 4 });
        cycle.check();
        let there = cycle.batch.by_key("node:node-00003");
        assert_eq!(there.is_some(), ready);
    }
}

#[tokio::test(start_paused = true)]
async fn when_all_kubelets_hang_a_batch_still_comes_every_cycle() {
    let mut rig = rig().await;
    for node in 0..NODES {
        rig.sim().set_mode(node, Mode::Hang);
    }
    rig.cycles(20).await;
    for node in 0..NODES {
        rig.sim().set_mode(node, Mode::Ok);
    }
    rig.cycle().await.check();
    assert!(rig.cycle().await.check() > 60);
}

const SOME_OF_EACH_KIND: [Mode; 9] = [
    Mode::Status(404),
    Mode::Status(500),
    Mode::Hang,
    Mode::Stall,
    Mode::Drop,
    Mode::Refuse,
    Mode::Lie(Lie::Wrapped),
    Mode::Lie(Lie::Duplicate),
    Mode::Lie(Lie::Fallen),
];

#[tokio::test(start_paused = true)]
async fn over_tls_it_is_the_same() {
    let config = Config {
        tls: true,
        token: Some("secret".to_owned()),
        ..small(NODES, 6)
    };
    each_of(started(config).await, &SOME_OF_EACH_KIND).await;
}

#[tokio::test(start_paused = true)]
async fn with_container_stats_it_is_the_same() {
    let config = Config {
        pages: vec![Page::ContainerStats],
        ..small(NODES, 6)
    };
    each_of(started(config).await, &SOME_OF_EACH_KIND).await;
}
