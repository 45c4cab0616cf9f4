//! The lines above the tables.

use super::{Line, Style, View, chart};
use crate::snapshot::{Snapshot, Used, Work};
use crate::{text, units};
use std::time::Duration;

/// The age at which heapster itself calls its newest batch stale.
const STALE: Duration = Duration::from_secs(180);
const BAR: u16 = 30;

/// Title, batch, counts, CPU and memory; then the problem, if there is one.
pub(super) fn lines(view: &View<'_>, width: usize) -> Vec<Line> {
    let mut lines = vec![title(view, width)];
    if let Some(snapshot) = view.snapshot {
        lines.push(batch(snapshot, view.age));
        let cores = |value| units::cores(value);
        let amounts = [
            ("cpu", snapshot.cpu, amount(snapshot.cpu, cores, " cores")),
            (
                "memory",
                snapshot.memory,
                amount(snapshot.memory, units::bytes, ""),
            ),
        ];
        let widest = amounts
            .iter()
            .map(|(_, _, text)| text::width(text))
            .max()
            .unwrap_or(0);
        lines.extend(amounts.map(|(name, used, text)| usage(name, used, &text, widest)));
    }
    match (view.problem, view.snapshot) {
        (Some(problem), _) => {
            let mut line = Line::default();
            line.push(Style::Warn, &format!("{problem}; trying again"));
            lines.push(line);
        }
        (None, None) => {
            let mut line = Line::default();
            line.push(Style::Dim, "waiting for the first answer");
            lines.push(line);
        }
        (None, Some(_)) => {}
    }
    lines
}

fn title(view: &View<'_>, width: usize) -> Line {
    const KEYS: &str = "q ends";
    let mut line = Line::default();
    line.push(Style::Strong, "heapster top");
    line.push(Style::Plain, &format!("  {}", view.url));
    let blank = width.saturating_sub(line.width() + KEYS.len());
    if view.keys && blank > 1 {
        line.push(Style::Plain, &" ".repeat(blank));
        line.push(Style::Dim, KEYS);
    }
    line
}

fn batch(snapshot: &Snapshot, age: Duration) -> Line {
    let mut line = Line::default();
    line.push(Style::Plain, &format!("batch {}, ", snapshot.time));
    let style = if age >= STALE { Style::Warn } else { Style::Plain };
    line.push(style, &format!("{} old", units::age(age)));
    let counts = match &snapshot.work {
        Work::Pods { pods, containers, .. } => format!("   pods {pods}   containers {containers}"),
        Work::Services { services, .. } => format!("   pods 0   services {services}"),
        Work::Unknown(_) => String::new(),
    };
    line.push(Style::Plain, &format!("   nodes {}{counts}", snapshot.nodes));
    line
}

fn amount(used: Used, text: impl Fn(Option<f64>) -> String, unit: &str) -> String {
    match used.of {
        Some(of) => format!("{} of {}{unit}", text(used.used), text(Some(of))),
        None => format!("{}{unit}", text(used.used)),
    }
}

fn usage(name: &str, used: Used, text: &str, widest: usize) -> Line {
    let mut line = Line::default();
    line.push(Style::Strong, &format!("{name:<8}"));
    line.push(Style::Plain, text);
    if let Some(share) = used.share() {
        let blank = widest - text::width(text).min(widest);
        let style = chart::style(Some(share));
        line.push(Style::Plain, &format!("{}  [", " ".repeat(blank)));
        line.push(style, &chart::bar(share, BAR));
        line.push(Style::Plain, "]");
        line.push(style, &format!(" {:>4}", units::percent(Some(share))));
    }
    line
}
