//! What keys and values of labels may look like.

/// Longest name or value.
const NAME_MAX: usize = 63;
/// Longest prefix of a key.
const PREFIX_MAX: usize = 253;

/// Refuses what cannot be a label's key: `[prefix/]name`, the prefix a DNS subdomain.
pub(super) fn key(text: &str) -> Result<(), String> {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    let fits = |prefix: &str| prefix.len() <= PREFIX_MAX && prefix.split('.').all(is_dns_label);
    if prefix.is_none_or(fits) && !name.is_empty() && is_name(name) {
        return Ok(());
    }
    Err(format!(
        "invalid label key \"{text}\": a name is at most {NAME_MAX} letters, digits, '-', '_' or '.', begins and ends with a \
         letter or digit, and may follow a DNS subdomain and '/'"
    ))
}

/// Refuses what cannot be a label's value.
pub(super) fn value(text: &str) -> Result<(), String> {
    if is_name(text) {
        return Ok(());
    }
    Err(format!(
        "invalid label value: \"{text}\": a value is at most {NAME_MAX} letters, digits, '-', '_' or '.', and begins and ends \
         with a letter or digit"
    ))
}

fn is_name(text: &str) -> bool {
    text.len() <= NAME_MAX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && ends_in_alphanumerics(text)
}

fn is_dns_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && ends_in_alphanumerics(text)
}

/// An empty text does.
fn ends_in_alphanumerics(text: &str) -> bool {
    let is_good = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_alphanumeric);
    is_good(text.as_bytes().first()) && is_good(text.as_bytes().last())
}
