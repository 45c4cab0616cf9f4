//! From `--source` to sources.

use crate::plugins::hint;
use heapster_plugin::options::{Options, Unknown};
use heapster_plugin::registry::Registry;
use heapster_plugin::source::{Source, SourceContext};
use heapster_plugin::uri::Uri;

/// A source and the options that nobody knows.
pub(crate) type Built = (Box<dyn Source>, Vec<Unknown>);

/// What the original says when no source is given: it looks for the address of a Kubernetes API first.
pub(crate) const NONE: &str = "Failed to get kubernetes address: No kubernetes source found.";

/// Builds the source that `uri` asks for. Contacts nothing.
///
/// # Errors
/// One line in the original's words: an unknown key, or what the plugin says against its options.
pub(crate) fn build(uri: &Uri, registry: &Registry, context: &SourceContext) -> Result<Built, String> {
    let refuse = |reason: String| format!("Failed to create source provide: {reason}");
    let Some(plugin) = registry.source(&uri.key) else {
        let hint = hint("source", &uri.key, registry);
        return Err(refuse(format!("Source not recognized: {}{hint}", uri.key)));
    };
    if uri.is_bare_address() {
        let (key, host) = (&uri.key, &uri.host);
        return Err(refuse(format!(
            "the address {host} lacks its scheme: {key}:http://{host}"
        )));
    }
    let (options, unknown) =
        Options::parse("source", plugin.options, uri).map_err(|error| refuse(error.to_string()))?;
    let source = (plugin.build)(uri, &options, context).map_err(|error| refuse(error.to_string()))?;
    Ok((source, unknown))
}

/// Builds all sources, with a warning for each option that nobody knows.
///
/// # Errors
/// One line for the first source that cannot be built, or for none given.
pub(crate) fn build_all(
    uris: &[Uri],
    registry: &Registry,
    context: &SourceContext,
) -> Result<Vec<Box<dyn Source>>, String> {
    if uris.is_empty() {
        return Err(NONE.to_owned());
    }
    uris.iter()
        .map(|uri| {
            let (source, unknown) = build(uri, registry, context)?;
            for option in unknown {
                tracing::warn!("--source={}: {option}", uri.redacted());
            }
            Ok(source)
        })
        .collect()
}
