//! Environment variables inside a URI.

/// Go's `os.ExpandEnv`: `$name`, `${name}`, `$` and one special character.
pub(super) fn expand(text: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('$') {
        out.push_str(plain);
        let (name, after) = variable_name(tail);
        match name {
            Some(name) => out.push_str(&variable(name).unwrap_or_default()),
            None if tail.is_empty() => out.push('$'),
            None => {}
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn variable_name(tail: &str) -> (Option<&str>, &str) {
    if let Some(inner) = tail.strip_prefix('{') {
        return match inner.split_once('}') {
            Some(("", after)) => (None, after),
            Some((name, after)) => (Some(name), after),
            None => (None, inner),
        };
    }
    let special = |c: char| matches!(c, '*' | '#' | '$' | '@' | '!' | '?' | '-' | '0'..='9');
    if tail.starts_with(special) {
        let (name, after) = tail.split_at(1);
        return (Some(name), after);
    }
    let end = tail
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(tail.len());
    if end == 0 {
        (None, tail)
    } else {
        (tail.get(..end), tail.get(end..).unwrap_or(""))
    }
}
