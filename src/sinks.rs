//! From `--sink` to sinks.

use crate::plugins::{MEMORY, hint};
use heapster_plugin::options::{Opt, Options};
use heapster_plugin::registry::Registry;
use heapster_plugin::sink::{MetricSink, SinkContext};
use heapster_plugin::uri::Uri;

/// The options that every sink's URI takes.
const COMMON: &[Opt] = &[Opt::int("queue", "3", 1, 1_000, "batches that wait in memory")];

/// Options that every sink's URI may carry and that nothing reads yet.
const NOT_YET: [&str; 6] = ["maxage", "spool", "spoolmax", "only", "skip", "interval"];

/// The key that releases before 0.11 had for the store in memory.
const OLD_MEMORY: &str = "memory";

/// Whether `uri` asks for the store in memory.
pub(crate) fn is_memory(uri: &Uri) -> bool {
    uri.key == MEMORY || uri.key == OLD_MEMORY
}

/// A sink that was asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The key.
    pub(crate) key: String,
    /// The URI without secrets.
    pub(crate) uri: String,
    /// The sink, or one line on why there is none.
    pub(crate) built: Result<Built, String>,
}

/// A sink and what the core does for it.
#[derive(Debug)]
pub(crate) struct Built {
    /// The sink.
    pub(crate) sink: Box<dyn MetricSink>,
    /// How many batches wait in memory.
    pub(crate) queue: usize,
    /// A line for each option that has no effect.
    pub(crate) warnings: Vec<String>,
}

/// Builds the sink that `uri` asks for. Contacts nothing.
///
/// # Errors
/// One line: an unknown key, or what is wrong with an option.
pub(crate) fn build(uri: &Uri, registry: &Registry, context: &SinkContext) -> Result<Built, String> {
    let unknown_key = || {
        format!(
            "Sink not recognized: {}{}",
            uri.key,
            hint("sink", &uri.key, registry)
        )
    };
    let plugin = registry.sink(&uri.key).ok_or_else(unknown_key)?;
    let build = plugin
        .metrics
        .ok_or_else(|| format!("sink {:?} takes no metrics", uri.key))?;
    let (own, unknown) = Options::parse("sink", plugin.options, uri).map_err(|error| error.to_string())?;
    let (common, _) = Options::parse("sink", COMMON, uri).map_err(|error| error.to_string())?;
    let warnings = unknown
        .into_iter()
        .filter(|unknown| COMMON.iter().all(|opt| opt.name != unknown.option))
        .map(|unknown| match NOT_YET.contains(&unknown.option.as_str()) {
            true => format!("option {:?} has no effect in this version", unknown.option),
            false => unknown.to_string(),
        })
        .collect();
    Ok(Built {
        sink: build(uri, &own, context).map_err(|error| error.to_string())?,
        queue: usize::try_from(common.int("queue")).unwrap_or(3),
        warnings,
    })
}

/// Builds all sinks but the store in memory, in the order given. What cannot be built is logged and left out.
///
/// # Errors
/// When sinks were asked for and none is left.
pub(crate) fn build_all(
    uris: &[Uri],
    registry: &Registry,
    context: &SinkContext,
) -> Result<Vec<Asked>, String> {
    let mut all = Vec::new();
    for uri in uris.iter().filter(|uri| !is_memory(uri)) {
        let built = build(uri, registry, context);
        match &built {
            Ok(built) => {
                for warning in &built.warnings {
                    tracing::warn!("--sink={}: {warning}", uri.redacted());
                }
            }
            Err(reason) => tracing::error!("Failed to create {{{}}} sink: {reason}", uri.redacted()),
        }
        all.push(Asked {
            key: uri.key.clone(),
            uri: uri.redacted(),
            built,
        });
    }
    if uris.iter().any(|uri| uri.key == OLD_MEMORY) {
        tracing::warn!("--sink=memory is deprecated: use --sink=metric, or leave it out");
    }
    let left = uris.iter().any(is_memory) || all.iter().any(|asked| asked.built.is_ok());
    if !uris.is_empty() && !left {
        return Err("No available sink to use".to_owned());
    }
    Ok(all)
}

/// Why `--historical-source` cannot be met: no sink of this version keeps history. `None` when it was not given.
pub(crate) fn historical_fault(wanted: &str, sinks: &[Uri]) -> Option<(Vec<String>, &'static str)> {
    if wanted.is_empty() {
        return None;
    }
    let mut lines = Vec::new();
    if let Some(uri) = sinks.iter().find(|uri| uri.canonical() == wanted) {
        let key = &uri.key;
        lines.push(format!(
            "Sink type {key:?} does not support being used for historical access"
        ));
    }
    lines.push(format!(
        "Error while initializing historical access: unable to use sink {wanted:?} as a historical source"
    ));
    Some((lines, "Failed to use a sink as a historical metrics source"))
}
