//! Names that hold everything: `node.N.namespace.NS.pod.P.app.web.cpu/usage`.

use crate::config::{Config, Form};
use crate::keys::{Keys, push_clean};
use crate::tags::Pairs;
use heapster_plugin::model::{EntityKind, Labels, SetView, label};

/// Appends what stands before the metric in every name of a set, a dot behind each part.
///
/// Differs: the kind is the entity's, and the labels that make the path are used whether they are allowed or not. The original
/// sent nothing at all when `allowedLabels` was without `type`.
pub(crate) fn push_start<'b>(
    out: &mut Vec<u8>,
    set: SetView<'b>,
    config: &Config,
    keys: &mut Keys,
    pairs: &mut Pairs<'b>,
) {
    let mut part = |text: &str| {
        push_clean(out, text, Form::Etsy);
        out.push(b'.');
    };
    if !config.prefix.is_empty() {
        part(&config.prefix);
    }
    let labels = set.labels();
    let mut named = |word: &str, key: &str| {
        part(word);
        part(labels.get(key).unwrap_or(""));
    };
    match set.entity().kind() {
        EntityKind::Cluster => part("cluster"),
        EntityKind::Namespace => named("namespace", label::NAMESPACE_NAME),
        EntityKind::Node => named("node", label::HOSTNAME),
        EntityKind::SystemContainer => {
            named("node", label::HOSTNAME);
            named("sys-container", label::CONTAINER_NAME);
        }
        EntityKind::Pod | EntityKind::PodContainer => {
            named("node", label::HOSTNAME);
            named("namespace", label::NAMESPACE_NAME);
            named("pod", label::POD_NAME);
            if set.entity().kind() == EntityKind::PodContainer {
                named("container", label::CONTAINER_NAME);
            }
        }
    }
    pairs.user_labels(labels, config);
    for (key, value) in pairs.sorted() {
        keys.push(out, key);
        out.push(b'.');
        push_clean(out, value, Form::Etsy);
        out.push(b'.');
    }
}

/// Appends a metric, and behind a dot what tells a labeled value from its siblings.
///
/// Differs: a colon in a resource, as in `8:0`, would end the name; the original sent it. Accelerators had one name for all.
pub(crate) fn push_metric(out: &mut Vec<u8>, name: &str, own: Option<&Labels>) {
    push_clean(out, name, Form::Etsy);
    let resource = own.and_then(|own| {
        own.get(label::RESOURCE_ID)
            .or_else(|| own.get(label::ACCELERATOR_ID))
    });
    if let Some(resource) = resource {
        out.push(b'.');
        push_clean(out, resource, Form::Etsy);
    }
}
