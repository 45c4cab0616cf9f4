//! Which events are shown: `--v` and `--vmodule`.

use super::line::base_name;
use crate::flags::modules;
use tracing::{Level, Metadata};

/// Verbosity by source file.
#[derive(Debug)]
pub(super) struct Verbosity {
    general: i64,
    modules: Vec<(String, i64)>,
}

impl Verbosity {
    /// From the values of the flags, which are checked by then.
    pub(super) fn new(general: i64, vmodule: &str) -> Self {
        Self {
            general,
            modules: modules(vmodule).unwrap_or_default(),
        }
    }

    /// Whether an event of this place is shown.
    pub(super) fn shows(&self, metadata: &Metadata<'_>) -> bool {
        let file = base_name(metadata.file().unwrap_or(""));
        self.of(file) >= needed(*metadata.level(), metadata.target().starts_with("heapster"))
    }

    /// The verbosity of a source file; the first pattern that fits decides, if any does.
    fn of(&self, file: &str) -> i64 {
        let stem = file.strip_suffix(".rs").unwrap_or(file);
        self.modules
            .iter()
            .find(|(pattern, _)| fits(pattern.as_bytes(), stem.as_bytes()))
            .map_or(self.general, |(_, level)| (*level).max(self.general))
    }
}

/// The verbosity from which on a line is shown.
fn needed(level: Level, ours: bool) -> i64 {
    match (level, ours) {
        (Level::ERROR | Level::WARN | Level::INFO, _) => i64::MIN,
        (Level::DEBUG, true) => 1,
        (Level::DEBUG, false) => 6,
        (_, true) => 4,
        (_, false) => 8,
    }
}

/// Whether `text` is what `pattern` describes; `*` stands for any text, `?` for one byte.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            fits(rest, text) || text.split_first().is_some_and(|(_, tail)| fits(pattern, tail))
        }
        ([b'?', rest @ ..], [_, tail @ ..]) => fits(rest, tail),
        ([first, rest @ ..], [byte, tail @ ..]) => first == byte && fits(rest, tail),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_know_stars_and_question_marks() {
        assert!(fits(b"*", b"manager") && fits(b"man*", b"manager") && fits(b"m?n*er", b"manager"));
        assert!(!fits(b"man", b"manager") && !fits(b"?", b"") && fits(b"*", b""));
    }

    #[test]
    fn a_module_raises_the_verbosity_of_its_file_only() {
        let verbosity = Verbosity::new(1, "scrape=4,k*=2");
        assert_eq!(verbosity.of("scrape.rs"), 4);
        assert_eq!(verbosity.of("kubelet.rs"), 2);
        assert_eq!(verbosity.of("run.rs"), 1);
        assert_eq!(Verbosity::new(0, "*=4").of("run.rs"), 4);
    }

    #[test]
    fn debug_is_one_and_trace_is_four() {
        assert_eq!([needed(Level::DEBUG, true), needed(Level::TRACE, true)], [1, 4]);
        assert_eq!([needed(Level::DEBUG, false), needed(Level::TRACE, false)], [6, 8]);
        assert!(needed(Level::INFO, true) < 0);
    }
}
