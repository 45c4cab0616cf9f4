//! The table: a row a figure, a column a program.

use super::Plan;
use super::answers::Kind;
use super::export::Exported;
use super::hold::Trial;
use super::load::{Loaded, Times};
use super::program::Program;
use super::receiver::Received;
use super::rounds::Seen;
use std::time::Duration;

/// The figures of one program, in the order in which they were found.
#[derive(Debug)]
pub(super) struct Report {
    name: String,
    rows: Vec<(String, String)>,
}

impl Report {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rows: Vec::new(),
        }
    }

    fn row(&mut self, name: impl Into<String>, value: String) {
        self.rows.push((name.into(), value));
    }

    pub(super) fn program(&mut self, program: &Program) {
        self.row("binary", megabytes(program.size_bytes));
        self.row("start to first HTTP answer", millis(program.startup));
    }

    pub(super) fn rounds(&mut self, seen: &[Seen], plan: &Plan) {
        let count = u32::try_from(seen.len()).unwrap_or(1).max(1);
        let cpu: Duration = seen.iter().map(|seen| seen.cpu).sum();
        let each: Vec<String> = seen
            .iter()
            .map(|seen| format!("{:.2}", seen.cpu.as_secs_f64()))
            .collect();
        self.row(
            "CPU s a round",
            format!("{:.2} ({})", (cpu / count).as_secs_f64(), each.join(", ")),
        );
        let period: Duration = seen.iter().map(|seen| seen.period).sum();
        self.row("real period", seconds(period / count));
        let mut resident: Vec<u64> = seen.iter().flat_map(|seen| seen.resident.clone()).collect();
        resident.sort_unstable();
        let median = resident.get(resident.len() / 2).copied().unwrap_or(0);
        self.row("RSS, median", kib(median));
        self.row("RSS, peak", kib(seen.last().map_or(0, |seen| seen.peak_kib)));
        let Some(last) = seen.last() else { return };
        let round = last.round;
        self.row(
            "kubelets answered, MB read",
            format!("{} of {}, {}", round.whole, plan.expected, megabytes(round.bytes)),
        );
        self.row(
            "first to last request",
            seconds(round.last_request - round.first_request),
        );
        self.row(
            "first request to last byte sent",
            seconds(round.last_byte - round.first_request),
        );
        let visible: Vec<String> = seen.iter().map(visible).collect();
        self.row("first request to visible", visible.join(", "));
    }

    /// What came in at the receiver over the measured rounds.
    pub(super) fn received(&mut self, received: Received, plan: &Plan) {
        let rounds = u64::from(plan.rounds.max(1));
        self.row(
            "received a round",
            format!(
                "{} lines, {}",
                received.lines / rounds,
                megabytes(received.bytes / rounds)
            ),
        );
    }

    pub(super) fn export(&mut self, exported: &Exported, plan: &Plan) {
        if exported.status != 200 {
            self.row("metric-export", format!("status {}", exported.status));
            return;
        }
        self.row(
            "metric-export",
            format!(
                "{}, CPU {}, {}, peak + {}",
                seconds(exported.took),
                seconds(exported.cpu),
                megabytes(exported.bytes),
                kib(exported.more_kib)
            ),
        );
        self.row("exported values a round", exported.values.to_string());
        let a_second = exported.values / plan.resolution.as_secs().max(1);
        self.row("exported values a second", a_second.to_string());
    }

    pub(super) fn answers(&mut self, kinds: &[Kind]) {
        for kind in kinds {
            let value = match kind.failed {
                Some(status) => format!("status {status}"),
                None => {
                    let count = u32::try_from(kind.count).unwrap_or(1).max(1);
                    format!(
                        "{:.1}/s, p50 {}, p99 {}, CPU {}, {}",
                        f64::from(count) / kind.took.as_secs_f64().max(1e-9),
                        millis(kind.p50),
                        millis(kind.p99),
                        millis(kind.cpu / count),
                        megabytes(kind.bytes)
                    )
                }
            };
            self.row(kind.name, value);
        }
    }

    pub(super) fn load(&mut self, loaded: &Loaded, plan: &Plan) {
        let times = |times: &Times| {
            format!(
                "p50 {}, p99 {}, most {} of {}",
                millis(times.p50),
                millis(times.p99),
                millis(times.most),
                times.count
            )
        };
        self.row(
            format!("{} requests/s, a whole round", plan.rate),
            times(&loaded.all),
        );
        self.row("of these while a batch is made", times(&loaded.busy));
        if loaded.failed > 0 {
            self.row("of these not 200", loaded.failed.to_string());
        }
    }

    pub(super) fn log(&mut self, complaints: usize) {
        self.row("warnings and errors in its log", complaints.to_string());
    }

    pub(super) fn end(&mut self, took: Option<Duration>) {
        self.row("SIGTERM to end", took.map_or("killed".to_owned(), millis));
    }

    pub(super) fn trial(&mut self, trial: &Trial) {
        let name = format!("{} s resolution", trial.resolution.as_secs());
        let text = match &trial.outcome {
            Err(error) => format!("**no**: {}", error.lines().next().unwrap_or("")),
            Ok(seen) => {
                let count = u32::try_from(seen.len()).unwrap_or(1).max(1);
                let cpu: Duration = seen.iter().map(|seen| seen.cpu).sum();
                let period: Duration = seen.iter().map(|seen| seen.period).sum();
                let whole = seen.iter().map(|seen| seen.round.whole).min().unwrap_or(0);
                format!(
                    "{}: period {}, {} of {} kubelets, visible after {}, CPU {} a round, peak {}",
                    if trial.holds() { "holds" } else { "**no**" },
                    seconds(period / count),
                    whole,
                    trial.expected,
                    seen.last().map_or_else(String::new, visible),
                    seconds(cpu / count),
                    kib(seen.last().map_or(0, |seen| seen.peak_kib))
                )
            }
        };
        self.row(name, text);
    }
}

fn visible(seen: &Seen) -> String {
    seen.visible.map_or("later than the next".to_owned(), seconds)
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    if millis < 10.0 {
        format!("{millis:.2} ms")
    } else {
        format!("{millis:.0} ms")
    }
}

fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 {
        return format!("{bytes} B");
    }
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

fn kib(kib: u64) -> String {
    format!("{} MB", kib / 1024)
}

/// A Markdown table.
pub(super) fn table(head: &str, reports: &[Report]) -> String {
    let names: Vec<&str> = reports.iter().map(|report| report.name.as_str()).collect();
    let mut text = format!(
        "\n{head}\n\n| | {} |\n|---|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    let mut rows: Vec<&String> = Vec::new();
    for (name, _) in reports.iter().flat_map(|report| &report.rows) {
        if !rows.contains(&name) {
            rows.push(name);
        }
    }
    for name in rows {
        let values: Vec<&str> = reports
            .iter()
            .map(|report| report.rows.iter().find(|(row, _)| row == name))
            .map(|row| row.map_or("–", |(_, value)| value.as_str()))
            .collect();
        text.push_str(&format!("| {name} | {} |\n", values.join(" | ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_stand_side_by_side() {
        let (mut one, mut two) = (Report::new("ours"), Report::new("theirs"));
        one.row("CPU s a round", "0.5".to_owned());
        two.row("CPU s a round", "7.1".to_owned());
        two.row("binary", megabytes(53_250_000));
        assert_eq!(
            table("10 nodes", &[one, two]),
            "\n10 nodes\n\n| | ours | theirs |\n|---|---|---|\n| CPU s a round | 0.5 | 7.1 |\n| binary | – | 53.2 MB |\n"
        );
    }
}
