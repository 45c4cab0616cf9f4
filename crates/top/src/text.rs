//! Text that a terminal may be given, and its width in columns.

use unicode_width::UnicodeWidthChar;

/// Stands for what is not printed.
const REPLACEMENT: char = '\u{FFFD}';
/// Stands for what was cut off.
const CUT: char = '…';

/// `text` with every character replaced that moves the cursor, changes the terminal, turns the direction of writing or has
/// no width: control characters, and with them every escape sequence; line and paragraph separators; marks and joiners.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c.width() {
            None | Some(0) => REPLACEMENT,
            Some(_) if matches!(c, '\u{2028}' | '\u{2029}') => REPLACEMENT,
            Some(_) => c,
        })
        .collect()
}

/// The columns that clean text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Clean text in at most `most` columns; `…` ends what was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = most.saturating_sub(1);
    for c in text.chars() {
        let Some(rest) = left.checked_sub(columns(c)) else {
            break;
        };
        left = rest;
        out.push(c);
    }
    if most > 0 {
        out.push(CUT);
    }
    out
}

fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_passes() {
        assert_eq!(clean("a\x1b[2Jb"), "a\u{FFFD}[2Jb");
        for bad in [
            '\0',
            '\x07',
            '\x08',
            '\t',
            '\n',
            '\r',
            '\x7f',
            '\u{80}',
            '\u{9b}',
            '\u{9d}',
            '\u{200d}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{301}',
            '\u{feff}',
            '\u{e0001}',
        ] {
            assert_eq!(clean(&bad.to_string()), "\u{FFFD}", "{bad:?}");
        }
        assert_eq!(clean("Größe 中 é 🚀"), "Größe 中 é 🚀");
    }

    #[test]
    fn text_is_cut_at_a_column_and_never_inside_a_wide_character() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("中中中", 4), "中…");
        assert_eq!(cut("中中中", 5), "中中…");
        assert_eq!((cut("ab", 1).as_str(), cut("ab", 0).as_str()), ("…", ""));
        assert_eq!(width("中é"), 3);
    }
}
