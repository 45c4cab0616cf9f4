//! A strict reader of the text format 0.0.4.

use std::collections::BTreeMap;

/// One sample: name, labels in printed order, value.
pub(super) type Sample = (String, Vec<(String, String)>, f64);

/// Reads the text and fails on anything that the format does not allow: a family in two places, a sample without its
/// TYPE line, a label twice, an unknown escape, a missing line feed.
pub(super) fn parse(text: &str) -> BTreeMap<String, Vec<Sample>> {
    assert!(text.is_empty() || text.ends_with('\n'));
    let mut families: BTreeMap<String, (String, Vec<Sample>)> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            assert!(
                rest.split_once(' ')
                    .is_some_and(|(name, help)| is_name(name) && !help.is_empty())
            );
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(
                ["counter", "gauge", "summary", "histogram"].contains(&kind),
                "{line}"
            );
            current = name.to_owned();
            let twice = families.insert(current.clone(), (kind.to_owned(), Vec::new()));
            assert!(twice.is_none(), "{name} twice");
        } else {
            let sample = parse_sample(line);
            let (kind, samples) = families.get_mut(&current).expect(line);
            let suffix = sample.0.strip_prefix(&current).expect(line);
            let allowed: &[&str] = match kind.as_str() {
                "summary" => &["", "_sum", "_count"],
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(allowed.contains(&suffix), "{line}");
            assert!(
                !samples.iter().any(|one| one.0 == sample.0 && one.1 == sample.1),
                "{line} twice"
            );
            samples.push(sample);
        }
    }
    families
        .into_iter()
        .map(|(name, (_, samples))| (name, samples))
        .collect()
}

fn is_name(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    !text.is_empty() && text.chars().all(word) && !text.starts_with(|c: char| c.is_ascii_digit())
}

fn parse_sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels: Vec<(String, String)> = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (key, after) = rest.split_once("=\"").unwrap();
            assert!(
                is_name(key) && !labels.iter().any(|(known, _)| known == key),
                "{line}"
            );
            let mut value = String::new();
            let mut chars = after.char_indices();
            let end = loop {
                match chars.next().expect(line) {
                    (at, '"') => break at,
                    (_, '\\') => value.push(match chars.next().expect(line).1 {
                        'n' => '\n',
                        c @ ('\\' | '"') => c,
                        c => panic!("escape {c} in {line}"),
                    }),
                    (_, c) => value.push(c),
                }
            };
            labels.push((key.to_owned(), value));
            rest = after.get(end + 1..).expect(line);
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}').expect(line);
    }
    let value = rest.strip_prefix(' ').expect(line);
    let value = match value {
        "NaN" => f64::NAN,
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        number => number.parse().expect(line),
    };
    (name.to_owned(), labels, value)
}
