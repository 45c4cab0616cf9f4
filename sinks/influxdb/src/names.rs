//! The names of metrics as they stand in lines.

use crate::line::{Part, push};
use crate::schema::Schema;
use heapster_plugin::model::{CATALOGUE, MetricId, id};
use std::sync::Arc;

/// The counters that also come as a rate.
///
/// Source: Heapster 1.5 metrics/core/metrics.go.
const WITH_RATE: [MetricId; 9] = [
    id::CPU_USAGE,
    id::DISK_IO_READ_BYTES,
    id::DISK_IO_WRITE_BYTES,
    id::MEMORY_MAJOR_PAGE_FAULTS,
    id::MEMORY_PAGE_FAULTS,
    id::NETWORK_RX,
    id::NETWORK_RX_ERRORS,
    id::NETWORK_TX,
    id::NETWORK_TX_ERRORS,
];

/// What becomes of a metric's values.
#[derive(Debug)]
pub(crate) enum Name {
    /// They have lines.
    Line {
        /// The measurement.
        head: Box<[u8]>,
        /// A space, the field's key, `=`.
        field: Box<[u8]>,
    },
    /// The options ask for none.
    LeftOut,
    /// No line can name the metric.
    Unfit,
}

/// By number: the catalogue's metrics, then the others.
#[derive(Debug)]
pub(crate) struct Names {
    names: Vec<Name>,
    /// The table that the others are from.
    known: Arc<[Arc<str>]>,
}

impl Names {
    pub(crate) fn new(schema: &Schema) -> Self {
        let left_out = |at: usize| {
            let counter = WITH_RATE.iter().any(|id| usize::try_from(id.0) == Ok(at));
            schema.without_counters && counter
        };
        let names = CATALOGUE.iter().enumerate().map(|(at, metric)| {
            if left_out(at) {
                Name::LeftOut
            } else {
                line(schema, metric.name)
            }
        });
        Self {
            names: names.collect(),
            known: Arc::default(),
        }
    }

    /// Takes over the names outside the catalogue. A batch from the disk may have a table of its own.
    pub(crate) fn learn(&mut self, schema: &Schema, table: &Arc<[Arc<str>]>) {
        if Arc::ptr_eq(&self.known, table) {
            return;
        }
        let pairs = self.known.iter().zip(table.iter());
        let same = pairs.take_while(|(known, name)| known == name).count();
        self.names.truncate(CATALOGUE.len() + same);
        self.names
            .extend(table.iter().skip(same).map(|name| line(schema, name)));
        self.known = table.clone();
    }

    pub(crate) fn get(&self, metric: MetricId) -> &Name {
        let at = usize::try_from(metric.0).unwrap_or(usize::MAX);
        self.names.get(at).unwrap_or(&Name::Unfit)
    }
}

/// With fields, the name is cut at its first slash; a name without one, and every name otherwise, has the field `value`.
fn line(schema: &Schema, name: &str) -> Name {
    let cut = name.split_once('/').filter(|_| schema.with_fields);
    let (measurement, key) = cut.unwrap_or((name, "value"));
    // A line that begins with # is a comment. What is empty, or of backslashes alone, leaves nothing to write.
    if measurement.starts_with('#')
        || [measurement, key]
            .iter()
            .any(|part| part.trim_end_matches('\\').is_empty())
    {
        return Name::Unfit;
    }
    let (mut head, mut field) = (Vec::new(), vec![b' ']);
    push(Part::Measurement, measurement, &mut head);
    push(Part::FieldKey, key, &mut field);
    field.push(b'=');
    Name::Line {
        head: head.into(),
        field: field.into(),
    }
}
