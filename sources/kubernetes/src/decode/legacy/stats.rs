//! One `stats` entry of the legacy answer.

use super::Spec;
use super::devices::{Disk, Mount};
use crate::decode::blocks::Accelerator;
use crate::decode::json::{Fields, Int, List, Number, Object, Text, Time, all, skip};
use crate::decode::sets::Sets;
use heapster_plugin::model::{MetricType, Timestamp, Value, id};
use serde::de::MapAccess;
use std::borrow::Cow;
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Stats<'de> {
    pub(super) time: Option<Timestamp>,
    cpu: Cpu,
    memory: Memory,
    network: Network,
    mounts: Vec<Mount<'de>>,
    disks: Vec<Disk<'de>>,
    accelerators: Vec<Accelerator<'de>>,
    custom: CustomValues,
}

impl<'de> Fields<'de> for Stats<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "timestamp" => map.next_value_seed(Time(&mut self.time)),
            "cpu" => map.next_value_seed(Object(&mut self.cpu)),
            "memory" => map.next_value_seed(Object(&mut self.memory)),
            "network" => map.next_value_seed(Object(&mut self.network)),
            "filesystem" => map.next_value_seed(all(&mut Mount::default(), &mut self.mounts)),
            "diskio" => map.next_value_seed(Object(&mut Disks(&mut self.disks))),
            "accelerators" => map.next_value_seed(all(&mut Accelerator::default(), &mut self.accelerators)),
            "custom_metrics" => map.next_value_seed(Object(&mut self.custom)),
            _ => skip(map),
        }
    }
}

impl Stats<'_> {
    /// Writes everything the spec says is there. Labeled values come in the order of the descriptors: all reads, all writes, all
    /// usages and so on.
    pub(super) fn emit(&self, spec: &Spec<'_>, to: &mut Sets<'_>) {
        if spec.has.cpu {
            to.gauge(id::CPU_LOAD, self.cpu.load);
            to.cumulative(id::CPU_USAGE, self.cpu.usage);
        }
        if spec.has.memory {
            self.memory.emit(to);
        }
        if spec.has.network {
            self.network.emit(to);
        }
        to.uptime(spec.created);
        if spec.has.custom {
            for metric in &spec.custom {
                self.custom.emit(metric, to);
            }
        }
        if spec.has.diskio {
            Disk::emit(&self.disks, to);
        }
        if spec.has.filesystem {
            Mount::emit(&self.mounts, to);
        }
        for accelerator in &self.accelerators {
            accelerator.emit(to);
        }
    }

    /// Writes what an infra container knows about its pod.
    pub(super) fn emit_infra(&self, spec: &Spec<'_>, to: &mut Sets<'_>) {
        if spec.has.network {
            self.network.emit(to);
        }
        to.uptime(spec.created);
    }
}

#[derive(Default)]
struct Cpu {
    usage: Option<i64>,
    load: Option<i64>,
}

impl<'de> Fields<'de> for Cpu {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "usage" => map.next_value_seed(Object(&mut Total(&mut self.usage))),
            "load_average" => map.next_value_seed(Int(&mut self.load)),
            _ => skip(map),
        }
    }
}

struct Total<'a>(&'a mut Option<i64>);

impl<'de> Fields<'de> for Total<'_> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "total" => map.next_value_seed(Int(self.0)),
            _ => skip(map),
        }
    }
}

#[derive(Default)]
struct Memory {
    usage: Option<i64>,
    cache: Option<i64>,
    rss: Option<i64>,
    working_set: Option<i64>,
    faults: Faults,
}

impl<'de> Fields<'de> for Memory {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "usage" => map.next_value_seed(Int(&mut self.usage)),
            "cache" => map.next_value_seed(Int(&mut self.cache)),
            "rss" => map.next_value_seed(Int(&mut self.rss)),
            "working_set" => map.next_value_seed(Int(&mut self.working_set)),
            "container_data" => map.next_value_seed(Object(&mut self.faults)),
            _ => skip(map),
        }
    }
}

impl Memory {
    fn emit(&self, to: &mut Sets<'_>) {
        to.gauge(id::MEMORY_CACHE, self.cache);
        to.cumulative(id::MEMORY_MAJOR_PAGE_FAULTS, self.faults.major);
        to.cumulative(id::MEMORY_PAGE_FAULTS, self.faults.all);
        to.gauge(id::MEMORY_RSS, self.rss);
        to.gauge(id::MEMORY_USAGE, self.usage);
        to.gauge(id::MEMORY_WORKING_SET, self.working_set);
    }
}

#[derive(Default)]
struct Faults {
    all: Option<i64>,
    major: Option<i64>,
}

impl<'de> Fields<'de> for Faults {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "pgfault" => map.next_value_seed(Int(&mut self.all)),
            "pgmajfault" => map.next_value_seed(Int(&mut self.major)),
            _ => skip(map),
        }
    }
}

/// Sums over all interfaces: zero for an empty list, nothing without the list.
#[derive(Default)]
struct Network {
    sum: Option<[i64; 4]>,
}

#[derive(Default)]
struct Interface([Option<i64>; 4]);

impl<'de> Fields<'de> for Network {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key != "interfaces" {
            return skip(map);
        }
        let sum = self.sum.get_or_insert_default();
        map.next_value_seed(List {
            slot: &mut Interface::default(),
            done: |interface: &mut Interface| {
                for (sum, own) in sum.iter_mut().zip(std::mem::take(interface).0) {
                    *sum = sum.saturating_add(own.unwrap_or(0));
                }
            },
        })
    }
}

impl<'de> Fields<'de> for Interface {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let [rx, rx_errors, tx, tx_errors] = &mut self.0;
        match key {
            "rx_bytes" => map.next_value_seed(Int(rx)),
            "rx_errors" => map.next_value_seed(Int(rx_errors)),
            "tx_bytes" => map.next_value_seed(Int(tx)),
            "tx_errors" => map.next_value_seed(Int(tx_errors)),
            _ => skip(map),
        }
    }
}

impl Network {
    fn emit(&self, to: &mut Sets<'_>) {
        if let Some([rx, rx_errors, tx, tx_errors]) = self.sum {
            to.cumulative(id::NETWORK_RX, Some(rx));
            to.cumulative(id::NETWORK_RX_ERRORS, Some(rx_errors));
            to.cumulative(id::NETWORK_TX, Some(tx));
            to.cumulative(id::NETWORK_TX_ERRORS, Some(tx_errors));
        }
    }
}

/// `diskio`
struct Disks<'a, 'de>(&'a mut Vec<Disk<'de>>);

impl<'de> Fields<'de> for Disks<'_, 'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "io_service_bytes" => map.next_value_seed(all(&mut Disk::default(), self.0)),
            _ => skip(map),
        }
    }
}

/// One of the spec's `custom_metrics`.
#[derive(Default)]
pub(crate) struct CustomSpec<'de> {
    name: Cow<'de, str>,
    kind: Cow<'de, str>,
    format: Cow<'de, str>,
}

impl<'de> Fields<'de> for CustomSpec<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => map.next_value_seed(Text(&mut self.name)),
            "type" => map.next_value_seed(Text(&mut self.kind)),
            "format" => map.next_value_seed(Text(&mut self.format)),
            _ => skip(map),
        }
    }
}

/// The newest value of each custom metric.
#[derive(Default)]
struct CustomValues(HashMap<Box<str>, CustomValue>);

#[derive(Default, Clone, Copy)]
struct CustomValue {
    time: Option<Timestamp>,
    int: Option<Value>,
    float: Option<Value>,
}

impl<'de> Fields<'de> for CustomValues {
    fn field<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let mut newest: Option<CustomValue> = None;
        map.next_value_seed(List {
            slot: &mut CustomValue::default(),
            done: |value: &mut CustomValue| {
                let value = std::mem::take(value);
                if newest.is_none_or(|other| other.time <= value.time) {
                    newest = Some(value);
                }
            },
        })?;
        self.0.extend(newest.map(|value| (name.into(), value)));
        Ok(())
    }
}

impl<'de> Fields<'de> for CustomValue {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "timestamp" => map.next_value_seed(Time(&mut self.time)),
            "int_value" => map.next_value_seed(Number(&mut self.int)),
            "float_value" => map.next_value_seed(Number(&mut self.float)),
            _ => skip(map),
        }
    }
}

impl CustomValues {
    fn emit(&self, spec: &CustomSpec<'_>, to: &mut Sets<'_>) {
        let metric_type = match &*spec.kind {
            "gauge" => MetricType::Gauge,
            "cumulative" => MetricType::Cumulative,
            _ => return,
        };
        let Some(value) = self.0.get(&*spec.name) else {
            return;
        };
        let value = match &*spec.format {
            "int" => value.int.map(|int| Value::Int(int.as_i64())),
            "float" => value.float.map(|float| Value::Float(float.as_f64())),
            _ => None,
        };
        if let Some(value) = value {
            to.custom(&spec.name, metric_type, value);
        }
    }
}
