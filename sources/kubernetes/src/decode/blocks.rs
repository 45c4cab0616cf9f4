//! The parts that several objects of `/stats/summary` share.

use super::json::{Fields, Int, Number, Object, Text, Time, all, skip};
use super::sets::Sets;
use heapster_plugin::model::{Labels, MetricType, Timestamp, Value, id};
use serde::de::MapAccess;
use std::borrow::Cow;
use std::sync::Arc;

/// `cpu`
#[derive(Default)]
pub(crate) struct Cpu {
    pub(crate) time: Option<Timestamp>,
    /// usageCoreNanoSeconds; usageNanoCores is not read, rates are computed.
    pub(crate) usage: Option<i64>,
}

impl<'de> Fields<'de> for Cpu {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "time" => map.next_value_seed(Time(&mut self.time)),
            "usageCoreNanoSeconds" => map.next_value_seed(Int(&mut self.usage)),
            _ => skip(map),
        }
    }
}

/// `memory`
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) time: Option<Timestamp>,
    usage: Option<i64>,
    working_set: Option<i64>,
    rss: Option<i64>,
    page_faults: Option<i64>,
    major_page_faults: Option<i64>,
}

impl<'de> Fields<'de> for Memory {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "time" => map.next_value_seed(Time(&mut self.time)),
            "usageBytes" => map.next_value_seed(Int(&mut self.usage)),
            "workingSetBytes" => map.next_value_seed(Int(&mut self.working_set)),
            "rssBytes" => map.next_value_seed(Int(&mut self.rss)),
            "pageFaults" => map.next_value_seed(Int(&mut self.page_faults)),
            "majorPageFaults" => map.next_value_seed(Int(&mut self.major_page_faults)),
            _ => skip(map),
        }
    }
}

impl Memory {
    pub(crate) fn emit(&self, to: &mut Sets<'_>) {
        to.cumulative(id::MEMORY_MAJOR_PAGE_FAULTS, self.major_page_faults);
        to.cumulative(id::MEMORY_PAGE_FAULTS, self.page_faults);
        to.gauge(id::MEMORY_RSS, self.rss);
        to.gauge(id::MEMORY_USAGE, self.usage);
        to.gauge(id::MEMORY_WORKING_SET, self.working_set);
    }
}

/// `network`: the default interface's figures.
#[derive(Default)]
pub(crate) struct Network {
    pub(crate) time: Option<Timestamp>,
    rx: Option<i64>,
    rx_errors: Option<i64>,
    tx: Option<i64>,
    tx_errors: Option<i64>,
}

impl<'de> Fields<'de> for Network {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "time" => map.next_value_seed(Time(&mut self.time)),
            "rxBytes" => map.next_value_seed(Int(&mut self.rx)),
            "rxErrors" => map.next_value_seed(Int(&mut self.rx_errors)),
            "txBytes" => map.next_value_seed(Int(&mut self.tx)),
            "txErrors" => map.next_value_seed(Int(&mut self.tx_errors)),
            _ => skip(map),
        }
    }
}

impl Network {
    pub(crate) fn emit(&self, to: &mut Sets<'_>) {
        to.cumulative(id::NETWORK_RX, self.rx);
        to.cumulative(id::NETWORK_RX_ERRORS, self.rx_errors);
        to.cumulative(id::NETWORK_TX, self.tx);
        to.cumulative(id::NETWORK_TX_ERRORS, self.tx_errors);
    }
}

/// `fs`, `rootfs`, `logs`, `ephemeral-storage`, and the figures of a volume.
#[derive(Default)]
pub(crate) struct Filesystem {
    pub(crate) used: Option<i64>,
    capacity: Option<i64>,
    available: Option<i64>,
    inodes: Option<i64>,
    inodes_free: Option<i64>,
}

impl<'de> Fields<'de> for Filesystem {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "usedBytes" => map.next_value_seed(Int(&mut self.used)),
            "capacityBytes" => map.next_value_seed(Int(&mut self.capacity)),
            "availableBytes" => map.next_value_seed(Int(&mut self.available)),
            "inodes" => map.next_value_seed(Int(&mut self.inodes)),
            "inodesFree" => map.next_value_seed(Int(&mut self.inodes_free)),
            _ => skip(map),
        }
    }
}

impl Filesystem {
    /// Writes the five labeled values, as far as there are any, for the resource `prefix` + `name`.
    pub(crate) fn emit(&self, to: &mut Sets<'_>, prefix: &'static str, name: &str) {
        let all = [
            self.used,
            self.capacity,
            self.available,
            self.inodes,
            self.inodes_free,
        ];
        if all.iter().all(Option::is_none) {
            return;
        }
        let labels: Arc<Labels> = to.cache.resource(prefix, name);
        to.labeled(id::FILESYSTEM_USAGE, self.used, &labels);
        to.labeled(id::FILESYSTEM_LIMIT, self.capacity, &labels);
        to.labeled(id::FILESYSTEM_AVAILABLE, self.available, &labels);
        to.labeled(id::FILESYSTEM_INODES, self.inodes, &labels);
        to.labeled(id::FILESYSTEM_INODES_FREE, self.inodes_free, &labels);
    }
}

/// One of a pod's `volume`s.
#[derive(Default)]
pub(crate) struct Volume<'de> {
    pub(crate) name: Cow<'de, str>,
    pub(crate) figures: Filesystem,
}

impl<'de> Fields<'de> for Volume<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => map.next_value_seed(Text(&mut self.name)),
            _ => self.figures.field(key, map),
        }
    }
}

/// One of a container's `accelerators`.
#[derive(Default)]
pub(crate) struct Accelerator<'de> {
    make: Cow<'de, str>,
    model: Cow<'de, str>,
    id: Cow<'de, str>,
    memory_total: Option<i64>,
    memory_used: Option<i64>,
    duty_cycle: Option<i64>,
}

impl<'de> Fields<'de> for Accelerator<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "make" => map.next_value_seed(Text(&mut self.make)),
            "model" => map.next_value_seed(Text(&mut self.model)),
            "id" => map.next_value_seed(Text(&mut self.id)),
            "memoryTotal" | "memory_total" => map.next_value_seed(Int(&mut self.memory_total)),
            "memoryUsed" | "memory_used" => map.next_value_seed(Int(&mut self.memory_used)),
            "dutyCycle" | "duty_cycle" => map.next_value_seed(Int(&mut self.duty_cycle)),
            _ => skip(map),
        }
    }
}

impl Accelerator<'_> {
    pub(crate) fn emit(&self, to: &mut Sets<'_>) {
        let labels = to.cache.accelerator(&self.make, &self.model, &self.id);
        to.labeled(id::ACCELERATOR_MEMORY_TOTAL, self.memory_total, &labels);
        to.labeled(id::ACCELERATOR_MEMORY_USED, self.memory_used, &labels);
        to.labeled(id::ACCELERATOR_DUTY_CYCLE, self.duty_cycle, &labels);
    }
}

/// One of a container's `userDefinedMetrics`.
#[derive(Default)]
pub(crate) struct UserMetric<'de> {
    name: Cow<'de, str>,
    kind: Cow<'de, str>,
    value: Option<Value>,
}

impl<'de> Fields<'de> for UserMetric<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => map.next_value_seed(Text(&mut self.name)),
            "type" => map.next_value_seed(Text(&mut self.kind)),
            "value" => map.next_value_seed(Number(&mut self.value)),
            _ => skip(map),
        }
    }
}

impl UserMetric<'_> {
    fn emit(&self, to: &mut Sets<'_>) {
        let metric_type = match &*self.kind {
            "gauge" => MetricType::Gauge,
            "cumulative" => MetricType::Cumulative,
            "delta" => MetricType::Delta,
            _ => return,
        };
        if let Some(value) = self.value
            && !self.name.is_empty()
        {
            to.custom(&self.name, metric_type, Value::Float(value.as_f64()));
        }
    }
}

/// One of a pod's `containers` or of the node's `systemContainers`.
#[derive(Default)]
pub(crate) struct Container<'de> {
    pub(crate) name: Cow<'de, str>,
    pub(crate) start: Option<Timestamp>,
    pub(crate) cpu: Cpu,
    pub(crate) memory: Memory,
    rootfs: Filesystem,
    logs: Filesystem,
    accelerators: Vec<Accelerator<'de>>,
    custom: Vec<UserMetric<'de>>,
}

impl<'de> Fields<'de> for Container<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => map.next_value_seed(Text(&mut self.name)),
            "startTime" => map.next_value_seed(Time(&mut self.start)),
            "cpu" => map.next_value_seed(Object(&mut self.cpu)),
            "memory" => map.next_value_seed(Object(&mut self.memory)),
            "rootfs" => map.next_value_seed(Object(&mut self.rootfs)),
            "logs" => map.next_value_seed(Object(&mut self.logs)),
            "accelerators" => map.next_value_seed(all(&mut Accelerator::default(), &mut self.accelerators)),
            "userDefinedMetrics" => map.next_value_seed(all(&mut UserMetric::default(), &mut self.custom)),
            _ => skip(map),
        }
    }
}

impl Container<'_> {
    /// Writes all values into the set begun last.
    pub(crate) fn emit(&self, to: &mut Sets<'_>) {
        to.cumulative(id::CPU_USAGE, self.cpu.usage);
        // Both parts must be known; one alone would read as a container that shrank.
        let storage = self
            .rootfs
            .used
            .zip(self.logs.used)
            .map(|(rootfs, logs)| rootfs.saturating_add(logs));
        to.gauge(id::EPHEMERAL_STORAGE_USAGE, storage);
        self.memory.emit(to);
        to.uptime(self.start);
        // Of two with one name the first written stays, and the last one read is meant.
        for metric in self.custom.iter().rev() {
            metric.emit(to);
        }
        for accelerator in &self.accelerators {
            accelerator.emit(to);
        }
        self.rootfs.emit(to, "", "/");
        self.logs.emit(to, "", "logs");
    }
}
