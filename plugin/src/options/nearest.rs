//! Which known option a misspelt one was meant to be.

use super::Opt;

/// The option most like `name`, if it is like one at all.
pub(super) fn nearest(name: &str, declared: &'static [Opt]) -> Option<&'static str> {
    let bare = name.trim_start_matches("amp;").to_ascii_lowercase();
    declared
        .iter()
        .map(|opt| (distance(&bare, &opt.name.to_ascii_lowercase()), opt.name))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .map(|(_, known)| known)
}

/// Edit distance (insert, delete, replace).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(b.chars()) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}
