//! The answer of `POST /stats/container/`: an object, from a container's path to its cAdvisor v1 record.
//!
//! Which set a record is for is decided by [`names`]; the values are in [`stats`]. A pod's infra container gives the pod's set,
//! with uptime, times and network only.
//!
//! Source: Heapster 1.5 metrics/sources/kubelet/kubelet.go; cAdvisor v1 types. Differs: there the infra container's memory and
//! CPU stood as the pod's, so that pods, namespaces and the cluster read nearly zero; here the aggregator sums the containers.
//! Differs: of several stats in one record the newest counts, not the last.

mod devices;
mod names;
mod stats;

use super::entities::{Cache, ContainerNames};
use super::json::{self, Fields, Flag, List, Object, Root, Text, Time, all, skip};
use super::sets::Sets;
use heapster_plugin::model::{Scraped, Times, Timestamp};
use names::{Names, Subject};
use serde::de::MapAccess;
use serde_json::Deserializer;
use serde_json::de::StrRead;
use stats::{CustomSpec, Stats};
use std::borrow::Cow;

/// Reads a whole answer.
pub(crate) fn read(body: &[u8], cache: &mut Cache, now: Timestamp) -> Result<Scraped, serde_json::Error> {
    json::document(body, Answer { cache, now })
}

struct Answer<'a> {
    cache: &'a mut Cache,
    now: Timestamp,
}

impl Root for Answer<'_> {
    type Output = Scraped;

    fn read<'de>(self, from: &mut Deserializer<StrRead<'de>>) -> Result<Scraped, serde_json::Error> {
        let mut document = Document {
            sets: Sets::new(self.cache, self.now),
            record: Record::default(),
        };
        json::outermost(from, &mut document)?;
        Ok(document.sets.finish())
    }
}

struct Document<'a, 'de> {
    sets: Sets<'a>,
    record: Record<'de>,
}

impl<'de> Fields<'de> for Document<'_, 'de> {
    fn field<A: MapAccess<'de>>(&mut self, path: &str, map: &mut A) -> Result<(), A::Error> {
        map.next_value_seed(Object(&mut self.record))?;
        self.record.emit(path, &mut self.sets);
        self.record.clear();
        Ok(())
    }
}

/// The record of one container.
#[derive(Default)]
struct Record<'de> {
    name: Cow<'de, str>,
    alias: Option<Cow<'de, str>>,
    spec: Spec<'de>,
    newest: Option<Stats<'de>>,
    next: Stats<'de>,
}

/// `spec`: what is measured, and the labels.
#[derive(Default)]
pub(crate) struct Spec<'de> {
    pub(crate) created: Option<Timestamp>,
    names: Names<'de>,
    image: Cow<'de, str>,
    pub(crate) has: Has,
    pub(crate) custom: Vec<CustomSpec<'de>>,
}

/// The `has_…` fields of a spec.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // these are the kubelet's
pub(crate) struct Has {
    pub(crate) cpu: bool,
    pub(crate) memory: bool,
    pub(crate) network: bool,
    pub(crate) filesystem: bool,
    pub(crate) diskio: bool,
    pub(crate) custom: bool,
}

impl<'de> Fields<'de> for Record<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => map.next_value_seed(Text(&mut self.name)),
            "aliases" => map.next_value_seed(names::First(&mut self.alias)),
            "spec" => map.next_value_seed(Object(&mut self.spec)),
            "stats" => {
                let newest = &mut self.newest;
                map.next_value_seed(List {
                    slot: &mut self.next,
                    done: |stats: &mut Stats<'de>| {
                        let stats = std::mem::take(stats);
                        if newest.as_ref().is_none_or(|other| other.time <= stats.time) {
                            *newest = Some(stats);
                        }
                    },
                })
            }
            _ => skip(map),
        }
    }
}

impl<'de> Fields<'de> for Spec<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "creation_time" => map.next_value_seed(Time(&mut self.created)),
            "labels" => map.next_value_seed(Object(&mut self.names)),
            "image" => map.next_value_seed(Text(&mut self.image)),
            "has_cpu" => map.next_value_seed(Flag(&mut self.has.cpu)),
            "has_memory" => map.next_value_seed(Flag(&mut self.has.memory)),
            "has_network" => map.next_value_seed(Flag(&mut self.has.network)),
            "has_filesystem" => map.next_value_seed(Flag(&mut self.has.filesystem)),
            "has_diskio" => map.next_value_seed(Flag(&mut self.has.diskio)),
            "has_custom_metrics" => map.next_value_seed(Flag(&mut self.has.custom)),
            "custom_metrics" => map.next_value_seed(all(&mut CustomSpec::default(), &mut self.custom)),
            _ => skip(map),
        }
    }
}

impl Record<'_> {
    fn clear(&mut self) {
        *self = Self::default();
    }

    /// Writes the record's set; without stats or usable names there is none.
    fn emit(&self, path: &str, to: &mut Sets<'_>) {
        let Some(stats) = &self.newest else { return };
        let name = match (&self.alias, &*self.name) {
            (Some(alias), _) => alias,
            (None, "") => path,
            (None, name) => name,
        };
        let times = Times {
            scrape: stats.time,
            collection_start: self.spec.created,
            entity_create: None,
        };
        let Spec { names, image, .. } = &self.spec;
        let subject = names.subject(name);
        let known = match &subject {
            Subject::Node => Some(to.cache.node()),
            Subject::System(name) => to.cache.system(name),
            Subject::Pod { namespace, pod } => to.cache.pod(namespace, pod, &names.uid),
            Subject::Container {
                namespace,
                pod,
                container,
            } => {
                let parts = ContainerNames {
                    namespace,
                    pod,
                    container,
                };
                to.cache.container(parts, &names.uid, Some(image))
            }
        };
        let Some(known) = known else { return };
        to.begin(known, times);
        match subject {
            Subject::Pod { .. } => stats.emit_infra(&self.spec, to),
            Subject::Node | Subject::System(_) | Subject::Container { .. } => stats.emit(&self.spec, to),
        }
    }
}

#[cfg(test)]
mod tests;
