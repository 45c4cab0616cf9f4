//! Paths and tags, and the characters that a line cannot hold.

use heapster_plugin::model::{Labels, label};

/// The labels that no tag is made of: user labels as one text, and numbers that name nothing.
const NO_TAGS: [&str; 4] = [label::LABELS, label::NAMESPACE_ID, label::POD_ID, label::HOST_ID];

/// Appends what stands before the metric in the path of a set, a dot behind each part.
///
/// Source: Heapster 1.5 metrics/sinks/graphite/driver.go (paths). Differs: more characters are replaced, see [`push_part`].
pub(crate) fn push_set(out: &mut Vec<u8>, labels: &Labels) {
    let mut named = |words: &str, key: &str| {
        out.extend_from_slice(words.as_bytes());
        push_part(out, labels.get(key).unwrap_or(""));
        out.push(b'.');
    };
    match labels.get(label::TYPE).unwrap_or("") {
        "pod_container" => {
            named("nodes.", label::HOSTNAME);
            named("pods.", label::NAMESPACE_NAME);
            named("", label::POD_NAME);
            named("containers.", label::CONTAINER_NAME);
        }
        "pod" => {
            named("nodes.", label::HOSTNAME);
            named("pods.", label::NAMESPACE_NAME);
            named("", label::POD_NAME);
        }
        "sys_container" => {
            named("nodes.", label::HOSTNAME);
            named("sys-containers.", label::CONTAINER_NAME);
        }
        "node" => named("nodes.", label::HOSTNAME),
        "ns" => named("namespaces.", label::NAMESPACE_NAME),
        "cluster" => out.extend_from_slice(b"cluster."),
        _ => {}
    }
}

/// Appends the name of a metric with dots for slashes; of a labeled value, what tells it from its siblings behind the first
/// part: `filesystem.dev_sda1.usage`.
pub(crate) fn push_metric(out: &mut Vec<u8>, name: &str, labels: Option<&Labels>) {
    let resource = labels.and_then(|labels| {
        labels
            .get(label::RESOURCE_ID)
            .or_else(|| labels.get(label::ACCELERATOR_ID))
    });
    let Some(resource) = resource else {
        push_dotted(out, name);
        return;
    };
    let (first, rest) = name.split_once('/').unwrap_or((name, ""));
    push_dotted(out, first);
    out.push(b'.');
    match resource.trim_start_matches('/') {
        "" => out.extend_from_slice(b"root"),
        resource => push_part(out, resource),
    }
    if !rest.is_empty() {
        out.push(b'.');
        push_dotted(out, rest);
    }
}

fn push_dotted(out: &mut Vec<u8>, name: &str) {
    push_with(out, name, |c| if c == '/' { '.' } else { line_safe(c) });
}

/// Appends one part of a path: `.` and `/`, which would split it, and `:` become `_`.
///
/// Differs: the original replaced neither white space, which makes carbon drop the line, nor `:`, nor anything in namespaces.
fn push_part(out: &mut Vec<u8>, text: &str) {
    push_with(out, text, |c| match c {
        '.' | '/' | ':' => '_',
        c => line_safe(c),
    });
}

/// Appends a tag for each label of the set but those of `own`, then for each of `own`.
///
/// Source: Graphite 1.1 documentation, "Carbon metrics with tags": a key holds none of `;!^=`, a value no `;`, does not begin
/// with `~` and is not empty; the tag `name` is the metric.
pub(crate) fn push_tags(out: &mut Vec<u8>, labels: &Labels, own: Option<&Labels>) {
    for (key, value) in labels.iter() {
        if own.is_none_or(|own| own.get(key).is_none()) {
            push_tag(out, key, value);
        }
    }
    for (key, value) in own.iter().flat_map(|own| own.iter()) {
        push_tag(out, key, value);
    }
}

fn push_tag(out: &mut Vec<u8>, key: &str, value: &str) {
    if key.is_empty() || value.is_empty() || NO_TAGS.contains(&key) {
        return;
    }
    out.push(b';');
    if key == "name" {
        out.push(b'_');
    }
    push_with(out, key, |c| match c {
        '!' | '^' | '=' => '_',
        c => line_safe(c),
    });
    out.push(b'=');
    let value = match value.strip_prefix('~') {
        Some(rest) => {
            out.push(b'_');
            rest
        }
        None => value,
    };
    push_with(out, value, line_safe);
}

/// What would end a line, split its fields or begin a tag becomes `_`.
fn line_safe(c: char) -> char {
    if c == ';' || c.is_whitespace() || c.is_control() {
        '_'
    } else {
        c
    }
}

fn push_with(out: &mut Vec<u8>, text: &str, safe: impl Fn(char) -> char) {
    let stays = |byte: u8| byte.is_ascii() && safe(char::from(byte)) == char::from(byte);
    if text.bytes().all(stays) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for c in text.chars() {
        let c = safe(c);
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => out.push(byte),
            _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests;
