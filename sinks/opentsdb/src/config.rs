//! The options of `--sink=opentsdb:http://HOST:PORT?…`.

use crate::tags::TagRules;
use heapster_httpclient::{Auth, Endpoint, Transport, options};
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;
use std::time::Duration;

/// Where OpenTSDB is when the URI does not say.
const HOST: &str = "127.0.0.1:4242";

const CLUSTER: Opt = Opt::text(
    "cluster",
    "k8s-cluster",
    "value of the tag cluster; empty: no such tag",
);
const RENAME: Opt = Opt::text(
    "renameLabels",
    "",
    "comma list of LABEL:TAG, names for tags other than the labels'",
);
const MODE: Opt = Opt::choice(
    "mode",
    &["http", "telnet"],
    "http",
    "http: /api/put, which names what it refuses; telnet: put lines",
);

pub(crate) const OPTIONS: &[Opt] = &[
    CLUSTER,
    Opt::text(
        "allowedLabels",
        "",
        "comma list of the only labels that become tags; empty: all",
    ),
    RENAME,
    Opt::int(
        "max_tags",
        "0",
        0,
        1_000,
        "most tags of a point, the server's tsd.storage.max_tags; 0: no limit",
    ),
    Opt::bool("ms", false, "timestamps in milliseconds"),
    Opt::int("batch", "1000", 1, 1_000_000, "most points in one request"),
    Opt::int(
        "maxbytes",
        "40960",
        1_024,
        268_435_456,
        "most bytes in the body of one request, before compression",
    ),
    Opt::int("concurrency", "4", 1, 256, "requests under way at a time"),
    Opt::bool(
        "sync",
        false,
        "let the server answer when the points are stored, not when they are queued",
    ),
    MODE,
    options::USER,
    options::PASSWORD,
    options::PASSWORD_FILE,
    options::TOKEN,
    options::TOKEN_FILE,
    options::CA_CERT,
    options::CERT,
    options::KEY,
    options::INSECURE,
    options::TIMEOUT,
    options::CONNECT_TIMEOUT,
    options::GZIP,
    options::PROXY,
];

/// How points are put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Http,
    Telnet,
}

/// What the encoder has to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    /// The address for people and for telnet: `HOST:PORT`.
    pub(crate) host: String,
    pub(crate) mode: Mode,
    pub(crate) tags: TagRules,
    pub(crate) milliseconds: bool,
    pub(crate) batch: usize,
    pub(crate) max_bytes: usize,
    pub(crate) concurrency: usize,
    /// Whether the server answers when points are stored.
    pub(crate) sync: bool,
    /// For one request; zero for none of its own.
    pub(crate) timeout: Duration,
}

impl Config {
    /// Reads checked options. The path of the URI is ignored, as is any scheme but `https`.
    ///
    /// # Errors
    /// A rename that is none; in telnet mode a cluster that a line cannot hold.
    pub(crate) fn new(uri: &Uri, given: &Options) -> Result<Self, OptionError> {
        let size = |name| usize::try_from(given.int(name)).unwrap_or(usize::MAX);
        let mode = if given.text(MODE.name) == "telnet" {
            Mode::Telnet
        } else {
            Mode::Http
        };
        let cluster = given.text(CLUSTER.name);
        if mode == Mode::Telnet && cluster.contains(char::is_whitespace) {
            let reason = format!("{cluster:?} holds white space, which mode=telnet cannot send");
            return Err(options::refuse(uri, CLUSTER, reason));
        }
        Ok(Self {
            host: host(uri),
            mode,
            tags: TagRules {
                cluster: cluster.to_owned(),
                allowed: list(given.text("allowedLabels")).map(str::to_owned).collect(),
                renamed: renamed(given.text(RENAME.name))
                    .map_err(|reason| options::refuse(uri, RENAME, reason))?,
                max: Some(size("max_tags")).filter(|max| *max > 0),
            },
            milliseconds: given.bool("ms"),
            batch: size("batch"),
            max_bytes: size("maxbytes"),
            concurrency: size("concurrency"),
            sync: given.bool("sync"),
            timeout: given.duration(options::TIMEOUT.name),
        })
    }

    /// The path of puts that have `left` until the deadline. The server gives up before we do, and tells what it has stored.
    pub(crate) fn path(&self, left: Duration) -> String {
        let path = "/api/put?summary&details";
        if !self.sync {
            return path.to_owned();
        }
        let wait = if self.timeout.is_zero() {
            left
        } else {
            left.min(self.timeout)
        };
        // Zero is for ever.
        format!("{path}&sync&sync_timeout={}", (wait.as_millis() * 9 / 10).max(1))
    }

    /// The way to the server. Contacts nothing.
    ///
    /// # Errors
    /// Options that contradict each other, files that cannot be used, a host that is none.
    pub(crate) fn endpoint(&self, uri: &Uri, given: &Options) -> Result<Endpoint, OptionError> {
        let transport = Transport {
            auth: Auth::from_options(uri, given)?,
            connections: self.concurrency,
            ..Transport::from_options(uri, given)?
        };
        let scheme = if uri.scheme == "https" { "https" } else { "http" };
        Endpoint::new(&format!("{scheme}://{}", self.host), transport)
            .map_err(|error| options::refuse(uri, Opt::text("host", "", ""), error.to_string()))
    }
}

/// The host with a port: 4242 when the URI has none, with which the original could not connect at all.
fn host(uri: &Uri) -> String {
    let port_at = uri.host.rfind(']').map_or(0, |bracket| bracket + 1);
    let has_port = uri.host.get(port_at..).is_some_and(|rest| rest.contains(':'));
    match uri.host.as_str() {
        "" => HOST.to_owned(),
        host if has_port => host.to_owned(),
        host => format!("{host}:4242"),
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn renamed(text: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |item: &str| match item.split_once(':') {
        Some((label, tag)) if !label.is_empty() && !tag.is_empty() => Ok((label.to_owned(), tag.to_owned())),
        Some(_) | None => Err(format!("{item:?} is not LABEL:TAG")),
    };
    list(text).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, String> {
        let uri = Uri::parse(text, |_| None).unwrap();
        let options = Options::parse("sink", OPTIONS, &uri).map_err(|error| error.to_string())?;
        Config::new(&uri, &options.0).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_original() {
        let config = config("opentsdb").unwrap();
        assert_eq!(
            (config.host.as_str(), config.tags.cluster.as_str()),
            ("127.0.0.1:4242", "k8s-cluster")
        );
        assert_eq!(
            (config.batch, config.max_bytes, config.milliseconds),
            (1_000, 40_960, false)
        );
        assert_eq!(config.path(Duration::from_secs(20)), "/api/put?summary&details");
    }

    #[test]
    fn host_and_cluster_are_taken_over() {
        let config = config("opentsdb:http://192.168.8.23:4242?cluster=customCluster").unwrap();
        assert_eq!(
            (config.host.as_str(), config.tags.cluster.as_str()),
            ("192.168.8.23:4242", "customCluster")
        );
    }

    #[test]
    fn a_host_without_a_port_gets_that_of_opentsdb() {
        assert_eq!(config("opentsdb:http://tsd").unwrap().host, "tsd:4242");
        assert_eq!(config("opentsdb:http://[::1]").unwrap().host, "[::1]:4242");
        assert_eq!(config("opentsdb:http://[::1]:1").unwrap().host, "[::1]:1");
    }

    #[test]
    fn with_sync_the_server_gives_up_before_we_do() {
        let path = |query, seconds| config(query).unwrap().path(Duration::from_secs(seconds));
        let start = "/api/put?summary&details&sync&sync_timeout=";
        assert_eq!(path("opentsdb:?sync=true", 20), format!("{start}18000"));
        assert_eq!(
            path("opentsdb:?sync=true&timeout=10s", 20),
            format!("{start}9000")
        );
        assert_eq!(path("opentsdb:?sync=true&timeout=0s", 0), format!("{start}1"));
    }

    #[test]
    fn lists_are_read_and_a_rename_that_is_none_is_named() {
        let tags = config(
            "opentsdb:?allowedLabels=type,%20nodename&renameLabels=type:kind,nodename:node&max_tags=8",
        )
        .unwrap()
        .tags;
        assert_eq!(tags.allowed, ["type", "nodename"]);
        assert_eq!(tags.renamed[1], ("nodename".to_owned(), "node".to_owned()));
        assert_eq!(tags.max, Some(8));
        assert_eq!(
            config("opentsdb:?renameLabels=type").unwrap_err(),
            "option \"renameLabels\" of sink \"opentsdb\": \"type\" is not LABEL:TAG"
        );
    }

    #[test]
    fn a_cluster_with_a_space_cannot_be_sent_by_telnet() {
        let refused = config("opentsdb:?mode=telnet&cluster=a+b").unwrap_err();
        assert!(
            refused.starts_with("option \"cluster\" of sink \"opentsdb\": \"a b\" holds"),
            "{refused}"
        );
    }
}
