//! A line of styled text.

use crate::text;
use std::fmt;

/// How text looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Strong,
    Dim,
    Good,
    Warn,
    Bad,
    Mark,
}

/// A line. All text in it is clean: [`push`](Self::push) is the only way in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    spans: Vec<(Style, String)>,
}

impl Line {
    pub(crate) fn push(&mut self, style: Style, text: &str) {
        self.spans.push((style, text::clean(text)));
    }

    pub(crate) fn width(&self) -> usize {
        self.spans.iter().map(|(_, text)| text::width(text)).sum()
    }

    pub(crate) fn spans(&self) -> impl Iterator<Item = (Style, &str)> {
        self.spans.iter().map(|(style, text)| (*style, text.as_str()))
    }

    /// Cuts the line at `most` columns.
    pub(crate) fn cut(&mut self, most: usize) {
        if self.width() <= most {
            return;
        }
        let mut left = most;
        for (_, text) in &mut self.spans {
            *text = text::cut(text, left);
            left -= text::width(text).min(left);
        }
    }
}

/// The text alone, without the spaces at its end.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.spans.iter().map(|(_, text)| text.as_str()).collect();
        f.write_str(text.trim_end())
    }
}
