//! The options of `--sink=elasticsearch:…`.
//!
//! Source: Heapster 1.5 common/elasticsearch/elasticsearch.go (names, defaults), elastic's Go client (what an absent option is).

mod access;

use crate::layout::{Dialect, refusal};
use access::{access, nodes};
use heapster_gotext::parse_duration;
use heapster_httpclient::{Transport, options as http};
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;
use std::time::Duration;

pub(crate) const NODES: Opt = Opt::text(
    "nodes",
    "",
    "http://HOST:PORT of a node; takes the place of the sink's own address",
)
.repeated();
const INDEX: Opt = Opt::text(
    "index",
    "heapster",
    "first part of the names of indices and aliases",
);
const USER: Opt = Opt::text("esUserName", "", "user name; needs esUserSecret too");
const SECRET: Opt = Opt::text("esUserSecret", "", "password of the user");
const SECRET_FILE: Opt = Opt::path(
    "esUserSecretFile",
    "file with the password, read again when it changes",
);
const API_KEY: Opt = Opt::text("apiKey", "", "API key in its encoded form, instead of a user");
const API_KEY_FILE: Opt = Opt::path("apiKeyFile", "file with the API key, read again when it changes");
const STARTUP: Opt = Opt::text(
    "startupHealthcheckTimeout",
    "5",
    "seconds for the first health check",
);
const AWS: Opt = Opt::choice(
    "aws",
    &["auto", "true", "false"],
    "auto",
    "whether requests are signed for AWS; auto: when the environment has AWS keys and no other credentials are given",
);
const AWS_REGION: Opt = Opt::text(
    "awsRegion",
    "",
    "region to sign for; else that of the host name or of AWS_REGION",
);
const AWS_SERVICE: Opt = Opt::text(
    "awsService",
    "",
    "service to sign for, es or aoss; else that of the host name",
);

pub(crate) const OPTIONS: &[Opt] = &[
    NODES,
    INDEX,
    Opt::text("cluster_name", "default", "value of the tag cluster_name"),
    Opt::choice(
        "ver",
        &["auto", "2", "5", "6", "7", "8", "9", "opensearch"],
        "auto",
        "version of the server; auto: asked for at the first batch, 5 when the server does not say",
    ),
    Opt::text(
        "pipeline",
        "",
        "ingest pipeline for each document; not with ver=2",
    ),
    Opt::bool(
        "dataStream",
        false,
        "one data stream a family instead of an index a day; not before ver=7",
    ),
    USER,
    SECRET,
    SECRET_FILE,
    API_KEY,
    API_KEY_FILE,
    http::TOKEN,
    http::TOKEN_FILE,
    AWS,
    AWS_REGION,
    AWS_SERVICE,
    Opt::bool(
        "sniff",
        true,
        "whether the nodes are asked for the addresses of all nodes; never with AWS",
    ),
    Opt::bool(
        "healthCheck",
        true,
        "whether a node is checked before it is used for the first time or again",
    ),
    STARTUP,
    Opt::int(
        "maxRetries",
        "0",
        0,
        1_000,
        "further tries of a request that got no answer, 100 ms apart",
    ),
    Opt::int(
        "bulkWorkers",
        "5",
        -1_000,
        1_000,
        "_bulk requests under way at one time; below 1 is 1",
    ),
    Opt::int(
        "bulkActions",
        "1000",
        1,
        1_000_000,
        "documents in a _bulk request",
    ),
    Opt::int(
        "bulkBytes",
        "2097152",
        1_024,
        104_857_600,
        "bytes in a _bulk request before compression",
    ),
    http::CA_CERT,
    http::CERT,
    http::KEY,
    http::INSECURE,
    http::TIMEOUT,
    http::CONNECT_TIMEOUT,
    http::GZIP,
    http::PROXY,
];

/// What the URI asks for.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Addresses of the nodes, without credentials; never empty.
    pub(crate) nodes: Vec<String>,
    pub(crate) index: String,
    pub(crate) cluster: String,
    /// `None`: the server says it.
    pub(crate) dialect: Option<Dialect>,
    pub(crate) pipeline: Option<String>,
    pub(crate) stream: bool,
    pub(crate) sniff: bool,
    pub(crate) health: bool,
    pub(crate) startup: Duration,
    pub(crate) retries: usize,
    pub(crate) workers: usize,
    pub(crate) actions: usize,
    pub(crate) bytes: usize,
    pub(crate) transport: Transport,
}

impl Config {
    /// Reads checked options. `variable` is the environment.
    ///
    /// # Errors
    /// [`OptionError`] for what the options' types do not catch.
    pub(crate) fn new(
        uri: &Uri,
        options: &Options,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, OptionError> {
        if let Some(name) = uri.unreadable().into_iter().next() {
            let reason = "cannot be read: a % that is meant as itself is written %25".to_owned();
            return Err(OptionError {
                option: name,
                ..http::refuse(uri, NODES, reason)
            });
        }
        let (nodes, user) = nodes(uri, options)?;
        let access = access(uri, options, &nodes, user, variable)?;
        let index = options.text("index");
        if let Some(reason) = refusal(index) {
            return Err(http::refuse(uri, INDEX, format!("{index:?} {reason}")));
        }
        let seconds = options.text("startupHealthcheckTimeout");
        let startup =
            parse_duration(&format!("{seconds}s")).map_err(|reason| http::refuse(uri, STARTUP, reason))?;
        let dialect = Dialect::named(options.text("ver"));
        let stream = options.bool("dataStream");
        if stream && matches!(dialect, Some(Dialect::Typed2 | Dialect::Typed5 | Dialect::Doc)) {
            let reason = format!("there are no data streams with ver={}", options.text("ver"));
            return Err(http::refuse(uri, Opt::bool("dataStream", false, ""), reason));
        }
        let workers = number(options, "bulkWorkers").max(1);
        Ok(Self {
            nodes,
            index: index.to_owned(),
            cluster: options.text("cluster_name").to_owned(),
            dialect: dialect.or(access.serverless.then_some(Dialect::Template)),
            pipeline: Some(options.text("pipeline").to_owned()).filter(|name| !name.is_empty()),
            stream,
            sniff: options.bool("sniff") && !access.aws,
            health: options.bool("healthCheck"),
            startup,
            retries: number(options, "maxRetries"),
            workers,
            actions: number(options, "bulkActions"),
            bytes: number(options, "bulkBytes"),
            transport: Transport {
                auth: access.auth,
                connections: workers + 1,
                // An answer holds some hundred bytes a document, more for each that failed.
                max_answer: 64 << 20,
                ..Transport::from_options(uri, options)?
            },
        })
    }
}

/// An option's number; what is below zero is zero.
fn number(options: &Options, name: &str) -> usize {
    usize::try_from(options.int(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
