//! Bars and sparklines out of block characters.

use super::line::Style;

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EIGHTHS: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// A character a value, the largest one full height.
pub(super) fn sparkline(values: &[f64]) -> String {
    let largest = values.iter().copied().fold(0.0, f64::max);
    let share = |value: f64| if largest > 0.0 { value / largest } else { 0.0 };
    values
        .iter()
        .map(|value| level(&LEVELS, 7.0, share(*value)))
        .collect()
}

/// A bar of `columns` columns that is full at a share of 1.
pub(super) fn bar(share: f64, columns: u16) -> String {
    let filled = share.clamp(0.0, 1.0) * f64::from(columns);
    (0..columns)
        .map(|column| level(&EIGHTHS, 8.0, (filled - f64::from(column)).clamp(0.0, 1.0)))
        .collect()
}

/// Green, from 70 per cent on yellow, from 90 on red.
pub(super) fn style(share: Option<f64>) -> Style {
    match share {
        None => Style::Dim,
        Some(..0.7) => Style::Good,
        Some(..0.9) => Style::Warn,
        Some(_) => Style::Bad,
    }
}

/// The character for `share` of the highest one, which is `steps` above the lowest.
fn level(characters: &[char], steps: f64, share: f64) -> char {
    let (mut chosen, mut at) = (' ', -0.5);
    for character in characters {
        if share * steps >= at {
            chosen = *character;
        }
        at += 1.0;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_is_as_high_as_its_largest_value() {
        assert_eq!(sparkline(&[0.0, 1.0, 2.0, 3.5, 7.0]), "▁▂▃▅█");
        assert_eq!(sparkline(&[0.0, 0.0]), "▁▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[f64::MAX, 1.0]), "█▁");
    }

    #[test]
    fn a_bar_has_eighths_and_never_more_than_its_columns() {
        assert_eq!(bar(0.5, 4), "██  ");
        assert_eq!(bar(0.53, 4), "██▏ ");
        assert_eq!(bar(7.0, 3), "███");
        assert_eq!(bar(f64::NAN, 3), "   ");
        assert_eq!(bar(-1.0, 3), "   ");
    }
}
