//! Mappings: how the store indexes each field.

use crate::family::Family;
use crate::layout::{Dialect, Layout};
use heapster_plugin::model::{CATALOGUE, MetricId};
use serde_json::{Map, Value, json};

/// Goes up with every change of [`template`].
pub(crate) const VERSION: u64 = 1;

/// Over the templates that Elasticsearch itself brings (100) and that a user writes without a thought about it (0).
const PRIORITY: u64 = 200;

/// Longer words are kept but not found by their exact value; without a bound the store refuses the whole document.
const LONGEST_WORD: u64 = 8191;

/// How a field is indexed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// By its exact value.
    Exact,
    /// By its words, and by its exact value under `raw`. The flag: whether the original spelt the default out.
    Words(bool),
    /// As a time.
    Date,
}
use Field::{Date, Exact, Words};

/// Source: Heapster 1.5 common/elasticsearch/mapping.go.
const TAGS: &[(&str, Field)] = &[
    ("cluster_name", Exact),
    ("container_base_image", Words(true)),
    ("container_name", Words(true)),
    ("host_id", Exact),
    ("hostname", Words(true)),
    ("labels", Words(true)),
    ("namespace_id", Exact),
    ("namespace_name", Words(false)),
    ("nodename", Words(true)),
    ("pod_id", Exact),
    ("pod_name", Words(true)),
    ("resource_id", Exact),
    ("type", Exact),
];

/// The objects of the document type `events`.
const EVENT_OBJECTS: &[(&str, &[(&str, Field)])] = &[
    (
        "EventTags",
        &[
            ("cluster_name", Exact),
            ("eventID", Exact),
            ("hostname", Words(true)),
            ("pod_id", Exact),
            ("pod_name", Words(true)),
        ],
    ),
    (
        "InvolvedObject",
        &[
            ("apiVersion", Exact),
            ("fieldPath", Words(false)),
            ("kind", Exact),
            ("name", Words(false)),
            ("namespace", Words(false)),
            ("resourceVersion", Exact),
            ("uid", Exact),
        ],
    ),
    (
        "Metadata",
        &[
            ("creationTimestamp", Date),
            ("name", Words(false)),
            ("namespace", Words(false)),
            ("resourceVersion", Exact),
            ("selfLink", Exact),
            ("uid", Exact),
        ],
    ),
    ("Source", &[("component", Exact), ("host", Words(false))]),
];

/// The body of `PUT /<index>` in the typed layout: all document types, that of events included, in the words of the original.
pub(crate) fn typed_index() -> Value {
    let mut types = Map::new();
    types.insert("_default_".to_owned(), json!({"_all": {"enabled": false}}));
    for family in Family::ALL {
        let properties = properties(family, old_text);
        types.insert(family.name().to_owned(), json!({"properties": properties}));
    }
    types.insert("events".to_owned(), json!({"properties": events()}));
    json!({"mappings": types})
}

/// The body of `PUT /<index>` for one family's index, alias included.
pub(crate) fn family_index(layout: &Layout, family: Family) -> Value {
    let mapping = json!({"properties": family_properties(family)});
    let mappings = match layout.dialect {
        Dialect::Doc => json!({"_doc": mapping}),
        Dialect::Typed2 | Dialect::Typed5 | Dialect::Plain | Dialect::Template => mapping,
    };
    json!({"aliases": {layout.alias(family): {}}, "mappings": mappings})
}

/// The body of `PUT /_index_template/<name>` for all indices of one family, or for its data stream.
pub(crate) fn template(layout: &Layout, family: Family) -> Value {
    let alias = layout.alias(family);
    let mappings = json!({"properties": family_properties(family)});
    let (pattern, own) = if layout.stream {
        let own = json!({"data_stream": {}, "template": {"mappings": mappings}});
        (alias, own)
    } else {
        let pattern = format!("{alias}-*");
        let own = json!({"template": {"aliases": {alias: {}}, "mappings": mappings}});
        (pattern, own)
    };
    let common = json!({
        "_meta": {"managed_by": "heapster"},
        "index_patterns": [pattern],
        "priority": PRIORITY,
        "version": VERSION,
    });
    match (common, own) {
        (Value::Object(mut body), Value::Object(own)) => {
            body.extend(own);
            body.into()
        }
        (common, _) => common,
    }
}

fn family_properties(family: Family) -> Map<String, Value> {
    let mut properties = properties(family, new_text);
    properties.insert("@timestamp".to_owned(), json!({"type": "date"}));
    properties
}

fn properties(family: Family, text: fn(Field) -> Value) -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert(family.stamp().to_owned(), date());
    properties.insert("MetricsTags".to_owned(), texts(TAGS, text));
    if family == Family::General {
        properties.insert("MetricsName".to_owned(), text(Words(true)));
        properties.insert("MetricsValue".to_owned(), number());
    } else {
        let numbers: Map<String, Value> = (0..)
            .map(MetricId)
            .zip(CATALOGUE)
            .filter(|(id, _)| Family::of(*id) == family)
            .map(|(_, metric)| (metric.name.to_owned(), number()))
            .collect();
        properties.insert("Metrics".to_owned(), json!({"properties": numbers}));
    }
    properties
}

fn events() -> Map<String, Value> {
    let mut events = Map::new();
    for (object, fields) in EVENT_OBJECTS {
        events.insert((*object).to_owned(), texts(fields, old_text));
    }
    for name in ["FirstOccurrenceTimestamp", "LastOccurrenceTimestamp"] {
        events.insert(name.to_owned(), date());
    }
    events.insert("Count".to_owned(), json!({"type": "long"}));
    for (name, text) in [("Message", Words(false)), ("Reason", Exact), ("Type", Exact)] {
        events.insert(name.to_owned(), old_text(text));
    }
    events
}

fn texts(fields: &[(&str, Field)], text: fn(Field) -> Value) -> Value {
    let fields = fields
        .iter()
        .map(|(name, kind)| ((*name).to_owned(), text(*kind)));
    json!({"properties": fields.collect::<Map<String, Value>>()})
}

/// In the words of Elasticsearch 2, which 5 still takes.
fn old_text(text: Field) -> Value {
    let raw = json!({"raw": {"type": "string", "index": "not_analyzed"}});
    match text {
        Exact => json!({"type": "string", "index": "not_analyzed"}),
        Words(true) => json!({"type": "string", "index": "analyzed", "fields": raw}),
        Words(false) => json!({"type": "string", "fields": raw}),
        Date => date(),
    }
}

fn new_text(text: Field) -> Value {
    let word = json!({"type": "keyword", "ignore_above": LONGEST_WORD});
    match text {
        Exact => word,
        Words(_) => json!({"type": "text", "fields": {"raw": word}}),
        Date => date(),
    }
}

fn date() -> Value {
    json!({"type": "date", "format": "strict_date_optional_time||epoch_millis"})
}

fn number() -> Value {
    json!({"properties": {"value": {"type": "double"}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typed_mapping_is_that_of_the_original() {
        let recorded: Value =
            serde_json::from_str(include_str!("../tests/wire/golden/mapping.json")).unwrap();
        assert_eq!(typed_index(), recorded);
    }

    fn layout(dialect: Dialect, stream: bool) -> Layout {
        Layout {
            dialect,
            base: "lab".to_owned(),
            stream,
        }
    }

    #[test]
    fn an_index_of_elasticsearch_6_has_one_type_and_later_ones_none() {
        let six = family_index(&layout(Dialect::Doc, false), Family::Cpu);
        let seven = family_index(&layout(Dialect::Plain, false), Family::Cpu);
        assert_eq!(six["mappings"]["_doc"], seven["mappings"]);
        assert_eq!(seven["aliases"], json!({"lab-cpu": {}}));
        let fields = &seven["mappings"]["properties"];
        assert_eq!(fields["@timestamp"], json!({"type": "date"}));
        assert_eq!(
            fields["MetricsTags"]["properties"]["pod_name"]["fields"]["raw"]["type"],
            "keyword"
        );
        assert_eq!(fields["Metrics"]["properties"].as_object().unwrap().len(), 9);
    }

    #[test]
    fn a_template_covers_every_day_or_the_stream() {
        let days = template(&layout(Dialect::Template, false), Family::General);
        assert_eq!(days["index_patterns"], json!(["lab-general-*"]));
        assert_eq!(days["template"]["aliases"], json!({"lab-general": {}}));
        let stream = template(&layout(Dialect::Template, true), Family::General);
        assert_eq!(stream["index_patterns"], json!(["lab-general"]));
        assert_eq!(
            (&stream["data_stream"], &stream["template"]["aliases"]),
            (&json!({}), &Value::Null)
        );
    }
}
