//! Folders that look like a machine's root, and the source built over one.

use heapster_plugin::model::{MetricNames, Point, Scraped, ScrapedSet, Timestamp, Value, label};
use heapster_plugin::options::Options;
use heapster_plugin::registry::Registry;
use heapster_plugin::source::{ScrapeError, Source, Target, Window};
use heapster_plugin::testkit::{Recorded, source_context};
use heapster_plugin::uri::Uri;
use heapster_source_host as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

/// The source reads the machine as it is and does not look at the window.
pub(crate) const WINDOW: Window = Window {
    start: Timestamp::from_secs(0),
    end: Timestamp::from_secs(60),
};

/// A machine's files.
pub(crate) struct Root(TempDir);

impl Root {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// `/proc` as a machine of two cores has it; `mounts` are further lines of its table of mounts.
    pub(crate) fn with_proc(mounts: &str) -> Self {
        let root = Self::empty();
        root.write("proc/sys/kernel/hostname", "box\n");
        root.write("proc/stat", STAT);
        root.write("proc/meminfo", MEMINFO);
        root.write("proc/vmstat", "nr_free_pages 100\npgfault 5000\npgmajfault 70\n");
        root.write("proc/loadavg", "0.25 0.59 0.35 1/98 12557\n");
        root.write("proc/uptime", "457.49 507.67\n");
        root.write("proc/diskstats", DISKSTATS);
        root.write("proc/net/dev", NET_DEV);
        root.write("proc/net/route", ROUTE);
        root.write(
            "proc/mounts",
            format!("/dev/vda / ext4 rw,relatime 0 0\n{mounts}"),
        );
        root.write("sys/block/vda/size", "1\n");
        root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, relative: &str) {
        let path = self.path(relative);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }
}

/// The source, built.
pub(crate) struct Host {
    pub(crate) target: Arc<dyn Target>,
    pub(crate) counted: Arc<Recorded>,
}

/// The source with `options` (`&depth=1`) over the folder `root`.
pub(crate) async fn host_at(root: &Path, options: &str) -> Host {
    let (source, counted) = build(&format!("host:?root={}{options}", root.display())).unwrap();
    let [target] = <[_; 1]>::try_from(source.targets().await).unwrap();
    Host { target, counted }
}

/// The source with its defaults over `root`.
pub(crate) async fn host(root: &Root) -> Host {
    host_at(root.0.path(), "").await
}

/// The source of a URI, or the text of what is wrong with it.
pub(crate) fn build(uri: &str) -> Result<(Box<dyn Source>, Arc<Recorded>), String> {
    let plugin = Registry::collect().unwrap().source("host").unwrap();
    let uri = Uri::parse(uri, |_| None).unwrap();
    let (options, unknown) =
        Options::parse("source", plugin.options, &uri).map_err(|error| error.to_string())?;
    assert_eq!(unknown, []);
    let (context, counted) = source_context();
    let source = (plugin.build)(&uri, &options, &context).map_err(|error| error.to_string())?;
    Ok((source, counted))
}

impl Host {
    /// One cycle that must succeed.
    pub(crate) async fn scrape(&self) -> Scraped {
        self.try_scrape().await.unwrap()
    }

    pub(crate) async fn try_scrape(&self) -> Result<Scraped, ScrapeError> {
        self.target
            .scrape(WINDOW, Instant::now() + Duration::from_secs(60))
            .await
    }

    /// How often `file` could not be read.
    pub(crate) fn unreadable(&self, file: &str) -> Option<f64> {
        self.counted
            .value(&format!("heapster_plugin_host_unreadable_total{{file={file}}}"))
    }

    /// The plain values of `set` by metric name.
    pub(crate) fn plain(&self, scraped: &Scraped, set: &ScrapedSet) -> Vec<(String, Value)> {
        scraped.points(set).iter().map(Self::named).collect()
    }

    /// The value of one metric in the set of the key.
    pub(crate) fn value(&self, scraped: &Scraped, key: &str, metric: &str) -> Option<Value> {
        let set = find(scraped, key)?;
        let mut all = self.plain(scraped, set).into_iter();
        all.find(|(name, _)| name == metric).map(|(_, value)| value)
    }

    /// The labeled values of the node as `metric resource_id value`.
    pub(crate) fn labeled(&self, scraped: &Scraped) -> Vec<(String, String, Value)> {
        let values = scraped.labeled(&scraped.sets()[0]).iter();
        values
            .map(|value| {
                let (name, number) = Self::named(&value.point);
                let resource = value.labels.get(label::RESOURCE_ID).unwrap();
                (name, resource.to_owned(), number)
            })
            .collect()
    }

    fn named(point: &Point) -> (String, Value) {
        let metric = MetricNames::describe(point.metric()).unwrap();
        (metric.name.to_owned(), point.value())
    }
}

/// The keys of all sets.
pub(crate) fn keys(scraped: &Scraped) -> Vec<&str> {
    scraped.sets().iter().map(|set| set.entity.key()).collect()
}

/// The set of a key.
pub(crate) fn find<'a>(scraped: &'a Scraped, key: &str) -> Option<&'a ScrapedSet> {
    scraped.sets().iter().find(|set| set.entity.key() == key)
}

const STAT: &str = "cpu  33046 489 6155 50767 419 0 63 47 0 0\n\
                    cpu0 15903 230 2843 26388 83 0 7 19 0 0\n\
                    cpu1 17143 259 3311 24378 335 0 56 27 0 0\n\
                    intr 328006 0 0\nctxt 415205\nbtime 1795559676\nprocesses 12559\n";

const MEMINFO: &str = "MemTotal:       24684084 kB\nMemFree:        23590336 kB\nBuffers:           46340 kB\n\
                       Cached:           724540 kB\nInactive(file):   599640 kB\nAnonPages:         53012 kB\n\
                       HugePages_Total:       0\n";

const DISKSTATS: &str = "   7       0 loop0 9 0 9 0 9 0 9 0 0 0 0 0 0 0 0 0 0\n \
                         254       0 vda 37342 7687 3102178 15210 8852 42035 3109904 15137 0 8264 30807 4658 52 277424 447 262 11\n \
                         254       1 vda1 5 0 5 0 5 0 5 0 0 0 0 0 0 0 0 0 0\n";

const NET_DEV: &str = "\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0: 168115837    9668    3    0    0     0          0         0   778763    7402    4    0    0     0       0          0
  eth1:    1000      10    1    0    0     0          0         0     2000      20    2    0    0     0       0          0
";

pub(crate) const ROUTE: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                     eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
                     eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
