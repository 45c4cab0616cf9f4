//! API servers that misbehave: what was known stays in use, and what changed meanwhile is known afterwards.

use crate::rig::{Rig, small};
use heapster_simcluster::{ApiMode, Config};
use std::time::Duration;

/// An hour is enough for every wait between attempts to pass.
const MOST: usize = 60;

/// Ten minutes of each mode, in which pods and nodes come and go unseen; then all that changed is known, and as it was before.
async fn each(rig: &mut Rig, modes: &[ApiMode]) {
    for mode in modes {
        rig.log.take();
        rig.sim().api().set_mode(*mode);
        rig.cycles(3).await;
        rig.sim().store().replace_pod(1, 2);
        rig.sim().store().set_ready(2, true);
        let rates = rig.cycles(7).await;
        assert!(rates > 7 * 4 * 15, "{mode:?}: {rates}");
        rig.sim().api().set_mode(ApiMode::Ok);
        catch_up(rig).await;
        let said = rig.log.take();
        assert!(said.len() <= 20, "{mode:?}: {said:#?}");
    }
}

/// Cycles until the program knows what the API server has.
async fn catch_up(rig: &mut Rig) {
    for _ in 0..MOST {
        rig.cycles(1).await;
        if rig.agrees() {
            return;
        }
    }
    rig.agree().await;
}

#[tokio::test(start_paused = true)]
async fn kubelets_are_read_on_while_the_api_server_is_dead_and_it_is_followed_again() {
    let mut rig = Rig::start(small(4, 6)).await;
    each(&mut rig, &[ApiMode::Dead, ApiMode::Reset]).await;
}

#[tokio::test(start_paused = true)]
async fn kubelets_are_read_on_while_the_api_server_refuses() {
    let mut rig = Rig::start(small(4, 6)).await;
    each(&mut rig, &[401, 403, 410, 429, 500, 503].map(ApiMode::Status)).await;
}

#[tokio::test(start_paused = true)]
async fn kubelets_are_read_on_while_watches_are_slow_or_garbled() {
    let mut rig = Rig::start(small(4, 6)).await;
    let slow = ApiMode::Slow(Duration::from_secs(3));
    each(&mut rig, &[slow, ApiMode::Garbled]).await;
}

#[tokio::test(start_paused = true)]
async fn after_410_everything_is_listed_anew() {
    let mut rig = Rig::start(small(4, 6)).await;
    for slot in 0..6 {
        rig.sim().api().set_mode(ApiMode::Reset);
        rig.cycles(2).await;
        rig.sim().store().replace_pod(slot % 4, slot);
        rig.sim().store().replace_node(3);
        rig.sim().store().trim();
        rig.sim().api().set_mode(ApiMode::Ok);
        catch_up(&mut rig).await;
        rig.cycles(2).await;
    }
    let lists = rig.meter.value("heapster_cluster_lists_total{kind=pods}");
    assert!(lists >= 7.0, "{lists}");
}

#[tokio::test(start_paused = true)]
async fn watches_that_are_closed_every_few_seconds_lose_nothing() {
    let config = Config {
        watch_limit: Some(Duration::from_secs(7)),
        ..small(4, 6)
    };
    let mut rig = Rig::start(config).await;
    for round in 0..60 {
        rig.sim().store().replace_pod(round % 4, round % 6);
        if round % 10 == 9 {
            rig.sim().store().replace_node(round / 10 % 4);
        }
        rig.agree().await;
        rig.cycles(1).await;
    }
    assert_eq!(rig.meter.value("heapster_cluster_lists_total{kind=pods}"), 1.0);
}
