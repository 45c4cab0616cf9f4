//! The options of the source.

use heapster_plugin::options::{Opt, Options};
use std::path::PathBuf;

/// The options.
pub(crate) const OPTIONS: &[Opt] = &[
    Opt::path(
        "root",
        "where the machine's /proc and /sys are found: / or the place of a mounted host root",
    ),
    Opt::text("nodename", "", "name of the node; empty for the host name"),
    Opt::int(
        "containers",
        "500",
        0,
        100_000,
        "most system containers in one cycle, first level first; 0 for none",
    ),
    Opt::int(
        "depth",
        "3",
        1,
        32,
        "how many levels of cgroups are read: system.slice is on the first, system.slice/ssh.service on the second",
    ),
    Opt::bool(
        "ids",
        false,
        "also read cgroups named by an id: single containers and pods of Docker, containerd, CRI-O and Podman",
    ),
];

/// The options, checked.
#[derive(Debug)]
pub(crate) struct Config {
    /// Prefix of every path.
    pub(crate) root: PathBuf,
    /// Name of the node, when it is not the host's.
    pub(crate) nodename: Option<String>,
    /// Which cgroups are read.
    pub(crate) bounds: Bounds,
}

/// Which cgroups are system containers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many in one cycle.
    pub(crate) most: usize,
    /// How many levels.
    pub(crate) depth: usize,
    /// Whether those named by an id count.
    pub(crate) ids: bool,
}

impl Config {
    /// Reads checked options.
    pub(crate) fn new(options: &Options) -> Self {
        let root = options.given("root").filter(|root| !root.is_empty());
        let nodename = options
            .given("nodename")
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let number = |name| usize::try_from(options.int(name)).unwrap_or_default();
        Self {
            root: PathBuf::from(root.unwrap_or("/")),
            nodename: nodename.map(str::to_owned),
            bounds: Bounds {
                most: number("containers"),
                depth: number("depth"),
                ids: options.bool("ids"),
            },
        }
    }
}
