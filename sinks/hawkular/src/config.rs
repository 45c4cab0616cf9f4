//! The options of `--sink=hawkular:http://HOST:PORT?…`.

use crate::filter::Filters;
use crate::kubeconfig;
use heapster_gotext::parse_bool;
use heapster_httpclient::{Auth, Endpoint, Transport, options};
use heapster_plugin::cluster::{Pem, Token};
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;
use std::path::Path;
use std::sync::Arc;

/// What is before every path of the API.
const BASE: &str = "/hawkular/metrics";
/// Where a pod finds its token.
const TOKEN_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";
/// The most that the list of known definitions may hold, in bytes.
const MAX_ANSWER: usize = 64 << 20;

const SERVICE_ACCOUNT: Opt = Opt::text(
    "useServiceAccount",
    "false",
    "send the token of the pod's service account, if there is one",
);
const USER: Opt = Opt::text("user", "", "user name, sent with pass as basic authentication");
const AUTH: Opt = Opt::path("auth", "kubeconfig whose TLS settings are used");
const CA_CERT: Opt = Opt::path("caCert", "file with the only authorities to trust, in PEM form");
const INSECURE: Opt = Opt::bool("insecure", false, "whether any server certificate is accepted");
const FILTER: Opt = Opt::text(
    "filter",
    "",
    "label(NAME:REGEX) or name(REGEX): what to leave out",
)
.repeated();

pub(crate) const OPTIONS: &[Opt] = &[
    Opt::text("tenant", "heapster", "tenant of what no label gives one"),
    Opt::text("labelToTenant", "", "label whose value is the tenant"),
    Opt::text(
        "labelNodeId",
        "",
        "label that identifies a node in ids; nodename where it is not",
    ),
    Opt::text(
        "labelTagPrefix",
        "labels.",
        "what is before the name of a user label as a tag",
    ),
    SERVICE_ACCOUNT,
    USER,
    Opt::text("pass", "", "password of the user"),
    AUTH,
    CA_CERT,
    INSECURE,
    FILTER,
    Opt::int(
        "concurrencyLimit",
        "5",
        0,
        1_024,
        "requests under way at a time; 0 is 1",
    ),
    Opt::int(
        "batchSize",
        "1000",
        0,
        1_000_000,
        "values in two requests, one a type; 0: no limit",
    ),
    Opt::bool(
        "disablePreCache",
        false,
        "do not ask at the start which definitions the server has",
    ),
    Opt::int(
        "cacheSize",
        "2000000",
        0,
        100_000_000,
        "most definitions that are kept in mind; tags beyond are not written",
    ),
    Opt::bool(
        "uniqueIds",
        false,
        "put the node into ids of system containers, the accelerator into those of its values: without, they overwrite one another",
    ),
    options::TIMEOUT,
    options::CONNECT_TIMEOUT,
    options::GZIP,
    options::PROXY,
];

/// What the URI asks for.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) tenant: Arc<str>,
    /// Labels of which the first that a set has is the tenant.
    pub(crate) tenant_labels: Vec<String>,
    pub(crate) node_label: String,
    pub(crate) tag_prefix: String,
    pub(crate) filters: Filters,
    pub(crate) concurrency: usize,
    /// Values; `usize::MAX` for no limit.
    pub(crate) batch: usize,
    pub(crate) ask_definitions: bool,
    pub(crate) cache_size: usize,
    pub(crate) unique_ids: bool,
}

impl Config {
    /// Reads checked options.
    ///
    /// # Errors
    /// A filter that is none.
    pub(crate) fn new(uri: &Uri, given: &Options) -> Result<Self, OptionError> {
        let size = |name| usize::try_from(given.int(name)).unwrap_or(usize::MAX);
        let mut filters = Filters::default();
        for text in given.all(FILTER.name) {
            filters
                .add(text)
                .map_err(|reason| options::refuse(uri, FILTER, reason))?;
        }
        let mut tenant_labels = Vec::new();
        match given.text("labelToTenant") {
            "" => {}
            // Its name until 1.2, which users' flags still have.
            "pod_namespace" => {
                tenant_labels.extend(["pod_namespace".to_owned(), "namespace_name".to_owned()])
            }
            label => tenant_labels.push(label.to_owned()),
        }
        Ok(Self {
            tenant: given.text("tenant").into(),
            tenant_labels,
            node_label: given.text("labelNodeId").to_owned(),
            tag_prefix: given.text("labelTagPrefix").to_owned(),
            filters,
            concurrency: size("concurrencyLimit").max(1),
            batch: Some(size("batchSize"))
                .filter(|size| *size > 0)
                .unwrap_or(usize::MAX),
            ask_definitions: !given.bool("disablePreCache"),
            cache_size: size("cacheSize"),
            unique_ids: given.bool("uniqueIds"),
        })
    }
}

/// The way to the API. Contacts nothing.
///
/// # Errors
/// No host, options that contradict each other, files that cannot be used.
pub(crate) fn endpoint(uri: &Uri, given: &Options, config: &Config) -> Result<Endpoint, OptionError> {
    let host = Opt::text("host", "", "");
    if uri.host.is_empty() {
        let reason = "there is none; write hawkular:https://HOST:PORT".to_owned();
        return Err(options::refuse(uri, host, reason));
    }
    let mut transport = Transport {
        auth: auth(uri, given)?,
        connections: config.concurrency,
        max_answer: MAX_ANSWER,
        ..Transport::from_options(uri, given)?
    };
    tls(uri, given, &mut transport)?;
    let parts = uri.path.split('/').filter(|part| !part.is_empty());
    let path = parts.fold(String::new(), |path, part| path + "/" + part);
    let path = if path.is_empty() { BASE } else { &path };
    let scheme = if uri.scheme == "https" { "https" } else { "http" };
    Endpoint::new(&format!("{scheme}://{}{path}", uri.host), transport)
        .map_err(|error| options::refuse(uri, host, error.to_string()))
}

fn auth(uri: &Uri, given: &Options) -> Result<Auth, OptionError> {
    let filled = |name: &str| given.given(name).filter(|text| !text.is_empty());
    let user = filled(USER.name);
    if user.is_some() && given.given(SERVICE_ACCOUNT.name).is_some() {
        let reason = format!("there is also {:?}; give one of them", SERVICE_ACCOUNT.name);
        return Err(options::refuse(uri, USER, reason));
    }
    // A value that is no boolean is false, as in the original.
    if parse_bool(given.text(SERVICE_ACCOUNT.name)).unwrap_or_default() && Path::new(TOKEN_FILE).exists() {
        return Ok(Auth::bearer(Token::File(TOKEN_FILE.into())));
    }
    Ok(match (user, filled("pass")) {
        (Some(user), Some(password)) => Auth::basic(user, Token::Inline(password.into())),
        _ => Auth::none(),
    })
}

fn tls(uri: &Uri, given: &Options, transport: &mut Transport) -> Result<(), OptionError> {
    let filled = |name: &str| given.given(name).filter(|text| !text.is_empty());
    let (auth, ca) = (filled(AUTH.name), filled(CA_CERT.name));
    let insecure = given.bool(INSECURE.name);
    let both = |one: Opt, other: Opt| {
        Err(options::refuse(
            uri,
            one,
            format!("there is also {:?}; give one of them", other.name),
        ))
    };
    match (auth, ca) {
        (Some(_), Some(_)) => return both(AUTH, CA_CERT),
        (Some(_), None) if insecure => return both(INSECURE, AUTH),
        (None, Some(_)) if insecure => return both(INSECURE, CA_CERT),
        (Some(auth), None) => {
            transport.tls =
                kubeconfig::tls(Path::new(auth)).map_err(|reason| options::refuse(uri, AUTH, reason))?;
        }
        (None, Some(ca)) => {
            std::fs::read(ca)
                .map_err(|error| options::refuse(uri, CA_CERT, format!("cannot read {ca}: {error}")))?;
            transport.tls.ca = Some(Pem::File(ca.into()));
        }
        (None, None) => transport.tls.insecure = insecure,
    }
    Ok(())
}

#[cfg(test)]
mod tests;
