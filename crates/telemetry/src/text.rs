//! The text form of names, labels and numbers, as the Prometheus client for Go prints them.

/// Appends `key="value"` pairs, sorted by key and joined by commas, without braces.
pub(crate) fn push_labels(out: &mut String, labels: &[(&'static str, &str)]) {
    let mut sorted: Vec<&(&'static str, &str)> = labels.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(key);
        out.push_str("=\"");
        push_escaped(out, value, true);
        out.push('"');
    }
}

/// Appends `text` with backslash and line feed escaped, and the quote too when the text stands in quotes.
fn push_escaped(out: &mut String, text: &str, quoted: bool) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quoted => out.push_str("\\\""),
            c => out.push(c),
        }
    }
}

/// Appends the two comment lines of a family; without a description the first one is left out.
pub(crate) fn push_head(out: &mut String, family: &str, help: &str, kind: &str) {
    if !help.is_empty() {
        out.push_str(&format!("# HELP {family} "));
        push_escaped(out, help, false);
        out.push('\n');
    }
    out.push_str(&format!("# TYPE {family} {kind}\n"));
}

/// Appends one line. `extra` is a further label that stands last, such as `quantile`.
pub(crate) fn push_line(
    out: &mut String,
    family: &str,
    suffix: &str,
    labels: &str,
    extra: Option<(&str, &str)>,
    value: f64,
) {
    out.push_str(family);
    out.push_str(suffix);
    if !labels.is_empty() || extra.is_some() {
        out.push('{');
        out.push_str(labels);
        if let Some((key, value)) = extra {
            let comma = if labels.is_empty() { "" } else { "," };
            out.push_str(&format!("{comma}{key}=\"{value}\""));
        }
        out.push('}');
    }
    out.push(' ');
    push_number(out, value);
    out.push('\n');
}

/// Appends `value` in the shortest text that reads back as it; an exponent from a million on and below 0.0001.
///
/// Source: Go strconv.FormatFloat, format `g`, precision -1.
pub(crate) fn push_number(out: &mut String, value: f64) {
    if value.is_nan() {
        return out.push_str("NaN");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        out.push_str(&value.to_string());
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("{digits}e{sign}{:02}", exponent.unsigned_abs()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64) -> String {
        let mut out = String::new();
        push_number(&mut out, value);
        out
    }

    #[test]
    fn numbers_read_as_go_prints_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.25, "0.25"),
            (999_999.0, "999999"),
            (1_000_000.0, "1e+06"),
            (1_763_800_000.5, "1.7638000005e+09"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-1.5e300, "-1.5e+300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn labels_are_sorted_and_escaped() {
        let mut out = String::new();
        push_labels(&mut out, &[("b", "x\\y\"z\n"), ("a", "")]);
        assert_eq!(out, r#"a="",b="x\\y\"z\n""#);
    }

    #[test]
    fn a_description_may_hold_quotes() {
        let mut out = String::new();
        push_head(&mut out, "f", "say \"a\"\nor \\", "gauge");
        assert_eq!(out, "# HELP f say \"a\"\\nor \\\\\n# TYPE f gauge\n");
    }
}
