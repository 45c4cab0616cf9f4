//! Everything at once, from a fixed seed.

use crate::rig::{Rig, small};
use heapster_simcluster::values::mix;
use heapster_simcluster::{ApiMode, Config, Lie, Mode, Shape};
use std::time::Duration;

const NODES: u32 = 10;
const PODS: u32 = 6;
/// Nodes from this one on misbehave, one at a time or all; those before only churn.
const BAD: u32 = 7;
/// Ten hours.
const CYCLES: u64 = 600;

const MODES: [Mode; 22] = [
    Mode::Ok,
    Mode::Ok,
    Mode::Status(401),
    Mode::Status(403),
    Mode::Status(404),
    Mode::Status(500),
    Mode::Hang,
    Mode::Stall,
    Mode::Cut,
    Mode::Drop,
    Mode::Reset,
    Mode::Refuse,
    Mode::Garbage,
    Mode::Endless,
    Mode::Lie(Lie::Negative),
    Mode::Lie(Lie::Wrapped),
    Mode::Lie(Lie::Types),
    Mode::Lie(Lie::Repeated),
    Mode::Lie(Lie::Duplicate),
    Mode::Lie(Lie::Nameless),
    Mode::Lie(Lie::Fallen),
    Mode::Ok,
];

const API_MODES: [ApiMode; 6] = [
    ApiMode::Dead,
    ApiMode::Reset,
    ApiMode::Garbled,
    ApiMode::Status(500),
    ApiMode::Status(403),
    ApiMode::Slow(Duration::from_secs(2)),
];

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u32) -> u32 {
        self.0 = mix(self.0, 1);
        u32::try_from(self.0 % u64::from(sides)).unwrap()
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.throw(u32::try_from(of.len()).unwrap())).unwrap()]
    }
}

/// Changes something about one of the kubelets that misbehave.
fn trouble(rig: &Rig, dice: &mut Dice) {
    let (sim, node) = (rig.sim(), BAD + dice.throw(NODES - BAD));
    match dice.throw(8) {
        0 => sim.set_skew(node, i64::from(dice.throw(7_200)) - 3_600),
        1 => {
            sim.set_mode(node, Mode::Ok);
            sim.set_latency(node, Some(Duration::from_secs(dice.throw(25).into())));
        }
        _ => {
            sim.set_mode(node, dice.pick(&MODES));
            sim.set_latency(node, None);
        }
    }
}

/// Changes what there is.
fn churn(rig: &Rig, dice: &mut Dice) {
    let (store, node) = (rig.sim().store(), dice.throw(NODES));
    match dice.throw(10) {
        0 => store.replace_node(node),
        1 => store.set_ready(node, false),
        2 | 3 => (0..NODES).for_each(|node| store.set_ready(node, true)),
        4 => store.trim(),
        _ => store.replace_pod(node, dice.throw(PODS)),
    }
}

async fn campaign(seed: u64) {
    let config = small(NODES, PODS);
    let shape = Shape {
        seed,
        restart_seconds: 3_000,
        sample_seconds: 10,
        ..config.shape
    };
    let mut rig = Rig::start(Config { shape, ..config }).await;
    let (mut dice, mut rates, mut away) = (Dice(seed), 0, 0_u32);
    for _ in 0..CYCLES {
        trouble(&rig, &mut dice);
        match away {
            0 if dice.throw(12) == 0 => {
                rig.sim().api().set_mode(dice.pick(&API_MODES));
                away = 12;
            }
            0 => {
                churn(&rig, &mut dice);
                rig.agree().await;
            }
            // For the second half of this time it answers again.
            _ => {
                away -= 1;
                if away == 6 {
                    rig.sim().api().set_mode(ApiMode::Ok);
                }
            }
        }
        rates += rig.cycle().await.check();
    }
    let healthy = usize::try_from(CYCLES * u64::from(BAD * PODS)).unwrap();
    assert!(rates > healthy, "{rates} rates of {healthy}");
    let said = rig.log.take();
    let cycles = usize::try_from(CYCLES).unwrap();
    assert!(said.len() < 3 * cycles, "{} lines: {said:#?}", said.len());
}

#[tokio::test(start_paused = true)]
async fn hours_of_mixed_faults_leave_every_value_exact_or_absent() {
    campaign(1).await;
}

#[tokio::test(start_paused = true)]
async fn other_hours_of_mixed_faults_leave_every_value_exact_or_absent() {
    campaign(20_260_101).await;
}
