//! Tables whose columns are as wide as their widest cell, and which give up columns where the terminal is narrow.

use super::line::{Line, Style};
use crate::text;

/// What the first column keeps before another one is given up.
const NAME: usize = 24;
/// Spaces between two columns.
const GAP: usize = 2;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    title: &'static str,
    right: bool,
    /// The column with the highest rank is given up first; those of one rank together. Rank 0 stays.
    rank: u8,
}

impl Column {
    pub(super) const fn left(title: &'static str, rank: u8) -> Self {
        Self {
            title,
            right: false,
            rank,
        }
    }

    pub(super) const fn right(title: &'static str, rank: u8) -> Self {
        Self {
            title,
            right: true,
            rank,
        }
    }
}

/// A cell.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    style: Style,
    text: String,
}

impl Cell {
    pub(super) fn new(style: Style, text: &str) -> Self {
        Self {
            style,
            text: text::clean(text),
        }
    }

    pub(super) fn plain(text: &str) -> Self {
        Self::new(Style::Plain, text)
    }
}

/// Rows of one cell a column, the busiest first.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// How many lines below the title show `total` rows as far as they are known.
    pub(super) fn needs(&self, total: usize) -> usize {
        self.rows.len() + usize::from(total > self.rows.len())
    }

    /// The title and at most `room` lines; the last one says how many of `total` rows are not shown.
    pub(super) fn lines(&self, width: usize, total: usize, room: usize) -> Vec<Line> {
        let shown = if self.needs(total) <= room {
            self.rows.len()
        } else {
            self.rows.len().min(room.saturating_sub(1))
        };
        let rows = self.rows.get(..shown).unwrap_or_default();
        let widths = self.widths(rows, width);
        let mut title = Line::default();
        let mut lines = Vec::with_capacity(shown + 2);
        for (column, width) in self.columns.iter().zip(&widths) {
            place(&mut title, *column, Style::Strong, column.title, *width);
        }
        lines.push(title);
        for row in rows {
            let mut line = Line::default();
            for ((column, width), cell) in self.columns.iter().zip(&widths).zip(row) {
                place(&mut line, *column, cell.style, &cell.text, *width);
            }
            lines.push(line);
        }
        if total > shown && room > 0 {
            let mut more = Line::default();
            more.push(Style::Dim, &format!("… and {} more", total - shown));
            lines.push(more);
        }
        lines
    }

    /// The width of each column; `None` for those that are given up.
    fn widths(&self, rows: &[Vec<Cell>], most: usize) -> Vec<Option<usize>> {
        let mut widths: Vec<Option<usize>> = Vec::with_capacity(self.columns.len());
        for (place, column) in self.columns.iter().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(place));
            let widest = cells.map(|cell| text::width(&cell.text)).max().unwrap_or(0);
            widths.push(Some(widest.max(text::width(column.title))));
        }
        let name = widths.first().copied().flatten().unwrap_or(0);
        loop {
            let others: usize = widths.iter().skip(1).flatten().map(|width| width + GAP).sum();
            let highest = self
                .columns
                .iter()
                .zip(&widths)
                .filter_map(|(column, width)| width.map(|_| column.rank))
                .max()
                .unwrap_or(0);
            if most.saturating_sub(others) >= name.min(NAME) || highest == 0 {
                if let Some(first) = widths.first_mut() {
                    *first = Some(name.min(most.saturating_sub(others)));
                }
                return widths;
            }
            for (column, width) in self.columns.iter().zip(&mut widths) {
                if column.rank == highest {
                    *width = None;
                }
            }
        }
    }
}

/// Adds a cell to a line, in its column's width.
fn place(line: &mut Line, column: Column, style: Style, text: &str, width: Option<usize>) {
    let Some(width) = width else {
        return;
    };
    let text = text::cut(text, width);
    let blank = " ".repeat(width - text::width(&text).min(width));
    if line.width() > 0 {
        line.push(Style::Plain, &" ".repeat(GAP));
    }
    if column.right {
        line.push(Style::Plain, &blank);
        line.push(style, &text);
    } else {
        line.push(style, &text);
        line.push(Style::Plain, &blank);
    }
}
