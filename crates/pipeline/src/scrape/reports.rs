//! What is said in the log about targets that fail: a line when it begins or its cause changes, then one every ten minutes.

use heapster_plugin::source::ScrapeFailure;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;

/// The cause "the task panicked", beside those of [`ScrapeFailure`].
pub(crate) const PANICKED: &str = "panicked";

const QUIET: Duration = Duration::from_secs(600);

/// How much a line matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// A line for the log.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) level: Level,
    pub(crate) text: String,
}

/// The state of every target that is asked.
#[derive(Default, Debug)]
pub(crate) struct Reports {
    targets: HashMap<Box<str>, State>,
    /// How many targets were late when that was last said, and when.
    late: Option<(usize, Instant)>,
}

#[derive(Default, Debug)]
struct State {
    failing: Option<Failing>,
}

#[derive(Debug)]
struct Failing {
    reason: &'static str,
    logged: Instant,
    /// Failures since the last line, and in all.
    silent: u64,
    total: u64,
}

impl Reports {
    /// Whether the target was still to answer when the last cycle ended.
    pub(crate) fn hung(&self, name: &str) -> bool {
        let failing = self.targets.get(name).and_then(|state| state.failing.as_ref());
        failing.is_some_and(|failing| failing.reason == ScrapeFailure::Timeout.as_str())
    }

    /// Notes an answer with sets; a line when the target failed before.
    pub(crate) fn succeeded(&mut self, name: &str) -> Option<Line> {
        let failed = self.state(name).failing.take()?;
        let text = format!(
            "{name} answers again after {} failures ({})",
            failed.total, failed.reason
        );
        Some(Line {
            level: Level::Info,
            text,
        })
    }

    /// Notes a failure; a line when there is something new to say.
    pub(crate) fn failed(
        &mut self,
        name: &str,
        reason: &'static str,
        text: &str,
        now: Instant,
    ) -> Option<Line> {
        let state = self.state(name);
        let total = state.failing.as_ref().map_or(0, |failing| failing.total) + 1;
        let mut repeated = String::new();
        if let Some(failing) = &mut state.failing
            && failing.reason == reason
        {
            failing.total = total;
            failing.silent += 1;
            if now.duration_since(failing.logged) < QUIET {
                return None;
            }
            repeated = format!(" ({} times since the last such line)", failing.silent);
        }
        state.failing = Some(Failing {
            reason,
            logged: now,
            silent: 0,
            total,
        });
        Some(if reason == ScrapeFailure::Timeout.as_str() {
            let text = format!("Failed to get {name} response in time{repeated}");
            Line {
                level: Level::Warn,
                text,
            }
        } else {
            let text = format!("Error in scraping containers from {name}: {text}{repeated}");
            Line {
                level: Level::Error,
                text,
            }
        })
    }

    /// Notes how many of the targets answered in time; a line when others than before are late.
    pub(crate) fn in_time(&mut self, answered: usize, asked: usize, now: Instant) -> Option<String> {
        let late = asked.saturating_sub(answered);
        if late == 0 {
            self.late = None;
            return None;
        }
        let said = self.late.filter(|(known, _)| *known == late);
        if said.is_some_and(|(_, when)| now.duration_since(when) < QUIET) {
            return None;
        }
        self.late = Some((late, now));
        Some(format!(
            "Failed to get all responses in time (got {answered}/{asked})"
        ))
    }

    /// Forgets every target but these; the names of the forgotten ones.
    pub(crate) fn forget_others<'a>(
        &mut self,
        names: impl ExactSizeIterator<Item = &'a str>,
    ) -> Vec<Box<str>> {
        let names: HashSet<&str> = names.collect();
        if self.targets.len() <= names.len() && self.targets.keys().all(|name| names.contains(&**name)) {
            return Vec::new();
        }
        self.targets
            .extract_if(|name, _| !names.contains(&**name))
            .map(|(name, _)| name)
            .collect()
    }

    fn state(&mut self, name: &str) -> &mut State {
        if !self.targets.contains_key(name) {
            self.targets.insert(name.into(), State::default());
        }
        self.targets.entry(name.into()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "kubelet_summary:10.0.0.1:10255";

    fn text(line: Option<Line>) -> String {
        line.map(|line| line.text).unwrap_or_default()
    }

    #[test]
    fn a_failure_is_one_line_until_its_cause_changes_or_ten_minutes_pass() {
        let mut reports = Reports::default();
        let start = Instant::now();
        let after = |minutes: u64| start + Duration::from_secs(60 * minutes);
        let first = reports
            .failed(NAME, "refused", "GET /stats answered 401", start)
            .unwrap();
        assert_eq!(first.level, Level::Error);
        assert_eq!(
            first.text,
            format!("Error in scraping containers from {NAME}: GET /stats answered 401")
        );
        assert_eq!(reports.failed(NAME, "refused", "x", after(1)), None);
        assert_eq!(reports.failed(NAME, "refused", "x", after(9)), None);
        let again = text(reports.failed(NAME, "refused", "x", after(10)));
        assert!(
            again.ends_with(": x (3 times since the last such line)"),
            "{again}"
        );
        let changed = reports.failed(NAME, "timeout", "no answer", after(11)).unwrap();
        assert_eq!(changed.level, Level::Warn);
        assert_eq!(changed.text, format!("Failed to get {NAME} response in time"));
        assert!(reports.hung(NAME));
        assert_eq!(
            text(reports.succeeded(NAME)),
            format!("{NAME} answers again after 5 failures (timeout)")
        );
        assert_eq!(reports.succeeded(NAME), None);
        assert!(!reports.hung(NAME));
    }

    #[test]
    fn late_answers_are_one_line_until_their_number_changes_or_ten_minutes_pass() {
        let mut reports = Reports::default();
        let start = Instant::now();
        let mut said = |minutes: u64, answered| {
            let now = start + Duration::from_secs(60 * minutes);
            reports.in_time(answered, 3, now)
        };
        let line = said(0, 2).unwrap();
        assert_eq!(line, "Failed to get all responses in time (got 2/3)");
        assert_eq!(said(9, 2), None);
        assert!(said(9, 1).is_some());
        assert_eq!(said(18, 1), None);
        assert!(said(19, 1).is_some());
        assert_eq!(said(20, 3), None);
        assert!(said(21, 1).is_some());
    }

    #[test]
    fn a_target_that_vanished_is_forgotten() {
        let mut reports = Reports::default();
        reports.succeeded("a");
        reports.failed("b", "refused", "x", Instant::now());
        assert_eq!(reports.forget_others(["a", "c"].into_iter()), [Box::from("b")]);
        assert_eq!(reports.succeeded("b"), None);
    }
}
