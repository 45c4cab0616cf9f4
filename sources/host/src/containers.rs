//! The machine's services and slices as system containers.
//!
//! A cgroup is looked for in every tree and named by its path without the leading slash. Entity, labels and start are kept
//! as long as it lives.

use crate::cgroup::{Cgroup, Usage, go};
use crate::config::Bounds;
use crate::files::Files;
use crate::flat::int;
use crate::mounts::Trees;
use crate::seldom::Seldom;
use crate::units::is_system_container;
use heapster_plugin::model::{
    Entity, EntityKind, Labels, Model, Point, Scraped, Times, Timestamp, id, label,
};
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

/// Counter of the cycles in which not all cgroups were read.
const CUT_SHORT: &str = "heapster_plugin_host_cut_short_total";

/// A system container that was there in the last cycle.
#[derive(Debug)]
struct Known {
    entity: Arc<Entity>,
    labels: Arc<Labels>,
    instance: (u64, u64),
    start: Timestamp,
    /// When it was measured last.
    sample: Timestamp,
    cycle: u64,
}

/// The system containers, and room for reading them.
#[derive(Debug)]
pub(crate) struct Containers {
    node: Arc<str>,
    bounds: Bounds,
    model: Arc<Model>,
    known: HashMap<Arc<str>, Known>,
    cycle: u64,
    cut_short: Seldom,
    /// Cgroups whose children are to be read, with their level.
    queue: VecDeque<(Arc<str>, usize)>,
    names: Vec<String>,
    path: String,
    place: PathBuf,
}

impl Containers {
    pub(crate) fn new(node: &str, bounds: Bounds, model: Arc<Model>) -> Self {
        Self {
            node: node.into(),
            bounds,
            model,
            known: HashMap::new(),
            cycle: 0,
            cut_short: Seldom::default(),
            queue: VecDeque::new(),
            names: Vec::new(),
            path: String::new(),
            place: PathBuf::new(),
        }
    }

    /// Adds one set for each system container, level by level, each level by name.
    ///
    /// Shape: at most `bounds.most` cgroups are read; one of which the kernel tells nothing has no set. Points ascend.
    /// Errors: none; what cannot be read is counted and left out.
    pub(crate) fn read(
        &mut self,
        files: &mut Files,
        trees: &Trees,
        boot: Option<Timestamp>,
        out: &mut Scraped,
    ) {
        if self.bounds.most == 0 {
            return;
        }
        if *trees == Trees::default() {
            files.judge::<(), _>("cgroup", Err("no cgroup file system is mounted"));
        }
        self.cycle += 1;
        self.queue.clear();
        self.queue.push_back(("".into(), 0));
        let mut left = self.bounds.most;
        while let Some((parent, level)) = self.queue.pop_front() {
            self.list(files, trees, &parent);
            let names = std::mem::take(&mut self.names);
            for name in &names {
                if left == 0 {
                    self.queue.clear();
                    self.say_cut_short(files);
                    break;
                }
                left -= 1;
                self.path.clear();
                if !parent.is_empty() {
                    self.path.push_str(&parent);
                    self.path.push('/');
                }
                self.path.push_str(name);
                self.read_one(files, trees, boot, level + 1, out);
            }
            self.names = names;
        }
        let cycle = self.cycle;
        self.known.retain(|_, known| known.cycle == cycle);
    }

    /// Puts the names of the system containers right below `parent` into `names`, sorted.
    fn list(&mut self, files: &mut Files, trees: &Trees, parent: &str) {
        self.names.clear();
        for tree in trees.each() {
            go(&mut self.place, tree, parent, "");
            let entries = std::fs::read_dir(&self.place);
            let entries = if parent.is_empty() {
                files.judge("cgroup", entries)
            } else {
                files.judge_if_there("cgroup", entries)
            };
            for entry in entries.into_iter().flatten().flatten() {
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    continue;
                }
                // A name that is no text could not be asked for over HTTP.
                if let Ok(name) = entry.file_name().into_string()
                    && is_system_container(parent, &name, self.bounds.ids)
                {
                    self.names.push(name);
                }
            }
        }
        self.names.sort_unstable();
        self.names.dedup();
    }

    /// Adds the set of the cgroup at `self.path`, which is on `level`, and queues it if there are more below.
    fn read_one(
        &mut self,
        files: &mut Files,
        trees: &Trees,
        boot: Option<Timestamp>,
        level: usize,
        out: &mut Scraped,
    ) {
        let Some(cgroup) = Cgroup::find(trees, &self.path, &mut self.place) else {
            return;
        };
        let now = Timestamp::now();
        let usage = cgroup.usage(files, trees, &self.path, &mut self.place);
        if cgroup.is_parent && level < self.bounds.depth {
            let path = self.known.get_key_value(self.path.as_str());
            let path = path.map_or_else(|| self.path.as_str().into(), |(path, _)| path.clone());
            self.queue.push_back((path, level));
        }
        if usage == Usage::default() {
            return;
        }
        if !self.known.contains_key(self.path.as_str()) {
            let start = boot
                .map_or(cgroup.created, |boot| cgroup.created.max(boot))
                .min(now);
            let known = self.meet(cgroup.instance, start, now);
            self.known.insert(self.path.as_str().into(), known);
        }
        if let Some(known) = self.known.get_mut(self.path.as_str()) {
            known.renew(&cgroup, now, self.cycle);
            known.push(&usage, out);
        }
    }

    fn meet(&self, instance: (u64, u64), start: Timestamp, sample: Timestamp) -> Known {
        let labels = Labels::from_pairs([
            (label::TYPE, EntityKind::SystemContainer.as_str()),
            (label::CONTAINER_NAME, self.path.as_str()),
            (label::NODENAME, &self.node),
            (label::HOSTNAME, &self.node),
            (label::HOST_ID, ""),
        ]);
        Known {
            entity: self.model.entities.system_container(&self.node, &self.path),
            labels: Arc::new(labels),
            instance,
            start,
            sample,
            cycle: 0,
        }
    }

    fn say_cut_short(&mut self, files: &Files) {
        files.count(CUT_SHORT);
        if self.cut_short.may_say() {
            let containers = self.bounds.most;
            tracing::warn!(
                containers,
                "this machine has more cgroups than the option containers allows: the deepest are left out"
            );
        }
    }
}

impl Known {
    /// A service that was started again has another directory: its counters begin anew after the last sample of the old one.
    fn renew(&mut self, cgroup: &Cgroup, now: Timestamp, cycle: u64) {
        if self.instance != cgroup.instance {
            self.instance = cgroup.instance;
            self.start = cgroup.created.max(self.sample).min(now);
        }
        self.sample = now;
        self.cycle = cycle;
    }

    /// Units: those of the catalogue. Values beyond the signed range are held at its end.
    fn push(&self, usage: &Usage, out: &mut Scraped) {
        let times = Times {
            scrape: Some(self.sample),
            collection_start: Some(self.start),
            entity_create: None,
        };
        out.begin(self.entity.clone(), self.labels.clone(), times);
        let mut push = |point: fn(_, i64) -> Point, metric, value: Option<u64>| {
            if let Some(value) = value {
                out.push(point(metric, int(value)));
            }
        };
        let uptime = u64::try_from(self.sample.since(self.start).as_millis()).ok();
        push(Point::cumulative, id::CPU_USAGE, usage.cpu);
        push(Point::gauge, id::MEMORY_CACHE, usage.cache);
        push(
            Point::cumulative,
            id::MEMORY_MAJOR_PAGE_FAULTS,
            usage.major_faults,
        );
        push(Point::cumulative, id::MEMORY_PAGE_FAULTS, usage.faults);
        push(Point::gauge, id::MEMORY_RSS, usage.rss);
        push(Point::gauge, id::MEMORY_USAGE, usage.memory);
        push(Point::gauge, id::MEMORY_WORKING_SET, usage.working_set);
        push(Point::cumulative, id::UPTIME, uptime);
    }
}
