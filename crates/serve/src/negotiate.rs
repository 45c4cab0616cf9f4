//! What the client takes: media types and content codings.

use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING};

/// A content coding that the server can produce.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950: deflate in a zlib envelope.
    Deflate,
}

impl Coding {
    /// The text of `Content-Encoding`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }
}

/// Whether JSON will do: `Accept` is absent or one of its items is `*/*` or `application/json`. Quality values do not
/// count, as in the original.
pub(crate) fn takes_json(headers: &HeaderMap) -> bool {
    let mut items = items(headers, ACCEPT).peekable();
    items.peek().is_none()
        || items.any(|item| {
            let kind = item.split(';').next().unwrap_or_default().trim();
            kind == "*/*" || kind.eq_ignore_ascii_case("application/json")
        })
}

/// The coding the client likes best; of two liked alike the one named first. `None` for no coding.
///
/// Differs: the original looked for the words only, so that `gzip;q=0` asked for gzip.
pub(crate) fn coding(headers: &HeaderMap) -> Option<Coding> {
    let mut best: Option<(Coding, f32)> = None;
    let mut plain = 0.0_f32;
    for item in items(headers, ACCEPT_ENCODING) {
        let (name, quality) = weighed(item);
        let coding = match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "identity" => {
                plain = quality;
                continue;
            }
            _ => continue,
        };
        if quality > 0.0 && best.is_none_or(|(_, known)| quality > known) {
            best = Some((coding, quality));
        }
    }
    best.filter(|(_, quality)| *quality >= plain)
        .map(|(coding, _)| coding)
}

fn weighed(item: &str) -> (&str, f32) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (
        name,
        quality.map_or(1.0, |quality| quality.trim().parse().unwrap_or(0.0)),
    )
}

fn items(headers: &HeaderMap, name: http::HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn json_will_do_when_any_item_names_it() {
        assert!(takes_json(&HeaderMap::new()));
        for text in [
            "*/*",
            "application/json",
            "application/json;charset=utf-8",
            "application/vnd.kubernetes.protobuf, */*",
            "text/html,application/xml;q=0.9,*/*;q=0",
        ] {
            assert!(takes_json(&with(ACCEPT, text)), "{text}");
        }
        for text in ["application/xml", "text/html", "application/*"] {
            assert!(!takes_json(&with(ACCEPT, text)), "{text}");
        }
    }

    #[test]
    fn the_coding_liked_best_is_taken_and_a_refused_one_never() {
        for (text, wanted) in [
            ("gzip", Some(Coding::Gzip)),
            ("deflate, gzip", Some(Coding::Deflate)),
            ("deflate;q=0.5, gzip", Some(Coding::Gzip)),
            ("gzip;q=0", None),
            ("gzip;q=0, deflate", Some(Coding::Deflate)),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip", Some(Coding::Gzip)),
            ("gzip;q=nonsense", None),
            ("br, zstd", None),
            ("*", None),
        ] {
            assert_eq!(coding(&with(ACCEPT_ENCODING, text)), wanted, "{text}");
        }
        assert_eq!(coding(&HeaderMap::new()), None);
    }
}
