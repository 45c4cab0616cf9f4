//! Every route there is: one list for routing, for the label `handler` of the counters, and for people.

use crate::answer::Answer;
use crate::api::Api;
use crate::{export, health, metrics_api, model, profiling, schema, system};
use heapster_plugin::model::Timestamp;

/// One request to a handler.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) api: &'a Api,
    /// The root's path that the request came by, such as `/apis/metrics/v1alpha1`; empty for pages.
    pub(crate) prefix: &'static str,
    /// What stood in the places of the pattern's braces.
    pub(crate) params: Vec<(&'static str, String)>,
    /// The query, still encoded.
    pub(crate) query: Option<&'a str>,
    pub(crate) now: Timestamp,
}

impl Call<'_> {
    /// The text in the place of `{name}`.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }
}

/// Answers one request from memory, without waiting.
pub(crate) type Handler = fn(&Call<'_>) -> Answer;

/// One path below a [`Root`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    /// Segments; `{x}` takes one, `{metric-name}` the rest of the path, `{path}` one that may hold slashes.
    pub(crate) pattern: &'static str,
    /// The label `handler`; empty for routes that the original did not count.
    pub(crate) counted_as: &'static str,
    pub(crate) handler: Handler,
}

/// A tree of routes. What is below it and no route is `404: Page Not Found`; methods other than GET are 405.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    /// The paths it hangs from.
    pub(crate) prefixes: &'static [&'static str],
    /// Whether it is there at all.
    pub(crate) exists: fn(&Api) -> bool,
    /// Whether it answers JSON only, so that `Accept` is looked at.
    pub(crate) json: bool,
    pub(crate) routes: &'static [Route],
}

/// A page with an exact path, outside all roots. Any method gets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) path: &'static str,
    pub(crate) counted_as: &'static str,
    /// Whether it is there for everybody, even when client certificates are asked for; such a page is never compressed.
    pub(crate) open: bool,
    pub(crate) handler: Handler,
}

const fn route(pattern: &'static str, counted_as: &'static str, handler: Handler) -> Route {
    Route {
        pattern,
        counted_as,
        handler,
    }
}

const fn open(path: &'static str, handler: Handler) -> Page {
    Page {
        path,
        counted_as: "",
        open: true,
        handler,
    }
}

const fn page(path: &'static str, counted_as: &'static str, handler: Handler) -> Page {
    Page {
        path,
        counted_as,
        open: false,
        handler,
    }
}

/// All pages.
pub(crate) const PAGES: &[Page] = &[
    open("/healthz", health::healthz),
    open("/healthz/healthz", health::healthz_check),
    open("/livez", health::livez),
    open("/readyz", health::readyz),
    page("/metrics", "prometheus", system::metrics),
    page("/version", "", system::version),
    page("/status", "", system::status),
];

/// All roots.
pub(crate) const ROOTS: &[Root] = &[
    Root {
        prefixes: &["/api/v1/model"],
        exists: |api| api.store.is_some(),
        json: true,
        routes: MODEL,
    },
    Root {
        prefixes: &["/api/v1/metric-export"],
        exists: |_| true,
        json: true,
        routes: &[route("", "", export::export)],
    },
    Root {
        prefixes: &["/api/v1/metric-export-schema"],
        exists: |_| true,
        json: true,
        routes: &[route("", "", schema::schema)],
    },
    Root {
        prefixes: &["/apis/metrics/v1alpha1", "/apis/metrics.k8s.io/v1alpha1"],
        exists: |_| true,
        json: true,
        routes: METRICS_API,
    },
    Root {
        prefixes: &["/debug/pprof"],
        exists: |_| true,
        json: false,
        routes: PPROF,
    },
];

#[rustfmt::skip]
const MODEL: &[Route] = &[
    route("metrics", "availableClusterMetrics", model::lists::cluster_metrics),
    route("metrics/{metric-name}", "clusterMetrics", model::values::cluster),
    route("nodes", "nodeList", model::lists::nodes),
    route("nodes/{node}/metrics", "availableNodeMetrics", model::lists::node_metrics),
    route("nodes/{node}/metrics/{metric-name}", "nodeMetrics", model::values::node),
    route("nodes/{node}/freecontainers", "systemContainerList", model::lists::system_containers),
    route("nodes/{node}/freecontainers/{path}/metrics", "availableMetrics", model::lists::system_container_metrics),
    route("nodes/{node}/freecontainers/{path}/metrics/{metric-name}", "freeContainerMetrics", model::values::system_container),
    route("namespaces", "namespaceList", model::lists::namespaces),
    route("namespaces/{ns}/metrics", "availableNamespaceMetrics", model::lists::namespace_metrics),
    route("namespaces/{ns}/metrics/{metric-name}", "namespaceMetrics", model::values::namespace),
    route("namespaces/{ns}/pods", "namespacePodList", model::lists::pods),
    route("namespaces/{ns}/pods/{pod}/metrics", "availablePodMetrics", model::lists::pod_metrics),
    route("namespaces/{ns}/pods/{pod}/metrics/{metric-name}", "podMetrics", model::values::pod),
    route("namespaces/{ns}/pods/{pod}/containers", "podContainerList", model::lists::containers),
    route("namespaces/{ns}/pods/{pod}/containers/{container}/metrics", "availableContainerMetrics", model::lists::container_metrics),
    route("namespaces/{ns}/pods/{pod}/containers/{container}/metrics/{metric-name}", "podContainerMetrics", model::values::container),
    route("namespaces/{ns}/pod-list/{pods}/metrics/{metric-name}", "podListMetric", model::values::pod_list),
    route("debug/allkeys", "debugAllKeys", model::lists::all_keys),
];

#[rustfmt::skip]
const METRICS_API: &[Route] = &[
    route("nodes", "", metrics_api::nodes),
    route("nodes/{node}", "", metrics_api::node),
    route("pods", "", metrics_api::all_pods),
    route("namespaces/{ns}/pods", "", metrics_api::pods),
    route("namespaces/{ns}/pods/{pod}", "", metrics_api::pod),
];

const PPROF: &[Route] = &[
    route("cmdline", "pprof", system::command_line),
    route("profile", "pprof", profiling::cpu),
    route("heap", "pprof", profiling::heap),
    route("{profile}", "pprof", system::no_profile),
];

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found {
    Route {
        route: Route,
        params: Vec<(&'static str, String)>,
        root: &'static Root,
        prefix: &'static str,
    },
    /// The root exists, the route does not.
    NoPage,
    NoRoot,
}

/// Finds the route of a path that was split at its slashes.
///
/// A slash that was escaped counts as one that was not, as in the original, except in the place of `{path}`: that is how
/// system containers whose names hold slashes are reached.
pub(crate) fn find(api: &Api, segments: &[String]) -> Found {
    match find_in(api, segments) {
        found @ Found::Route { .. } => found,
        other @ (Found::NoPage | Found::NoRoot) => {
            crate::path::split_further(segments).map_or(other, |further| find_in(api, &further))
        }
    }
}

fn find_in(api: &Api, segments: &[String]) -> Found {
    let mut below_root = false;
    for root in ROOTS.iter().filter(|root| (root.exists)(api)) {
        let rest = root.prefixes.iter().find_map(|prefix| {
            let mut rest = segments;
            for part in prefix.split('/').filter(|part| !part.is_empty()) {
                rest = rest.split_first().filter(|(first, _)| *first == part)?.1;
            }
            Some((*prefix, rest))
        });
        let Some((prefix, rest)) = rest else { continue };
        below_root = true;
        let matches = root.routes.iter().filter_map(|route| {
            matched(route.pattern, rest).map(|(literals, params)| (literals, *route, params))
        });
        if let Some((_, route, params)) = matches.max_by_key(|(literals, ..)| *literals) {
            return Found::Route {
                route,
                params,
                root,
                prefix,
            };
        }
    }
    if below_root { Found::NoPage } else { Found::NoRoot }
}

/// How many literal segments match, and what the braces took.
fn matched(pattern: &'static str, segments: &[String]) -> Option<(usize, Vec<(&'static str, String)>)> {
    let mut rest = segments;
    let (mut literals, mut params) = (0, Vec::new());
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let (first, others) = rest.split_first()?;
        rest = others;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None if first == part => literals += 1,
            None => return None,
            Some("metric-name") => {
                let name = std::iter::once(first)
                    .chain(rest)
                    .map(String::as_str)
                    .collect::<Vec<_>>();
                params.push(("metric-name", name.join("/")));
                rest = &[];
            }
            Some(name) if name == "path" || !first.contains('/') => params.push((name, first.clone())),
            Some(_) => return None,
        }
    }
    rest.is_empty().then_some((literals, params))
}

#[cfg(test)]
mod tests;
