//! The options of the source.

use heapster_plugin::cluster::ApiServer;
use heapster_plugin::options::{Opt, Options};
use heapster_plugin::uri::Uri;
use std::path::PathBuf;

/// The key under which `/stats/summary` is asked first.
pub(crate) const SUMMARY_KEY: &str = "kubernetes.summary_api";
/// The key under which `/stats/container/` is asked first.
pub(crate) const LEGACY_KEY: &str = "kubernetes";

/// Port of the kubelets' plain HTTP server.
const PLAIN_PORT: u16 = 10255;
/// Port of the kubelets' HTTPS server.
const TLS_PORT: u16 = 10250;

/// The options.
pub(crate) const OPTIONS: &[Opt] = &[
    Opt::bool(
        "inClusterConfig",
        true,
        "take the API server's address, token and CA from the pod's environment",
    ),
    Opt::bool(
        "insecure",
        false,
        "do not check the certificates of the API server and of kubelets",
    ),
    Opt::path("auth", "kubeconfig; looked at only with inClusterConfig=false"),
    Opt::bool(
        "useServiceAccount",
        false,
        "use the token of the pod's service account, if there is one",
    ),
    Opt::int(
        "kubeletPort",
        "10255",
        1,
        65_535,
        "port of every kubelet; with kubeletHttps and no kubeletPort: the port in the node's status, else 10250",
    ),
    Opt::bool(
        "kubeletHttps",
        false,
        "ask kubelets over HTTPS, with the bearer token",
    ),
    Opt::bool(
        "kubeletInsecure",
        false,
        "do not check the certificates of kubelets",
    ),
    Opt::text(
        "host_id_annotation",
        "",
        "annotation of the node that gives host_id when spec.externalID is empty",
    ),
    Opt::int(
        "maxbody",
        "33554432",
        65_536,
        1_073_741_824,
        "largest answer of a kubelet in bytes, after decompression",
    ),
    Opt::text("apiVersion", "", "accepted and ignored: the API is always v1"),
];

/// One of the kubelet's two ways to answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Api {
    /// `GET /stats/summary/`
    Summary,
    /// `POST /stats/container/`
    ContainerStats,
}

impl Api {
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Summary => Self::ContainerStats,
            Self::ContainerStats => Self::Summary,
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Summary => "/stats/summary/",
            Self::ContainerStats => "/stats/container/",
        }
    }
}

/// The options, checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) server: ApiServer,
    /// The API asked first.
    pub(crate) api: Api,
    pub(crate) https: bool,
    pub(crate) insecure: bool,
    /// `kubeletPort`, if it was given.
    port: Option<u16>,
    pub(crate) host_id_annotation: String,
    pub(crate) max_body: usize,
}

impl Config {
    /// Reads the options, whose values are already checked one by one. The master counts only when it has both a scheme and a
    /// host; `''`, bare words and `host:port` are no master.
    pub(crate) fn parse(uri: &Uri, options: &Options) -> Self {
        let master = (!uri.scheme.is_empty() && !uri.host.is_empty())
            .then(|| format!("{}://{}", uri.scheme, uri.host));
        let insecure = options.bool("insecure");
        Self {
            server: ApiServer {
                master,
                in_cluster: options.bool("inClusterConfig"),
                insecure,
                kubeconfig: Some(options.text("auth"))
                    .filter(|path| !path.is_empty())
                    .map(PathBuf::from),
                use_service_account: options.bool("useServiceAccount"),
            },
            api: if uri.key == LEGACY_KEY {
                Api::ContainerStats
            } else {
                Api::Summary
            },
            https: options.bool("kubeletHttps"),
            insecure: insecure || options.bool("kubeletInsecure"),
            port: options
                .given("kubeletPort")
                .and_then(|_| u16::try_from(options.int("kubeletPort")).ok()),
            host_id_annotation: options.text("host_id_annotation").to_owned(),
            max_body: usize::try_from(options.int("maxbody")).unwrap_or(usize::MAX),
        }
    }

    /// The port of a kubelet whose node names `own`. That one is the HTTPS port: plain HTTP stays on 10255.
    pub(crate) const fn port(&self, own: Option<u16>) -> u16 {
        match (self.port, own) {
            (Some(port), _) => port,
            (None, _) if !self.https => PLAIN_PORT,
            (None, Some(own)) => own,
            (None, None) => TLS_PORT,
        }
    }
}

#[cfg(test)]
mod tests;
