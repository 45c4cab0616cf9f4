//! How documents are laid out for which server: types, index names, and what tells the server's version.

use crate::family::Family;
use heapster_plugin::model::Timestamp;
use serde::Deserialize;

/// What the server understands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dialect {
    /// Elasticsearch 2, as the original with `ver=2`: no content type, no pipelines.
    Typed2,
    /// Elasticsearch 5, as the original with `ver=5`.
    Typed5,
    /// Elasticsearch 6: one type an index, `_doc`.
    Doc,
    /// Elasticsearch 7 before 7.8, or when asked for: no types, an index is made before it is used.
    Plain,
    /// Elasticsearch from 7.8 on, OpenSearch: no types, indices are made from templates.
    Template,
}

/// What is written where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Layout {
    pub(crate) dialect: Dialect,
    /// The base of all names.
    pub(crate) base: String,
    /// Whether a family is one data stream instead of an index a day.
    pub(crate) stream: bool,
}

impl Dialect {
    /// The dialect for a value of `ver` that names one.
    pub(crate) fn named(ver: &str) -> Option<Self> {
        match ver {
            "2" => Some(Self::Typed2),
            "5" => Some(Self::Typed5),
            "6" => Some(Self::Doc),
            "7" => Some(Self::Plain),
            "8" | "9" | "opensearch" => Some(Self::Template),
            _ => None,
        }
    }

    /// The dialect of the server that answered `GET /` with this body; `None` for what is no such answer.
    pub(crate) fn of_server(answer: &[u8]) -> Option<(Self, String)> {
        #[derive(Deserialize)]
        struct Root {
            version: Version,
        }
        #[derive(Deserialize)]
        struct Version {
            number: String,
            distribution: Option<String>,
        }
        let Root { version } = serde_json::from_slice(answer).ok()?;
        let mut parts = version.number.split('.').map(|part| part.parse::<u32>().ok());
        let (major, minor) = (parts.next()??, parts.next().flatten().unwrap_or(0));
        if let Some(name) = version.distribution {
            return Some((Self::Template, format!("{name} {}", version.number)));
        }
        let dialect = match (major, minor) {
            (..=2, _) => Self::Typed2,
            (3..=5, _) => Self::Typed5,
            (6, _) => Self::Doc,
            (7, ..=7) => Self::Plain,
            _ => Self::Template,
        };
        Some((dialect, format!("Elasticsearch {}", version.number)))
    }

    /// Whether all families share one index, with document types as the original has them.
    pub(crate) const fn typed(self) -> bool {
        matches!(self, Self::Typed2 | Self::Typed5)
    }
}

impl Layout {
    /// The name under which all data of a family is found.
    pub(crate) fn alias(&self, family: Family) -> String {
        format!("{}-{}", self.base, family.name())
    }

    /// Whether indices are made by the server, from templates.
    pub(crate) fn templates(&self) -> bool {
        self.stream || self.dialect == Dialect::Template
    }

    /// What stands as `_type` in an action, if anything may.
    pub(crate) const fn document_type(&self, family: Family) -> Option<&'static str> {
        match self.dialect {
            Dialect::Typed2 | Dialect::Typed5 => Some(family.name()),
            Dialect::Doc => Some("_doc"),
            Dialect::Plain | Dialect::Template => None,
        }
    }

    /// Where documents of this family and day are written. `day` is `YYYY.MM.DD`.
    pub(crate) fn target(&self, family: Family, day: &str) -> String {
        if self.stream {
            self.alias(family)
        } else if self.dialect.typed() {
            format!("{}-{day}", self.base)
        } else {
            format!("{}-{}-{day}", self.base, family.name())
        }
    }
}

/// The UTC day of a batch: `2018.03.01`.
pub(crate) fn day(time: Timestamp) -> String {
    let text = time.to_string();
    text.split('T').next().unwrap_or("").replace('-', ".")
}

/// Why `base` cannot begin the name of an index, if it cannot.
///
/// Source: Elasticsearch's rules for index names.
pub(crate) fn refusal(base: &str) -> Option<&'static str> {
    const FORBIDDEN: &[char] = &['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':'];
    if base.is_empty() {
        Some("is empty; allowed are lower-case letters, digits, and - _ . inside")
    } else if base.starts_with(['-', '_', '+', '.']) {
        Some("begins with one of - _ + .; the names of indices may not")
    } else if base.contains(FORBIDDEN) || base.chars().any(char::is_control) {
        Some("holds one of \\ / * ? \" < > | space , # :; the names of indices may not")
    } else if base.chars().any(char::is_uppercase) {
        Some("has capital letters; the names of indices may not")
    } else if base.len() > 200 {
        Some("is longer than 200 bytes")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(number: &str, more: &str) -> Option<Dialect> {
        let text = format!(r#"{{"name":"n","version":{{"number":"{number}"{more}}},"tagline":"t"}}"#);
        Dialect::of_server(text.as_bytes()).map(|(dialect, _)| dialect)
    }

    #[test]
    fn the_server_tells_its_dialect() {
        for (number, dialect) in [
            ("1.7.6", Dialect::Typed2),
            ("2.4.6", Dialect::Typed2),
            ("5.6.16", Dialect::Typed5),
            ("6.8.23", Dialect::Doc),
            ("7.7.1", Dialect::Plain),
            ("7.17.28", Dialect::Template),
            ("8.0.0-beta1", Dialect::Template),
            ("9.1.0", Dialect::Template),
        ] {
            assert_eq!(server(number, ""), Some(dialect), "{number}");
        }
        let opensearch = r#","distribution":"opensearch""#;
        assert_eq!(server("2.19.1", opensearch), Some(Dialect::Template));
        assert_eq!(server("1.0.0", opensearch), Some(Dialect::Template));
        assert_eq!(server("x", ""), None);
        let real = [
            (
                &include_bytes!("../tests/answers/elasticsearch-7-root.json")[..],
                "Elasticsearch 7.17.28",
            ),
            (
                &include_bytes!("../tests/answers/opensearch-2-root.json")[..],
                "opensearch 2.19.1",
            ),
        ];
        for (answer, name) in real {
            assert_eq!(
                Dialect::of_server(answer),
                Some((Dialect::Template, name.to_owned()))
            );
        }
        assert_eq!(Dialect::of_server(b"<html>"), None);
    }

    #[test]
    fn names_are_those_of_the_original_where_types_are() {
        let mut layout = Layout {
            dialect: Dialect::Typed5,
            base: "heapster".to_owned(),
            stream: false,
        };
        let day = day(Timestamp::parse("2018-03-01T23:59:59.5Z").unwrap());
        assert_eq!(layout.target(Family::Cpu, &day), "heapster-2018.03.01");
        assert_eq!(layout.alias(Family::Cpu), "heapster-cpu");
        layout.dialect = Dialect::Template;
        assert_eq!(layout.target(Family::Cpu, &day), "heapster-cpu-2018.03.01");
        layout.stream = true;
        assert_eq!(layout.target(Family::Cpu, &day), "heapster-cpu");
    }

    #[test]
    fn a_base_that_no_index_can_have_is_refused() {
        for bad in ["", "_x", "-x", "Lab", "a b", "a/b", "a*", "a,b", "a#b", "a:b"] {
            assert!(refusal(bad).is_some(), "{bad}");
        }
        for good in ["heapster", "lab", "prod1", "a.b-c_d", "ü"] {
            assert_eq!(refusal(good), None, "{good}");
        }
    }
}
