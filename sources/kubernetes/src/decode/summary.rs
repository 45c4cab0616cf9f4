//! The answer of `GET /stats/summary`.
//!
//! | set | scrape time | values |
//! |---|---|---|
//! | node | first of cpu, memory, network | uptime, cpu, memory, network, ephemeral storage (`fs` used), `fs` as `/` |
//! | system container | cpu, else memory | as a container; `runtime` is called `docker-daemon`, `misc` is called `system` |
//! | pod | network | uptime, cpu, memory, network, ephemeral storage, volumes as `Volume:NAME` |
//! | container | cpu, else memory | uptime, cpu, memory, ephemeral storage (`rootfs` + `logs`), custom, accelerators, `/`, `logs` |
//!
//! What the kubelet leaves out, or writes as another type than it should, is left out here: zero is a value. A pod is read into
//! one reused record, then written, so that fields may come in any order and memory does not grow with the pods.
//!
//! Source: Heapster 1.5 metrics/sources/summary/summary.go; the types are those of kubelet 1.34 `stats/v1alpha1`. Differs: the
//! node is named as in the API, not as the kubelet calls itself, so that both halves of its figures meet in one set.

use super::blocks::{Container, Cpu, Filesystem, Memory, Network, Volume};
use super::entities::{Cache, ContainerNames};
use super::json::{self, Fields, List, Object, Root, Text, Time, all, skip};
use super::sets::Sets;
use heapster_plugin::model::{Scraped, Times, Timestamp, id};
use serde::de::MapAccess;
use serde_json::Deserializer;
use serde_json::de::StrRead;
use std::borrow::Cow;

/// Reads a whole summary.
pub(crate) fn read(body: &[u8], cache: &mut Cache, now: Timestamp) -> Result<Scraped, serde_json::Error> {
    json::document(body, Summary { cache, now })
}

struct Summary<'a> {
    cache: &'a mut Cache,
    now: Timestamp,
}

impl Root for Summary<'_> {
    type Output = Scraped;

    fn read<'de>(self, from: &mut Deserializer<StrRead<'de>>) -> Result<Scraped, serde_json::Error> {
        let mut document = Document {
            sets: Sets::new(self.cache, self.now),
            node: None,
            pod: Pod::default(),
            pods: false,
        };
        json::outermost(from, &mut document)?;
        let Document {
            mut sets, node, pods, ..
        } = document;
        if node.is_none() && !pods {
            return Err(serde::de::Error::custom("neither \"node\" nor \"pods\" is in it"));
        }
        if let Some(node) = node {
            node.emit(&mut sets);
        }
        Ok(sets.finish())
    }
}

struct Document<'a, 'de> {
    sets: Sets<'a>,
    node: Option<Box<Node<'de>>>,
    pod: Pod<'de>,
    /// Whether there is such a field.
    pods: bool,
}

impl<'de> Fields<'de> for Document<'_, 'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "node" => map.next_value_seed(Object(&mut **self.node.get_or_insert_default())),
            "pods" => {
                self.pods = true;
                let sets = &mut self.sets;
                map.next_value_seed(List {
                    slot: &mut self.pod,
                    done: |pod: &mut Pod<'de>| {
                        pod.emit(sets);
                        pod.clear();
                    },
                })
            }
            _ => skip(map),
        }
    }
}

#[derive(Default)]
struct Node<'de> {
    start: Option<Timestamp>,
    cpu: Cpu,
    memory: Memory,
    network: Network,
    fs: Filesystem,
    system: Vec<Container<'de>>,
}

impl<'de> Fields<'de> for Node<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "startTime" => map.next_value_seed(Time(&mut self.start)),
            "cpu" => map.next_value_seed(Object(&mut self.cpu)),
            "memory" => map.next_value_seed(Object(&mut self.memory)),
            "network" => map.next_value_seed(Object(&mut self.network)),
            "fs" => map.next_value_seed(Object(&mut self.fs)),
            "systemContainers" => map.next_value_seed(all(&mut Container::default(), &mut self.system)),
            _ => skip(map),
        }
    }
}

impl Node<'_> {
    fn emit(&self, to: &mut Sets<'_>) {
        let times = Times {
            scrape: self.cpu.time.or(self.memory.time).or(self.network.time),
            collection_start: self.start,
            entity_create: None,
        };
        let node = to.cache.node();
        to.begin(node, times);
        to.cumulative(id::CPU_USAGE, self.cpu.usage);
        to.gauge(id::EPHEMERAL_STORAGE_USAGE, self.fs.used);
        self.memory.emit(to);
        self.network.emit(to);
        to.uptime(self.start);
        self.fs.emit(to, "", "/");
        for container in &self.system {
            let name = match &*container.name {
                "runtime" => "docker-daemon",
                "misc" => "system",
                name => name,
            };
            if let Some(known) = to.cache.system(name) {
                to.begin(known, times_of(container));
                container.emit(to);
            }
        }
    }
}

fn times_of(container: &Container<'_>) -> Times {
    Times {
        scrape: container.cpu.time.or(container.memory.time),
        collection_start: container.start,
        entity_create: None,
    }
}

/// `podRef`
#[derive(Default)]
struct PodRef<'de> {
    namespace: Cow<'de, str>,
    name: Cow<'de, str>,
    uid: Cow<'de, str>,
}

impl<'de> Fields<'de> for PodRef<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "namespace" => map.next_value_seed(Text(&mut self.namespace)),
            "name" => map.next_value_seed(Text(&mut self.name)),
            "uid" => map.next_value_seed(Text(&mut self.uid)),
            _ => skip(map),
        }
    }
}

#[derive(Default)]
struct Pod<'de> {
    reference: PodRef<'de>,
    start: Option<Timestamp>,
    cpu: Cpu,
    memory: Memory,
    network: Network,
    storage: Filesystem,
    containers: Vec<Container<'de>>,
    volumes: Vec<Volume<'de>>,
}

impl<'de> Fields<'de> for Pod<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "podRef" => map.next_value_seed(Object(&mut self.reference)),
            "startTime" => map.next_value_seed(Time(&mut self.start)),
            "containers" => map.next_value_seed(all(&mut Container::default(), &mut self.containers)),
            "cpu" => map.next_value_seed(Object(&mut self.cpu)),
            "memory" => map.next_value_seed(Object(&mut self.memory)),
            "network" => map.next_value_seed(Object(&mut self.network)),
            "volume" => map.next_value_seed(all(&mut Volume::default(), &mut self.volumes)),
            "ephemeral-storage" => map.next_value_seed(Object(&mut self.storage)),
            _ => skip(map),
        }
    }
}

impl Pod<'_> {
    /// Empties the record and keeps the room of its lists.
    fn clear(&mut self) {
        let (mut containers, mut volumes) = (
            std::mem::take(&mut self.containers),
            std::mem::take(&mut self.volumes),
        );
        containers.clear();
        volumes.clear();
        *self = Self {
            containers,
            volumes,
            ..Self::default()
        };
    }

    fn emit(&self, to: &mut Sets<'_>) {
        let PodRef { namespace, name, uid } = &self.reference;
        let Some(known) = to.cache.pod(namespace, name, uid) else {
            return;
        };
        let times = Times {
            scrape: self.network.time,
            collection_start: self.start,
            entity_create: None,
        };
        to.begin(known, times);
        to.cumulative(id::CPU_USAGE, self.cpu.usage);
        to.gauge(id::EPHEMERAL_STORAGE_USAGE, self.storage.used);
        self.memory.emit(to);
        self.network.emit(to);
        to.uptime(self.start);
        for volume in &self.volumes {
            volume.figures.emit(to, "Volume:", &volume.name);
        }
        for container in &self.containers {
            let names = ContainerNames {
                namespace,
                pod: name,
                container: &container.name,
            };
            if let Some(known) = to.cache.container(names, uid, None) {
                to.begin(known, times_of(container));
                container.emit(to);
            }
        }
    }
}

#[cfg(test)]
mod tests;
