//! Paths: cleaned, split and percent-decoded.

use percent_encoding::percent_decode_str;

/// What a request path comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// The decoded segments between the slashes; leading and trailing slashes do not count.
    Segments(Vec<String>),
    /// The path has empty or dot segments: the way to the cleaned one.
    Moved(String),
    /// A percent sign is not followed by two hexadecimal digits.
    Bad,
}

/// Splits `raw` at its slashes. `%2F` is no slash here: it stays inside its segment, decoded.
pub(crate) fn split(raw: &str) -> Path {
    let inner = raw.strip_prefix('/').unwrap_or(raw);
    let (inner, ends_in_slash) = match inner.strip_suffix('/') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    if inner.is_empty() && !ends_in_slash {
        return Path::Segments(Vec::new());
    }
    let mut segments = Vec::new();
    let mut clean: Vec<&str> = Vec::new();
    let mut moved = false;
    for part in inner.split('/') {
        let Some(segment) = decode(part) else {
            return Path::Bad;
        };
        match segment.as_str() {
            "" | "." => moved = true,
            ".." => {
                moved = true;
                clean.pop();
            }
            _ => clean.push(part),
        }
        segments.push(segment);
    }
    if !moved {
        return Path::Segments(segments);
    }
    let mut target = String::with_capacity(raw.len());
    for part in &clean {
        target.push('/');
        target.push_str(part);
    }
    if target.is_empty() || ends_in_slash {
        target.push('/');
    }
    Path::Moved(target)
}

/// The segments with `%2F` taken as a slash, as the original did everywhere; `None` when that changes nothing.
pub(crate) fn split_further(segments: &[String]) -> Option<Vec<String>> {
    if !segments.iter().any(|segment| segment.contains('/')) {
        return None;
    }
    let all = segments.iter().flat_map(|segment| segment.split('/'));
    Some(all.filter(|part| !part.is_empty()).map(str::to_owned).collect())
}

/// The decoded text; bytes that are no UTF-8 become U+FFFD. `None` for a bad escape.
fn decode(part: &str) -> Option<String> {
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        let escaped = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
        if byte == b'%' && !(escaped(rest.next()) && escaped(rest.next())) {
            return None;
        }
    }
    Some(percent_decode_str(part).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(parts: &[&str]) -> Path {
        Path::Segments(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    #[test]
    fn a_trailing_slash_does_not_count() {
        assert_eq!(split("/api/v1/model/"), segments(&["api", "v1", "model"]));
        assert_eq!(split("/api/v1/model"), segments(&["api", "v1", "model"]));
        assert_eq!(split("/"), segments(&[]));
    }

    #[test]
    fn empty_and_dot_segments_lead_to_the_cleaned_path() {
        for (raw, clean) in [
            ("/a//b", "/a/b"),
            ("/a/nodes/%2e%2e/metrics/", "/a/metrics/"),
            ("/a/./b%2Fc", "/a/b%2Fc"),
            ("//", "/"),
            ("/../..", "/"),
            ("//evil.example/x", "/evil.example/x"),
        ] {
            assert_eq!(split(raw), Path::Moved(clean.to_owned()), "{raw}");
        }
    }

    #[test]
    fn an_escaped_slash_stays_inside_its_segment_until_it_is_split_further() {
        let path = split("/f/a%2Fb/c");
        assert_eq!(path, segments(&["f", "a/b", "c"]));
        let Path::Segments(parts) = path else { panic!() };
        assert_eq!(
            split_further(&parts),
            Some(["f", "a", "b", "c"].map(str::to_owned).to_vec())
        );
        assert_eq!(split_further(&["a".to_owned()]), None);
    }

    #[test]
    fn a_bad_escape_is_told_apart() {
        assert_eq!(split("/a/%zz"), Path::Bad);
        assert_eq!(split("/a/%4"), Path::Bad);
        assert_eq!(split("/a/%ff"), segments(&["a", "\u{fffd}"]));
    }
}
