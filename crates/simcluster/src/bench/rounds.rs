//! Follows a program's rounds: what each cost, and when its batch was to be seen.

use super::Plan;
use super::program::Program;
use crate::Fallible;
use crate::client::Connection;
use heapster_simcluster::{Cluster, Round, State};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often the kubelets' account is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// How often the program is asked for a new batch.
const ASK: Duration = Duration::from_millis(25);
/// How often its memory is looked at.
const WEIGH: Duration = Duration::from_millis(250);

/// One finished round.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) round: Round,
    /// CPU of the program from the first request of this round to that of the next.
    pub(super) cpu: Duration,
    /// Time between these.
    pub(super) period: Duration,
    /// From the first request to a newer batch in the API; `None` when the next round came first.
    pub(super) visible: Option<Duration>,
    /// Resident memory over the round, in KiB.
    pub(super) resident: Vec<u64>,
    pub(super) peak_kib: u64,
}

/// The round under way.
#[derive(Debug)]
struct Current {
    number: u64,
    first_request: Instant,
    cpu: Duration,
    visible: Option<Duration>,
    resident: Vec<u64>,
    peak_kib: u64,
}

/// Follows one program.
pub(super) struct Follower {
    state: Arc<State>,
    expected: u32,
    resolution: Duration,
    probe: String,
    connection: Option<Connection>,
    stamp: String,
    current: Option<Current>,
    asked: Instant,
    weighed: Instant,
}

impl Follower {
    pub(super) fn new(cluster: &Cluster, plan: &Plan) -> Self {
        Self {
            state: cluster.state().clone(),
            expected: plan.expected,
            resolution: plan.resolution,
            probe: plan.probe.clone(),
            connection: None,
            stamp: String::new(),
            current: None,
            asked: Instant::now(),
            weighed: Instant::now(),
        }
    }

    /// Waits for so many more rounds to end, that is for the next one to begin.
    pub(super) async fn follow(&mut self, program: &mut Program, rounds: u32) -> Fallible<Vec<Seen>> {
        let wanted = usize::try_from(rounds)?;
        let patience = self.resolution * 3 * (rounds + 1) + Duration::from_secs(120);
        let deadline = Instant::now() + patience;
        let mut seen = Vec::new();
        while seen.len() < wanted {
            if Instant::now() > deadline {
                let text = format!(
                    "only {} of {rounds} rounds within {} s",
                    seen.len(),
                    patience.as_secs()
                );
                return Err(text.into());
            }
            seen.extend(self.look(program).await?);
        }
        Ok(seen)
    }

    /// Waits until the batch of the round under way is to be seen.
    pub(super) async fn until_visible(&mut self, program: &mut Program) -> Fallible<()> {
        let deadline = Instant::now() + self.resolution * 3;
        while self.visible().is_none() && Instant::now() < deadline {
            self.look(program).await?;
        }
        Ok(())
    }

    /// When the round under way began, and how much later its batch was to be seen.
    pub(super) fn under_way(&self) -> Option<(Instant, Option<Duration>)> {
        self.current
            .as_ref()
            .map(|current| (current.first_request, current.visible))
    }

    fn visible(&self) -> Option<Duration> {
        self.current.as_ref().and_then(|current| current.visible)
    }

    /// Looks once; a round that ended is the answer.
    pub(super) async fn look(&mut self, program: &mut Program) -> Fallible<Option<Seen>> {
        sleep(LOOK).await;
        program.alive()?;
        let Some(newest) = self.state.stats().newest() else {
            return Ok(None);
        };
        let mut ended = None;
        if self
            .current
            .as_ref()
            .is_none_or(|current| current.number < newest.number)
        {
            let cpu = program.cpu();
            let next = Current {
                number: newest.number,
                first_request: newest.first_request,
                cpu,
                visible: None,
                resident: Vec::new(),
                peak_kib: 0,
            };
            ended = self.current.replace(next).and_then(|last| {
                let rounds = self.state.stats().rounds();
                let round = rounds.into_iter().find(|round| round.number == last.number)?;
                Some(Seen {
                    round,
                    cpu: cpu.saturating_sub(last.cpu),
                    period: newest.first_request.saturating_duration_since(last.first_request),
                    visible: last.visible,
                    resident: last.resident,
                    peak_kib: last.peak_kib,
                })
            });
        }
        self.weigh(program);
        self.ask(program, &newest).await;
        Ok(ended)
    }

    fn weigh(&mut self, program: &Program) {
        if self.weighed.elapsed() < WEIGH {
            return;
        }
        self.weighed = Instant::now();
        if let (Some(current), Some(memory)) = (&mut self.current, program.memory()) {
            current.resident.push(memory.resident_kib);
            current.peak_kib = memory.peak_kib;
        }
    }

    /// Asks for a new batch once all kubelets of the round have been asked, or it is late.
    async fn ask(&mut self, program: &Program, newest: &Round) {
        let Some(current) = &mut self.current else { return };
        let due = newest.requests >= self.expected
            || current.first_request.elapsed() > self.resolution.min(Duration::from_secs(6));
        if self.probe.is_empty() || current.visible.is_some() || !due || self.asked.elapsed() < ASK {
            return;
        }
        let since = current.first_request;
        if self.connection.is_none() {
            self.connection = program.connect().await.ok();
        }
        let Some(connection) = &mut self.connection else {
            return;
        };
        match connection.text(&self.probe).await {
            Ok((200, text)) => {
                let stamp = stamp(&text).unwrap_or_default();
                if stamp != self.stamp {
                    self.stamp = stamp;
                    current.visible = Some(since.elapsed());
                }
            }
            Ok(_) => {}
            Err(_) => self.connection = None,
        }
        self.asked = Instant::now();
    }
}

/// The time of the newest batch in an answer of the model API.
fn stamp(text: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(text).ok()?;
    let stamp = answer.get("latestTimestamp")?.as_str()?;
    (!stamp.starts_with("0001")).then(|| stamp.to_owned())
}
