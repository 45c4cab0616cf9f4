//! Which resolutions a program holds: each is tried in a run of its own.

use super::program::{Place, Template};
use super::report::Report;
use super::rounds::{Follower, Seen};
use super::{Plan, progress};
use crate::Fallible;
use heapster_simcluster::{Cluster, Config};
use std::time::Duration;

/// Rounds of a trial, after the first, whose CPU also reads the API server.
const ROUNDS: u32 = 5;

/// How a resolution went.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) resolution: Duration,
    pub(super) outcome: Result<Vec<Seen>, String>,
    pub(super) expected: u32,
}

impl Trial {
    /// Whether every round came in time, was whole, and was to be seen before the next.
    pub(super) fn holds(&self) -> bool {
        let Ok(seen) = &self.outcome else { return false };
        seen.iter().all(|seen| {
            seen.period < self.resolution + self.resolution / 10
                && seen.round.whole >= self.expected
                && seen.visible.is_some()
        })
    }
}

/// Tries all resolutions of the plan.
pub(super) async fn search(
    config: &Config,
    template: &Template,
    place: &Place,
    plan: &Plan,
    report: &mut Report,
) -> Fallible<()> {
    for resolution in &plan.tried {
        progress(&format!("does it hold {} s?", resolution.as_secs()));
        let cluster = Cluster::start(config).await?;
        let mut program = template.start(&cluster, place, *resolution).await?;
        let plan = Plan {
            resolution: *resolution,
            ..plan.clone()
        };
        let mut follower = Follower::new(&cluster, &plan);
        let outcome = async {
            follower.follow(&mut program, 2).await?;
            follower.follow(&mut program, ROUNDS).await
        };
        let outcome = outcome.await.map_err(|error| error.to_string());
        report.trial(&Trial {
            resolution: *resolution,
            outcome,
            expected: plan.expected,
        });
        program.stop().await;
    }
    Ok(())
}
