//! The options of `--sink=wavefront:HOST:PORT?…`.

use heapster_httpclient::{Auth, Transport, options};
use heapster_plugin::options::{Opt, Options};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_socket::{Address, Ending};

/// The usual port of a proxy.
const PORT: u16 = 2878;
const GZIP: Opt = Opt::bool("gzip", true, "over HTTP: whether bodies are compressed");

pub(crate) const OPTIONS: &[Opt] = &[
    Opt::text(
        "clusterName",
        "k8s-cluster",
        "value of the tag cluster, and source of what belongs to no node",
    ),
    Opt::text("prefix", "heapster.", "what every metric begins with, as it is"),
    Opt::bool("includeLabels", false, "user labels as tags label.KEY"),
    Opt::bool(
        "includeContainers",
        true,
        "whether values of pods' containers are sent",
    ),
    Opt::bool("testMode", false, "log the lines in place of sending them"),
    Opt::bool(
        "confirm",
        true,
        "over TCP: one connection a batch, written when the proxy has read it all; false: one that stays open",
    ),
    Opt::int(
        "batch",
        "10000",
        1,
        1_000_000,
        "over HTTP: most lines in one request",
    ),
    Opt::int(
        "concurrency",
        "4",
        1,
        256,
        "over HTTP: requests under way at a time",
    ),
    options::TOKEN,
    options::TOKEN_FILE,
    options::CA_CERT,
    options::CERT,
    options::KEY,
    options::INSECURE,
    options::TIMEOUT,
    options::CONNECT_TIMEOUT,
    GZIP,
    options::PROXY,
];

/// What the encoder has to know, and how requests are cut.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) cluster: String,
    pub(crate) prefix: String,
    pub(crate) user_labels: bool,
    pub(crate) containers: bool,
    pub(crate) batch: usize,
    pub(crate) concurrency: usize,
}

/// Where the lines go.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Log,
    Tcp(Address, Ending),
    Http(String, Transport),
}

impl Config {
    /// Reads checked options.
    ///
    /// # Errors
    /// An address that is none; over HTTP what the client's options have wrong; a token where there is no HTTP.
    pub(crate) fn new(uri: &Uri, given: &Options) -> Result<(Self, Way), BuildError> {
        let size = |name| usize::try_from(given.int(name)).unwrap_or(1);
        let config = Self {
            cluster: given.text("clusterName").to_owned(),
            prefix: given.text("prefix").to_owned(),
            user_labels: given.bool("includeLabels"),
            containers: given.bool("includeContainers"),
            batch: size("batch"),
            concurrency: size("concurrency"),
        };
        let way = way(uri, given)?;
        let way = if given.bool("testMode") { Way::Log } else { way };
        Ok((config, way))
    }
}

/// Differs: the original read `HOST:PORT` as a URL, so an IP address ended the program, and `http://…` went nowhere.
fn way(uri: &Uri, given: &Options) -> Result<Way, BuildError> {
    let refuse = |what: String| BuildError::Other(format!("address of sink {:?}: {what}", uri.key));
    if matches!(uri.scheme.as_str(), "http" | "https") {
        let transport = Transport {
            auth: Auth::from_options(uri, given)?,
            gzip: given.bool(GZIP.name),
            connections: usize::try_from(given.int("concurrency")).unwrap_or(1),
            ..Transport::from_options(uri, given)?
        };
        return Ok(Way::Http(
            format!("{}://{}{}", uri.scheme, uri.host, uri.path),
            transport,
        ));
    }
    for secret in [options::TOKEN, options::TOKEN_FILE] {
        if given.given(secret.name).is_some_and(|text| !text.is_empty()) {
            let why = "a proxy's port for lines takes none; write wavefront:https://CLUSTER";
            return Err(options::refuse(uri, secret, why.to_owned()).into());
        }
    }
    let address = match (uri.scheme.as_str(), uri.opaque.as_str(), uri.path.as_str()) {
        ("" | "tcp", "", "") => uri.host.clone(),
        // `proxy` alone is a path to a URL, `proxy:2878` a scheme with an opaque part.
        ("", "", path) if uri.host.is_empty() => path.to_owned(),
        (host, port, "") if uri.host.is_empty() => format!("{host}:{port}"),
        _ => {
            return Err(refuse(
                "it is none of HOST:PORT, tcp://HOST:PORT, https://HOST".to_owned(),
            ));
        }
    };
    if address.is_empty() {
        return Err(refuse("it has no host; write wavefront:HOST:PORT".to_owned()));
    }
    let ending = if given.bool("confirm") {
        Ending::Confirm
    } else {
        Ending::Keep
    };
    Ok(Way::Tcp(Address::parse(&address, PORT).map_err(refuse)?, ending))
}

#[cfg(test)]
mod tests;
