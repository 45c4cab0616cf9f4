//! The one list of plugin crates that this program links, and what `heapster plugins` prints.
//!
//! A crate that nobody names is not linked, and its plugins are not there.

#[cfg(feature = "sink-elasticsearch")]
use heapster_sink_elasticsearch as _;
#[cfg(feature = "sink-graphite")]
use heapster_sink_graphite as _;
#[cfg(feature = "sink-hawkular")]
use heapster_sink_hawkular as _;
#[cfg(feature = "sink-honeycomb")]
use heapster_sink_honeycomb as _;
#[cfg(feature = "sink-influxdb")]
use heapster_sink_influxdb as _;
#[cfg(feature = "sink-librato")]
use heapster_sink_librato as _;
#[cfg(feature = "sink-log")]
use heapster_sink_log as _;
#[cfg(feature = "sink-opentsdb")]
use heapster_sink_opentsdb as _;
#[cfg(feature = "sink-statsd")]
use heapster_sink_statsd as _;
#[cfg(feature = "sink-wavefront")]
use heapster_sink_wavefront as _;
#[cfg(feature = "source-host")]
use heapster_source_host as _;
#[cfg(feature = "source-kubernetes")]
use heapster_source_kubernetes as _;

use heapster_delivery::OPTIONS;
use heapster_plugin::options::Opt;
use heapster_plugin::registry::Registry;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A plugin crate of this repository.
#[derive(Debug)]
pub(crate) struct Stock {
    /// The Cargo feature that links it.
    pub(crate) feature: &'static str,
    /// Its package.
    pub(crate) package: &'static str,
    /// `source` or `sink`.
    pub(crate) part: &'static str,
    /// The words before the first `:` of the flag's value.
    pub(crate) keys: &'static [&'static str],
}

/// All plugin crates of this repository, linked or not.
pub(crate) const STOCK: &[Stock] = &[
    Stock {
        feature: "sink-elasticsearch",
        package: "heapster-sink-elasticsearch",
        part: "sink",
        keys: &["elasticsearch"],
    },
    Stock {
        feature: "sink-graphite",
        package: "heapster-sink-graphite",
        part: "sink",
        keys: &["graphite"],
    },
    Stock {
        feature: "sink-hawkular",
        package: "heapster-sink-hawkular",
        part: "sink",
        keys: &["hawkular"],
    },
    Stock {
        feature: "sink-honeycomb",
        package: "heapster-sink-honeycomb",
        part: "sink",
        keys: &["honeycomb"],
    },
    Stock {
        feature: "sink-influxdb",
        package: "heapster-sink-influxdb",
        part: "sink",
        keys: &["influxdb"],
    },
    Stock {
        feature: "sink-librato",
        package: "heapster-sink-librato",
        part: "sink",
        keys: &["librato"],
    },
    Stock {
        feature: "sink-log",
        package: "heapster-sink-log",
        part: "sink",
        keys: &["log"],
    },
    Stock {
        feature: "sink-opentsdb",
        package: "heapster-sink-opentsdb",
        part: "sink",
        keys: &["opentsdb"],
    },
    Stock {
        feature: "sink-statsd",
        package: "heapster-sink-statsd",
        part: "sink",
        keys: &["statsd"],
    },
    Stock {
        feature: "sink-wavefront",
        package: "heapster-sink-wavefront",
        part: "sink",
        keys: &["wavefront"],
    },
    Stock {
        feature: "source-host",
        package: "heapster-source-host",
        part: "source",
        keys: &["host"],
    },
    Stock {
        feature: "source-kubernetes",
        package: "heapster-source-kubernetes",
        part: "source",
        keys: &["kubernetes", "kubernetes.summary_api"],
    },
];

/// The key of the store in memory, which is part of the core.
pub(crate) const MEMORY: &str = "metric";

/// The name of the store in memory in log lines, as the original called it.
pub(crate) const MEMORY_NAME: &str = "Metric Sink";

const MEMORY_ABOUT: &str = "Keeps the last minutes in memory for the API; there unless --disable-metric-sink";
const OWN: &str = env!("CARGO_PKG_NAME");

/// Why `part` (`source` or `sink`) does not know `key`: its feature, the nearest key, or nothing.
pub(crate) fn hint(part: &str, key: &str, registry: &Registry) -> String {
    if let Some(stock) = STOCK
        .iter()
        .find(|stock| stock.part == part && stock.keys.contains(&key))
    {
        return format!(": this program was built without the feature {:?}", stock.feature);
    }
    let known: Vec<&str> = match part {
        "source" => registry
            .sources
            .iter()
            .flat_map(|plugin| plugin.keys)
            .copied()
            .collect(),
        _ => registry
            .sinks
            .iter()
            .flat_map(|plugin| plugin.keys)
            .copied()
            .chain([MEMORY])
            .collect(),
    };
    format!(" (known: {})", known.join(", "))
}

/// One plugin as JSON.
fn describe(
    name: &str,
    package: &str,
    carries: &[&str],
    keys: &[&str],
    about: &str,
    options: &[Opt],
) -> Value {
    let feature = STOCK
        .iter()
        .find(|stock| stock.package == package)
        .map_or("", |stock| stock.feature);
    let option = |opt: &Opt| {
        json!({
            "name": opt.name,
            "type": opt.kind.to_string(),
            "default": opt.default,
            "repeatable": opt.repeatable,
            "about": opt.about,
        })
    };
    json!({
        "name": name,
        "package": package,
        "feature": feature,
        "carries": carries,
        "keys": keys,
        "about": about,
        "options": options.iter().map(option).collect::<Vec<_>>(),
    })
}

/// All plugins: sources, the store in memory, sinks.
fn all(registry: &Registry) -> Vec<Value> {
    let sources = registry
        .sources
        .iter()
        .map(|p| describe(p.name, p.package, &["source"], p.keys, p.about, p.options));
    let memory = describe(MEMORY, OWN, &["metrics"], &[MEMORY], MEMORY_ABOUT, &[]);
    let sinks = registry.sinks.iter().map(|p| {
        let carries: &[&str] = if p.metrics.is_some() { &["metrics"] } else { &[] };
        describe(p.name, p.package, carries, p.keys, p.about, p.options)
    });
    sources.chain([memory]).chain(sinks).collect()
}

/// The list as JSON.
pub(crate) fn json(registry: &Registry) -> String {
    format!("{:#}", Value::Array(all(registry)))
}

/// The list for people: a plugin a line, an option a deeper line.
pub(crate) fn table(registry: &Registry) -> String {
    let mut out = String::new();
    let sources = registry
        .sources
        .iter()
        .map(|p| ("source", p.keys, p.about, p.package, p.options));
    let memory: (_, &[&str], _, _, &[Opt]) = ("sink", &[MEMORY], MEMORY_ABOUT, OWN, &[]);
    let sinks = registry
        .sinks
        .iter()
        .map(|p| ("sink", p.keys, p.about, p.package, p.options));
    for (part, keys, about, package, options) in sources.chain([memory]).chain(sinks) {
        let keys = keys.join("|");
        writeln!(out, "--{part}={keys}  {about} ({package})").ok(); // a String takes everything
        options.iter().for_each(|opt| line(&mut out, opt));
    }
    out.push_str("Every --sink takes as well\n");
    OPTIONS.iter().for_each(|opt| line(&mut out, opt));
    out
}

fn line(out: &mut String, opt: &Opt) {
    let default = match opt.default {
        "" => String::new(),
        default => format!(" [default: {default}]"),
    };
    writeln!(out, "    {}=<{}>  {}{default}", opt.name, opt.kind, opt.about).ok(); // a String takes everything
}
