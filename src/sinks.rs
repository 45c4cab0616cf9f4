//! From `--sink` to sinks.

use crate::plugins::{MEMORY, hint};
use heapster_delivery::{Common, OPTIONS};
use heapster_plugin::model::Batch;
use heapster_plugin::options::{Options, Unknown};
use heapster_plugin::registry::Registry;
use heapster_plugin::sink::{MetricSink, SinkContext};
use heapster_plugin::uri::{Uri, redact};

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
    /// What its spool's folder is named by: the URI without secrets and without what concerns the delivery only.
    pub(crate) identity: String,
    /// The sink, or one line on why there is none.
    pub(crate) built: Result<Built, String>,
}

/// A sink and what the core does for it.
#[derive(Debug)]
pub(crate) struct Built {
    /// The sink.
    pub(crate) sink: Box<dyn MetricSink>,
    /// The options that every sink's URI takes.
    pub(crate) common: Common<Batch>,
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
    let common = Common::parse(uri).map_err(|error| error.to_string())?;
    let (_, unknown_to_delivery) = Options::parse("sink", OPTIONS, uri).map_err(|error| error.to_string())?;
    let nearest = |option: &str| {
        let same = unknown_to_delivery
            .iter()
            .find(|unknown| unknown.option == option);
        same.and_then(|unknown| unknown.nearest)
    };
    let warnings = unknown
        .into_iter()
        .filter(|unknown| !is_common(&unknown.option))
        .map(|unknown| Unknown {
            nearest: unknown.nearest.or_else(|| nearest(&unknown.option)),
            ..unknown
        })
        .map(|unknown| unknown.to_string())
        .collect();
    Ok(Built {
        sink: build(uri, &own, context).map_err(|error| error.to_string())?,
        common,
        warnings,
    })
}

fn is_common(option: &str) -> bool {
    OPTIONS.iter().any(|opt| opt.name == option)
}

fn identity(uri: &Uri) -> String {
    let own = uri.pairs().into_iter().filter(|(option, _)| !is_common(option));
    let own: Vec<String> = own.map(|(option, value)| format!("{option}={value}")).collect();
    let Uri {
        key,
        scheme,
        opaque,
        host,
        path,
        ..
    } = uri;
    redact(&format!(
        "{key}:{scheme}:{opaque}//{host}{path}?{}",
        own.join("&")
    ))
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
            identity: identity(uri),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        identity(&Uri::parse(text, |_| None).unwrap())
    }

    #[test]
    fn a_spool_stays_with_its_sink_when_a_password_or_the_delivery_is_changed() {
        let one = of("acme:http://me:old@db:80/x?db=k8s&pw=old&queue=3");
        assert_eq!(
            one,
            of("acme:http://db:80/x?db=k8s&pw=new&maxage=2h&spool=/elsewhere")
        );
        assert!(!one.contains("old"), "{one}");
        for other in [
            "acme:http://db:81/x?db=k8s&pw=x",
            "acme:http://db:80/x?db=other&pw=x",
            "acme:?x",
        ] {
            assert_ne!(one, of(other));
        }
    }
}
