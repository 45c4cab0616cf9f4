//! From a snapshot to the lines of a frame. Pure: no terminal, no clock.

mod chart;
mod header;
mod line;
mod table;

pub(crate) use line::{Line, Style};

use crate::snapshot::{NodeRow, Snapshot, Work, WorkRow};
use crate::units;
use std::time::Duration;
use table::{Cell, Column, Table};

/// What a frame is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) url: &'a str,
    /// What was read last.
    pub(crate) snapshot: Option<&'a Snapshot>,
    /// How old its batch is now.
    pub(crate) age: Duration,
    /// Why nothing newer could be read.
    pub(crate) problem: Option<&'a str>,
    /// Whether keys are read.
    pub(crate) keys: bool,
}

/// Columns and lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// The frame: at most `size.height` lines of at most `size.width` columns, every text clean.
pub(crate) fn frame(view: &View<'_>, size: Size) -> Vec<Line> {
    let mut lines = header::lines(view, size.width);
    if let Some(snapshot) = view.snapshot {
        lines.push(Line::default());
        let room = size.height.saturating_sub(lines.len());
        lines.extend(tables(snapshot, size.width, room));
    }
    lines.truncate(size.height);
    for line in &mut lines {
        line.cut(size.width);
    }
    lines
}

/// Both tables in `room` lines. The nodes get half of the rows, and what the others leave.
fn tables(snapshot: &Snapshot, width: usize, room: usize) -> Vec<Line> {
    let (below, total) = match &snapshot.work {
        Work::Pods { pods, top, .. } => (work_table("POD", "NAMESPACE", top), *pods),
        Work::Services { services, top } => (work_table("SERVICE", "NODE", top), *services),
        Work::Unknown(reason) => {
            let mut line = Line::default();
            line.push(Style::Warn, &format!("pods are not known: {reason}"));
            let mut lines =
                node_table(&snapshot.top_nodes).lines(width, snapshot.nodes, room.saturating_sub(3));
            lines.extend([Line::default(), line]);
            return lines;
        }
    };
    let above = node_table(&snapshot.top_nodes);
    let rows = room.saturating_sub(3); // two titles and the line between
    let for_nodes = (rows / 2).max(rows.saturating_sub(below.needs(total)));
    let mut lines = above.lines(width, snapshot.nodes, for_nodes);
    let rows = rows.saturating_sub(lines.len().saturating_sub(1));
    lines.push(Line::default());
    lines.extend(below.lines(width, total, rows));
    lines
}

fn node_table(nodes: &[NodeRow]) -> Table {
    let columns = vec![
        Column::left("NODE", 0),
        Column::right("CPU", 1),
        Column::right("%", 4),
        Column::right("RECENT CPU", 7),
        Column::right("MEMORY", 2),
        Column::right("%", 3),
        Column::right("RECEIVED", 6),
        Column::right("SENT", 6),
        Column::right("ROOT FS", 8),
        Column::right("FS %", 5),
    ];
    let rows = nodes.iter().map(|node| {
        vec![
            Cell::plain(&node.name),
            Cell::plain(&units::cores(node.cpu.used)),
            share(node.cpu.share()),
            Cell::new(Style::Mark, &chart::sparkline(&node.history)),
            Cell::plain(&units::bytes(node.memory.used)),
            share(node.memory.share()),
            Cell::plain(&units::rate(node.received)),
            Cell::plain(&units::rate(node.sent)),
            Cell::plain(&units::bytes(node.root.used)),
            share(node.root.share()),
        ]
    });
    Table {
        rows: rows.collect(),
        columns,
    }
}

fn work_table(name: &'static str, place: &'static str, rows: &[WorkRow]) -> Table {
    let mut columns = vec![
        Column::left(name, 0),
        Column::left(place, 3),
        Column::right("CPU", 1),
        Column::right("MEMORY", 2),
    ];
    let history = rows.iter().any(|row| !row.history.is_empty());
    if history {
        columns.push(Column::right("RECENT CPU", 4));
    }
    let rows = rows.iter().map(|row| {
        let mut cells = vec![
            Cell::plain(&row.name),
            Cell::new(Style::Dim, &row.place),
            Cell::plain(&units::cores(row.cpu)),
            Cell::plain(&units::bytes(row.memory)),
        ];
        if history {
            cells.push(Cell::new(Style::Mark, &chart::sparkline(&row.history)));
        }
        cells
    });
    Table {
        rows: rows.collect(),
        columns,
    }
}

fn share(share: Option<f64>) -> Cell {
    Cell::new(chart::style(share), &units::percent(share))
}

#[cfg(test)]
mod tests;
