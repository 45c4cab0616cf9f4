//! One reading of the whole machine, and what is kept between readings.

use crate::config::Bounds;
use crate::containers::Containers;
use crate::files::Files;
use crate::mounts::Mounts;
use crate::network::Network;
use crate::resources::Resources;
use crate::{disks, filesystems, node};
use heapster_plugin::model::{Entity, EntityKind, Labels, Model, Point, Scraped, Times, Timestamp, label};
use heapster_plugin::source::{ScrapeError, ScrapeFailure};
use std::sync::Arc;

/// Boot times that differ by no more are one: the kernel rounds them to seconds.
const SAME_BOOT_NANOS: u64 = 1_000_000_000;

/// The machine. Entities and labels are kept, so that a cycle makes none for what was there before.
#[derive(Debug)]
pub(crate) struct Machine {
    files: Files,
    entity: Arc<Entity>,
    labels: Arc<Labels>,
    boot: Option<Timestamp>,
    network: Network,
    mounts: Mounts,
    resources: Resources,
    containers: Containers,
    points: Vec<Point>,
    /// How large the last answer was.
    sizes: (usize, usize, usize),
}

impl Machine {
    pub(crate) fn new(node: &str, files: Files, bounds: Bounds, model: Arc<Model>) -> Self {
        let labels = Labels::from_pairs([
            (label::TYPE, EntityKind::Node.as_str()),
            (label::NODENAME, node),
            (label::HOSTNAME, node),
            (label::HOST_ID, ""),
        ]);
        Self {
            files,
            entity: model.entities.node(node),
            labels: Arc::new(labels),
            boot: None,
            network: Network::default(),
            mounts: Mounts::default(),
            resources: Resources::default(),
            containers: Containers::new(node, bounds, model),
            points: Vec::new(),
            sizes: (0, 0, 0),
        }
    }

    /// Reads the node and its system containers.
    ///
    /// Shape: the node's set first, then one set a system container; plain values ascend by metric.
    /// Units: those of the catalogue.
    /// Errors: nothing in `/proc` can be read; anything less is left out and counted.
    pub(crate) fn read(&mut self) -> Result<Scraped, ScrapeError> {
        let (sets, points, labeled) = self.sizes;
        let mut out = Scraped::with_capacity(sets, points, labeled);
        let read = self.read_into(&mut out);
        if read.is_err() {
            self.files.forget_cycle();
        }
        self.files.end_cycle();
        self.sizes = out.sizes();
        read.map(|()| out)
    }

    fn read_into(&mut self, out: &mut Scraped) -> Result<(), ScrapeError> {
        self.resources.sweep();
        self.points.clear();
        let now = Timestamp::now();
        let boot = node::push(&mut self.files, now, &mut self.points);
        self.network.push(&mut self.files, &mut self.points);
        if self.points.is_empty() {
            return Err(self.nothing_there());
        }
        self.keep_boot(boot);
        let times = Times {
            scrape: Some(now),
            collection_start: self.boot,
            entity_create: None,
        };
        filesystems::push_root(&mut self.files, &mut self.points);
        self.points.sort_unstable_by_key(Point::metric);
        out.begin(self.entity.clone(), self.labels.clone(), times);
        for point in &self.points {
            out.push(*point);
        }
        self.mounts.refresh(&mut self.files);
        disks::push(&mut self.files, &mut self.resources, out);
        filesystems::push(
            &mut self.files,
            &self.mounts.filesystems,
            &mut self.resources,
            out,
        );
        self.containers
            .read(&mut self.files, &self.mounts.trees, self.boot, out);
        Ok(())
    }

    /// Keeps one boot time while the kernel's moves by rounding only; a set clock gives a new one, hence no rate over it.
    fn keep_boot(&mut self, read: Option<Timestamp>) {
        let Some(read) = read else { return };
        let same = |kept: &Timestamp| kept.nanos().abs_diff(read.nanos()) <= SAME_BOOT_NANOS;
        self.boot = Some(self.boot.filter(same).unwrap_or(read));
    }

    fn nothing_there(&self) -> ScrapeError {
        let proc = self.files.path("proc");
        let (reason, text) = match std::fs::read_dir(&proc) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                (ScrapeFailure::Refused, error.to_string())
            }
            Err(error) => (ScrapeFailure::NotFound, error.to_string()),
            Ok(_) => (ScrapeFailure::Malformed, "no file could be read".to_owned()),
        };
        ScrapeError {
            reason,
            text: format!(
                "this machine: {}: {text}: let heapster read it, or set root= to where the machine's root is",
                proc.display()
            ),
        }
    }
}
