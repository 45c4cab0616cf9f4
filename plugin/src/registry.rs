//! The list of plugins in this program.
//!
//! Each plugin crate submits its records with `inventory`; a crate that no program names is not linked and not listed.

use crate::options::{Opt, Options};
use crate::sink::{MetricSink, SinkContext};
use crate::source::{BuildError, Source, SourceContext};
use crate::uri::Uri;

/// A source that can be picked with `--source=KEY:…`.
#[derive(Debug)]
pub struct SourcePlugin {
    /// Folder, crate and feature suffix.
    pub name: &'static str,
    /// The words before the first `:` of the flag's value.
    pub keys: &'static [&'static str],
    /// One line for people.
    pub about: &'static str,
    /// The options of the URI.
    pub options: &'static [Opt],
    /// The crate that submitted this, for messages: `env!("CARGO_PKG_NAME")`.
    pub package: &'static str,
    /// Makes a source. Contacts nothing.
    pub build: BuildSource,
}

/// Makes a source from its URI; fails on bad options only.
pub type BuildSource = fn(&Uri, &Options, &SourceContext) -> Result<Box<dyn Source>, BuildError>;

/// A sink that can be picked with `--sink=KEY:…`.
#[derive(Debug)]
pub struct SinkPlugin {
    /// Folder, crate and feature suffix.
    pub name: &'static str,
    /// The words before the first `:` of the flag's value.
    pub keys: &'static [&'static str],
    /// One line for people.
    pub about: &'static str,
    /// The options of the URI.
    pub options: &'static [Opt],
    /// The crate that submitted this, for messages: `env!("CARGO_PKG_NAME")`.
    pub package: &'static str,
    /// Makes a metric sink, if the plugin carries one. Contacts nothing.
    pub metrics: Option<BuildMetricSink>,
}

/// Makes a metric sink from its URI; fails on bad options only.
pub type BuildMetricSink = fn(&Uri, &Options, &SinkContext) -> Result<Box<dyn MetricSink>, BuildError>;

inventory::collect!(SourcePlugin);
inventory::collect!(SinkPlugin);

/// Two plugins claim one name or key: the program cannot know which one is meant.
#[derive(Debug, thiserror::Error)]
#[error(
    "{kind} {what} is claimed twice, by the crates {first} and {second}; leave one of them out of the build"
)]
pub struct Duplicate {
    kind: &'static str,
    what: String,
    first: &'static str,
    second: &'static str,
}

/// All plugins of this program, sorted by name.
#[derive(Debug)]
pub struct Registry {
    /// Sources, by name.
    pub sources: Vec<&'static SourcePlugin>,
    /// Sinks, by name.
    pub sinks: Vec<&'static SinkPlugin>,
}

impl Registry {
    /// Collects what is linked into this program.
    ///
    /// # Errors
    /// [`Duplicate`] when two records have one key, or two crates one name.
    pub fn collect() -> Result<Self, Duplicate> {
        Self::of(
            inventory::iter::<SourcePlugin>.into_iter(),
            inventory::iter::<SinkPlugin>.into_iter(),
        )
    }

    /// Sorts and checks the given records.
    ///
    /// # Errors
    /// [`Duplicate`] when two records have one key, or two crates one name.
    pub fn of(
        sources: impl Iterator<Item = &'static SourcePlugin>,
        sinks: impl Iterator<Item = &'static SinkPlugin>,
    ) -> Result<Self, Duplicate> {
        let mut sources: Vec<_> = sources.collect();
        let mut sinks: Vec<_> = sinks.collect();
        sources.sort_by_key(|plugin| (plugin.name, plugin.package));
        sinks.sort_by_key(|plugin| (plugin.name, plugin.package));
        unique("source", sources.iter().map(|p| (p.name, p.keys, p.package)))?;
        unique("sink", sinks.iter().map(|p| (p.name, p.keys, p.package)))?;
        Ok(Self { sources, sinks })
    }

    /// The source for a key.
    #[must_use]
    pub fn source(&self, key: &str) -> Option<&'static SourcePlugin> {
        self.sources
            .iter()
            .find(|plugin| plugin.keys.contains(&key))
            .copied()
    }

    /// The sink for a key.
    #[must_use]
    pub fn sink(&self, key: &str) -> Option<&'static SinkPlugin> {
        self.sinks
            .iter()
            .find(|plugin| plugin.keys.contains(&key))
            .copied()
    }
}

/// One crate may submit several records under its name, for its several keys.
fn unique(
    kind: &'static str,
    plugins: impl Iterator<Item = (&'static str, &'static [&'static str], &'static str)>,
) -> Result<(), Duplicate> {
    let mut seen: Vec<(String, &'static str)> = Vec::new();
    for (name, keys, package) in plugins {
        let named = (format!("name {name:?}"), true);
        let keyed = keys.iter().map(|key| (format!("key {key:?}"), false));
        for (what, may_repeat) in std::iter::once(named).chain(keyed) {
            let known = seen.iter().find(|(claimed, _)| *claimed == what);
            if let Some((_, first)) = known.filter(|(_, first)| !may_repeat || *first != package) {
                return Err(Duplicate {
                    kind,
                    what,
                    first,
                    second: package,
                });
            }
            seen.push((what, package));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn sink(name: &'static str, keys: &'static [&'static str], package: &'static str) -> SinkPlugin {
        SinkPlugin {
            name,
            keys,
            about: "",
            options: &[],
            package,
            metrics: None,
        }
    }

    #[test]
    fn plugins_are_sorted_by_name_and_found_by_key() {
        static ALL: [SinkPlugin; 2] = [sink("b", &["bee"], "crate-b"), sink("a", &["ay"], "crate-a")];
        let registry = Registry::of([].into_iter(), ALL.iter()).unwrap();
        assert_eq!(
            registry.sinks.iter().map(|p| p.name).collect::<Vec<_>>(),
            ["a", "b"]
        );
        assert_eq!(registry.sink("bee").unwrap().name, "b");
        assert!(registry.sink("b").is_none());
    }

    fn refusal(all: &'static [SinkPlugin]) -> String {
        Registry::of([].into_iter(), all.iter()).unwrap_err().to_string()
    }

    #[test]
    fn two_crates_with_one_key_are_named() {
        static ALL: [SinkPlugin; 2] = [sink("b", &["x"], "crate-b"), sink("a", &["x"], "crate-a")];
        let text = "sink key \"x\" is claimed twice, by the crates crate-a and crate-b";
        assert!(refusal(&ALL).starts_with(text), "{}", refusal(&ALL));
    }

    #[test]
    fn two_crates_with_one_name_are_named() {
        static ALL: [SinkPlugin; 2] = [sink("a", &["x"], "crate-b"), sink("a", &["y"], "crate-a")];
        let text = "sink name \"a\" is claimed twice, by the crates crate-a and crate-b";
        assert!(refusal(&ALL).starts_with(text), "{}", refusal(&ALL));
    }

    #[test]
    fn one_crate_may_have_several_records_of_one_name() {
        static ALL: [SinkPlugin; 2] = [sink("a", &["x"], "crate-a"), sink("a", &["y"], "crate-a")];
        assert_eq!(Registry::of([].into_iter(), ALL.iter()).unwrap().sinks.len(), 2);
    }

    #[test]
    fn one_crate_with_one_key_twice_is_refused() {
        static ALL: [SinkPlugin; 2] = [sink("a", &["x"], "crate-a"), sink("a", &["x"], "crate-a")];
        assert!(refusal(&ALL).starts_with("sink key \"x\""));
    }
}
