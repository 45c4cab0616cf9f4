//! A batch as lines.

use crate::config::Config;
use crate::line::{push_metric, push_name, push_quoted, push_tag};
use heapster_gotext::{push_fixed6, push_int};
use heapster_plugin::model::{Batch, EntityKind, Labels, Point, SetView, Value, label};

/// The labels that no tag is made of: the source says the host, and the others name nothing.
const NO_TAGS: [&str; 5] = [
    label::LABELS,
    label::NAMESPACE_ID,
    label::HOST_ID,
    label::POD_ID,
    label::HOSTNAME,
];

/// What became of one value in the encoder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoded {
    /// It has its line.
    Line,
    /// It is left out as the options say.
    LeftOut,
    /// There is no text for it: NaN, infinite.
    Unrepresentable,
}

/// Makes the lines of one batch.
#[derive(Debug)]
pub(crate) struct Encoder<'a> {
    config: &'a Config,
    /// ` SECONDS source=`
    time: String,
    /// `PREFIX TYPE.`
    start: Vec<u8>,
    /// ` SECONDS source="…" cluster="…" TAGS`, without the line's end.
    end: Vec<u8>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(batch: &Batch, config: &'a Config) -> Self {
        Self {
            config,
            time: format!(" {} source=", batch.timestamp().secs()),
            start: Vec::new(),
            end: Vec::new(),
        }
    }

    /// Appends the lines of one set and tells what became of each value, plain ones first.
    ///
    /// Shape: a line a value, `PREFIX TYPE.METRIC VALUE SECONDS source="SOURCE" cluster="CLUSTER" KEY="VALUE" … `, each tag with
    /// a space behind it. Units: as stored; integers in decimal, floats with six decimals; seconds since the epoch.
    /// Errors: none; see [`Encoded`].
    /// Source: Heapster 1.5 metrics/sinks/wavefront/wavefront.go. Differs: quotes are escaped, no source is empty.
    pub(crate) fn push(&mut self, set: &SetView<'_>, out: &mut Vec<u8>, mut told: impl FnMut(Encoded)) {
        let labels = set.labels();
        let left_out = self.leaves_out(set, labels);
        if !left_out {
            self.begin(set, labels);
        }
        let plain = set.points().map(|point| (point, None));
        let labeled = set.labeled().map(|one| (one.point, Some(one.labels)));
        for (point, own) in plain.chain(labeled) {
            told(if left_out {
                Encoded::LeftOut
            } else {
                self.line(set, point, own.map(|own| &**own), out)
            });
        }
    }

    /// System units are not wanted, nor containers when the option says so; system containers stay.
    fn leaves_out(&self, set: &SetView<'_>, labels: &Labels) -> bool {
        let unit = labels
            .get(label::CONTAINER_NAME)
            .is_some_and(|name| name.contains("system.slice/"));
        unit || (!self.config.containers && set.entity().kind() == EntityKind::PodContainer)
    }

    fn begin(&mut self, set: &SetView<'_>, labels: &Labels) {
        let kind = labels
            .get(label::TYPE)
            .unwrap_or_else(|| set.entity().kind().as_str());
        self.start.clear();
        push_name(&mut self.start, &self.config.prefix);
        push_name(&mut self.start, kind);
        self.start.push(b'.');

        let end = &mut self.end;
        end.clear();
        end.extend_from_slice(self.time.as_bytes());
        let given = |key| labels.get(key).filter(|text: &&str| !text.is_empty());
        let host = given(label::HOSTNAME).or_else(|| given(label::NODENAME));
        match (set.entity().kind(), given(label::NAMESPACE_NAME), host) {
            (EntityKind::Namespace, Some(namespace), _) => {
                push_quoted(end, namespace);
                end.truncate(end.len() - 1);
                end.extend_from_slice(b"-ns\"");
            }
            (EntityKind::Cluster | EntityKind::Namespace, _, _) | (_, _, None) => {
                push_quoted(end, &self.config.cluster)
            }
            (_, _, Some(host)) => push_quoted(end, host),
        }
        end.push(b' ');
        push_tag(end, "cluster", &self.config.cluster);
        for (key, value) in labels.iter().filter(|(key, _)| !NO_TAGS.contains(key)) {
            push_tag(end, key, value);
        }
        if self.config.user_labels {
            for pair in labels.get(label::LABELS).unwrap_or("").split(',') {
                if let Some((key, value)) = pair.split_once(':').filter(|(_, value)| !value.is_empty()) {
                    end.extend_from_slice(b"label.");
                    push_tag(end, if key.is_empty() { "-" } else { key }, value);
                }
            }
        }
    }

    fn line(&self, set: &SetView<'_>, point: Point, own: Option<&Labels>, out: &mut Vec<u8>) -> Encoded {
        let begin = out.len();
        out.extend_from_slice(&self.start);
        push_metric(out, set.batch().metric_name(point.metric()));
        out.push(b' ');
        match point.value() {
            Value::Int(value) => push_int(out, value),
            Value::Float(value) if value.is_finite() => push_fixed6(out, value),
            Value::Float(_) => {
                out.truncate(begin);
                return Encoded::Unrepresentable;
            }
        }
        out.extend_from_slice(&self.end);
        for (key, value) in own.iter().flat_map(|own| own.iter()) {
            push_tag(out, key, value);
        }
        out.push(b'\n');
        Encoded::Line
    }
}

#[cfg(test)]
mod tests;
