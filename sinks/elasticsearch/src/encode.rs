//! Sets as actions and documents of a `_bulk` request. No I/O, no clock.

use crate::family::Family;
use crate::group::{Member, documents, gather};
use crate::id;
use crate::layout::{Dialect, Layout, day};
use crate::tags::push_tags;
use heapster_gotext::{push_int, push_json_float, push_json_string};
use heapster_plugin::model::{Batch, MetricNames, SetView, Value};

/// One document of a [`Pending`] body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Doc {
    /// Where it ends in the body; it begins where the one before ends.
    pub(crate) end: usize,
    /// Where its values end in the list of positions; they begin where those of the one before end.
    pub(crate) values: usize,
}

/// What is encoded and not yet sent.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Pending {
    pub(crate) body: Vec<u8>,
    pub(crate) docs: Vec<Doc>,
    /// Where the values of all documents stand in the batch.
    pub(crate) positions: Vec<usize>,
}

impl Pending {
    /// Takes documents from the front: as many as `actions` and `bytes` allow, but one at least.
    pub(crate) fn take(&mut self, actions: usize, bytes: usize) -> Self {
        let fitting = self.docs.partition_point(|doc| doc.end <= bytes);
        let count = fitting.min(actions).max(1).min(self.docs.len());
        let mut docs = self.docs.split_off(count);
        let (end, values) = self.docs.last().map_or((0, 0), |doc| (doc.end, doc.values));
        for doc in &mut docs {
            doc.end -= end;
            doc.values -= values;
        }
        // The next request is likely to be as large as this one.
        let mut body = Vec::with_capacity(self.body.capacity());
        body.extend_from_slice(self.body.get(end..).unwrap_or(&[]));
        self.body.truncate(end);
        let rest = Self {
            body,
            docs,
            positions: self.positions.split_off(values),
        };
        std::mem::replace(self, rest)
    }

    /// Whether there is a full request in it.
    pub(crate) fn is_full(&self, actions: usize, bytes: usize) -> bool {
        !self.docs.is_empty() && (self.docs.len() >= actions || self.body.len() >= bytes)
    }
}

/// The fixed parts of one family's actions and documents in one batch.
#[derive(Debug)]
struct Form {
    /// From behind the id to the end of the action line.
    target: Vec<u8>,
    /// The begin of the document.
    open: Vec<u8>,
    /// Its end, newline included.
    close: Vec<u8>,
}

/// Encodes the sets of one batch.
///
/// Shape: a set becomes one document for each of its families and tag sets, and one for each general value; each is an
/// action line and a document line.
/// Units: as stored; time in RFC 3339 with as many decimals as it has.
/// Errors: none; where values without JSON form stand is told.
/// Source: Heapster 1.5 metrics/sinks/elasticsearch/driver.go.
#[derive(Debug)]
pub(crate) struct Encoder<'b> {
    batch: &'b Batch,
    cluster: &'b str,
    verb: &'static str,
    forms: [Form; Family::ALL.len()],
    nanos: i64,
    /// Where the values of the next set begin.
    position: usize,
    members: Vec<Member<'b>>,
    /// The tags of the set in hand.
    tags: Vec<u8>,
    /// Where the values stand that JSON cannot express.
    pub(crate) left_out: Vec<usize>,
}

impl<'b> Encoder<'b> {
    pub(crate) fn new(batch: &'b Batch, layout: &Layout, cluster: &'b str, pipeline: Option<&str>) -> Self {
        Self {
            batch,
            cluster,
            verb: if layout.stream { "create" } else { "index" },
            forms: Family::ALL.map(|family| form(batch, layout, family, pipeline)),
            nanos: batch.timestamp().nanos(),
            position: 0,
            members: Vec::new(),
            tags: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Appends the documents of the next set of the batch.
    pub(crate) fn set(&mut self, set: &SetView<'b>, out: &mut Pending) {
        self.position = gather(set, self.position, &mut self.members, &mut self.left_out);
        self.tags.clear();
        push_tags(&mut self.tags, set.labels(), None, self.cluster);
        let seed = id::seed(set.entity().key(), self.nanos, &self.tags);
        for members in documents(&self.members) {
            self.document(set, members, seed, &mut out.body);
            out.positions.extend(members.iter().map(|member| member.position));
            out.docs.push(Doc {
                end: out.body.len(),
                values: out.positions.len(),
            });
        }
    }

    fn document(&self, set: &SetView<'b>, members: &[Member<'b>], seed: u64, out: &mut Vec<u8>) {
        let Some(first) = members.first() else { return };
        let Some(form) = self.forms.get(first.family as usize) else {
            return;
        };
        out.extend_from_slice(b"{\"");
        out.extend_from_slice(self.verb.as_bytes());
        out.extend_from_slice(b"\":{\"_id\":\"");
        let id_at = out.len();
        out.extend_from_slice(&[b'-'; id::LEN]);
        out.extend_from_slice(&form.target);
        out.extend_from_slice(&form.open);
        // What makes the id beside the seed: everything but the tags of the set.
        let mut own = out.len()..out.len();
        if first.family == Family::General {
            self.push_document_tags(set, first, out);
            if first.labels.is_none() {
                own.start = out.len();
            }
            out.extend_from_slice(b",\"MetricsName\":");
            self.push_name(first, out);
            out.extend_from_slice(b",\"MetricsValue\":{\"value\":");
            push_value(out, first.point.value());
            out.push(b'}');
            own.end = out.len();
        } else {
            self.push_values(members, out);
            own.end = out.len();
            out.extend_from_slice(b",\"MetricsTags\":");
            self.push_document_tags(set, first, out);
            if first.labels.is_some() {
                own.end = out.len();
            }
        }
        out.extend_from_slice(&form.close);
        let id = id::id(self.nanos, seed, out.get(own).unwrap_or(&[]));
        if let Some(room) = out.get_mut(id_at..id_at + id::LEN) {
            room.copy_from_slice(&id);
        }
    }

    /// Of two values of one metric the last one counts.
    fn push_values(&self, members: &[Member<'b>], out: &mut Vec<u8>) {
        let mut separator = b'{';
        let mut rest = members.iter().peekable();
        while let Some(member) = rest.next() {
            let metric = member.point.metric();
            if rest.peek().is_some_and(|next| next.point.metric() == metric) {
                continue;
            }
            out.push(separator);
            separator = b',';
            self.push_name(member, out);
            out.extend_from_slice(b":{\"value\":");
            push_value(out, member.point.value());
            out.push(b'}');
        }
        out.push(b'}');
    }

    /// The names of the catalogue are plain.
    fn push_name(&self, member: &Member<'b>, out: &mut Vec<u8>) {
        let metric = member.point.metric();
        match MetricNames::describe(metric) {
            Some(known) => {
                out.push(b'"');
                out.extend_from_slice(known.name.as_bytes());
                out.push(b'"');
            }
            None => push_json_string(out, self.batch.metric_name(metric)),
        }
    }

    fn push_document_tags(&self, set: &SetView<'b>, member: &Member<'b>, out: &mut Vec<u8>) {
        match member.labels {
            None => out.extend_from_slice(&self.tags),
            Some(own) => push_tags(out, set.labels(), Some(own), self.cluster),
        }
    }
}

fn push_value(out: &mut Vec<u8>, value: Value) {
    match value {
        Value::Int(value) => push_int(out, value),
        Value::Float(value) => {
            push_json_float(out, value);
        }
    }
}

/// Fields are in the order of the original: sorted in the families' documents, its own order in the general ones.
fn form(batch: &Batch, layout: &Layout, family: Family, pipeline: Option<&str>) -> Form {
    let mut target = b"\",\"_index\":".to_vec();
    push_json_string(&mut target, &layout.target(family, &day(batch.timestamp())));
    if let Some(kind) = layout.document_type(family) {
        target.extend_from_slice(b",\"_type\":");
        push_json_string(&mut target, kind);
    }
    if let Some(pipeline) = pipeline.filter(|_| layout.dialect != Dialect::Typed2) {
        target.extend_from_slice(b",\"pipeline\":");
        push_json_string(&mut target, pipeline);
    }
    target.extend_from_slice(b"}}\n");

    let time = batch.timestamp();
    let stamp = format!("\"{}\":\"{time}\"", family.stamp());
    let common = match layout.dialect.typed() {
        true => String::new(),
        false => format!("\"@timestamp\":\"{time}\","),
    };
    let (open, close) = match family {
        Family::General => (format!("{{{common}{stamp},\"MetricsTags\":"), "}\n".to_owned()),
        Family::Network => (format!("{{{common}\"Metrics\":"), format!(",{stamp}}}\n")),
        Family::Cpu | Family::Filesystem | Family::Memory => {
            (format!("{{{common}{stamp},\"Metrics\":"), "}\n".to_owned())
        }
    };
    Form {
        target,
        open: open.into_bytes(),
        close: close.into_bytes(),
    }
}

#[cfg(test)]
mod tests;
