//! The objects of the legacy API as JSON.

use super::subjects::PodSubject;
use super::usage::Usage;
use crate::json::Json;
use crate::query;
use crate::routes::Call;
use heapster_gotext::format_duration;
use heapster_plugin::model::{Batch, CpuRate, Timestamp};
use std::sync::Arc;

/// Writes objects with the values of one batch.
pub(super) struct Writer {
    batch: Arc<Batch>,
    /// Kind and API version come first in an object that is the whole answer.
    version: &'static str,
    now: Timestamp,
    /// Whether time and window are those of the measurement: `times=measured`.
    measured: bool,
}

impl Writer {
    pub(super) fn new(call: &Call<'_>, batch: Arc<Batch>) -> Self {
        Self {
            batch,
            version: version(call),
            now: call.now,
            measured: query::first(call.query, "times").is_some_and(|times| times == "measured"),
        }
    }

    pub(super) fn batch(&self) -> &Batch {
        &self.batch
    }

    pub(super) fn node(&self, json: &mut Json, name: &str, usage: &Usage, whole: bool) {
        json.object(|json| {
            self.kind(json, "NodeMetrics", whole);
            self.head(json, name, None, usage.measured);
            usage.write(json);
        });
    }

    pub(super) fn pod(
        &self,
        json: &mut Json,
        pod: &PodSubject,
        containers: &[(Arc<str>, Usage)],
        whole: bool,
    ) {
        let measured = containers.iter().filter_map(|(_, usage)| usage.measured);
        let earliest = measured.min_by_key(|measured| measured.sample);
        json.object(|json| {
            self.kind(json, "PodMetrics", whole);
            self.head(json, &pod.name, Some(&pod.namespace), earliest);
            json.key("containers");
            json.array(|json| {
                for (name, usage) in containers {
                    json.object(|json| {
                        json.field("name", name);
                        usage.write(json);
                    });
                }
            });
        });
    }

    fn kind(&self, json: &mut Json, kind: &str, whole: bool) {
        if whole {
            json.field("kind", kind);
            json.field("apiVersion", self.version);
        }
    }

    /// Metadata, time and window. Units: times in whole seconds. The time is that of the batch and the window one minute, as
    /// they were, unless the measured ones are asked for and known.
    fn head(&self, json: &mut Json, name: &str, namespace: Option<&str>, measured: Option<CpuRate>) {
        let whole = |time: Timestamp| Timestamp::from_secs(time.secs());
        let measured = measured.filter(|_| self.measured);
        json.key("metadata");
        json.object(|json| {
            json.field("name", name);
            if let Some(namespace) = namespace {
                json.field("namespace", namespace);
            }
            json.key("creationTimestamp");
            json.time(Some(whole(self.now)));
        });
        let time = measured.map_or(self.batch.timestamp(), |measured| measured.sample);
        json.key("timestamp");
        json.time(Some(whole(time)));
        match measured {
            Some(measured) => json.field("window", &format_duration(measured.window)),
            None => json.field("window", "1m0s"),
        }
    }
}

/// Kind and API version of the whole answer. Differs: the original left them out.
pub(super) fn kind(json: &mut Json, call: &Call<'_>, kind: &str) {
    json.field("kind", kind);
    json.field("apiVersion", version(call));
}

/// Such as `metrics.k8s.io/v1alpha1`.
fn version(call: &Call<'_>) -> &'static str {
    call.prefix.trim_start_matches("/apis/")
}
