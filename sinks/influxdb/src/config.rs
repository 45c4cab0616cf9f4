//! The options of `--sink=influxdb:http://HOST:PORT?…`, and what they ask for.
//!
//! Source: Heapster 1.5 common/influxdb/influxdb.go (the options up to `concurrency`).

use crate::schema::{Precision, Schema};
use heapster_httpclient::options::{
    CA_CERT, CERT, CONNECT_TIMEOUT, GZIP, INSECURE, KEY, PASSWORD_FILE, PROXY, TIMEOUT, TOKEN_FILE, refuse,
    secret,
};
use heapster_httpclient::{Auth, Endpoint, Transport};
use heapster_plugin::cluster::Token;
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;

const USER: Opt = Opt::text("user", "root", "user name; empty: nobody");
const PASSWORD: Opt = Opt::text("pw", "root", "password of the user");
const DATABASE: Opt = Opt::text("db", "k8s", "database, made when it is not there");
const RETENTION: Opt = Opt::text(
    "retention",
    "0",
    "how long the database keeps the data, such as 7d or 1h30m; 0: for ever",
);
const POLICY: Opt = Opt::text(
    "rpname",
    "default",
    "retention policy to write to; empty: the database's default",
);
const SECURE: Opt = Opt::bool(
    "secure",
    false,
    "https, as with an address that begins with https://",
);
const TOKEN: Opt = Opt::text("token", "", "token, instead of user and password");
const ORG: Opt = Opt::text("org", "", "organisation of the bucket");
const BUCKET: Opt = Opt::text(
    "bucket",
    "",
    "bucket of InfluxDB 2 and 3, instead of db, retention and rpname",
);

pub(crate) const OPTIONS: &[Opt] = &[
    USER,
    PASSWORD,
    PASSWORD_FILE,
    DATABASE,
    RETENTION,
    POLICY,
    Opt::bool(
        "withfields",
        false,
        "cpu/usage is the field usage of cpu, not the field value of cpu/usage",
    ),
    SECURE,
    INSECURE,
    Opt::text("cluster_name", "default", "value of the tag cluster_name"),
    Opt::bool(
        "disable_counter_metrics",
        false,
        "whether counters that also come as a rate are left out",
    ),
    Opt::int("concurrency", "1", 1, 256, "requests under way at a time"),
    BUCKET,
    ORG,
    TOKEN,
    TOKEN_FILE,
    Opt::choice(
        "precision",
        &["ns", "us", "ms", "s"],
        "ns",
        "unit of the timestamps",
    ),
    Opt::choice(
        "keep",
        &["namespace_id", "pod_id", "hostname", "host_id"],
        "",
        "a label that becomes a tag although it is left out otherwise",
    )
    .repeated(),
    CA_CERT,
    CERT,
    KEY,
    GZIP,
    TIMEOUT,
    CONNECT_TIMEOUT,
    PROXY,
];

/// Where the data goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// InfluxDB 1.x, and what imitates it.
    Database {
        name: String,
        /// Empty for the database's default.
        policy: String,
        /// As InfluxQL takes it; `None` when the operator asks for nothing.
        retention: Option<String>,
    },
    /// InfluxDB 2.x and 3.x.
    Bucket { name: String, org: String },
}

/// What the URI asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) target: Target,
    pub(crate) schema: Schema,
    pub(crate) concurrency: usize,
}

impl Config {
    /// Reads checked options.
    ///
    /// # Errors
    /// Options that contradict each other, and a retention that is no duration.
    pub(crate) fn new(uri: &Uri, options: &Options) -> Result<Self, OptionError> {
        Ok(Self {
            target: target(uri, options)?,
            schema: Schema {
                with_fields: options.bool("withfields"),
                without_counters: options.bool("disable_counter_metrics"),
                cluster_name: options.text("cluster_name").to_owned(),
                precision: match options.text("precision") {
                    "us" => Precision::Microseconds,
                    "ms" => Precision::Milliseconds,
                    "s" => Precision::Seconds,
                    _ => Precision::Nanoseconds,
                },
                dropped: ["namespace_id", "pod_id", "hostname", "host_id"]
                    .into_iter()
                    .filter(|key| !options.all("keep").any(|kept| kept == *key))
                    .collect(),
            },
            concurrency: usize::try_from(options.int("concurrency")).unwrap_or(1),
        })
    }
}

fn target(uri: &Uri, options: &Options) -> Result<Target, OptionError> {
    let bucket = options.text(BUCKET.name);
    let with_bucket = !bucket.is_empty();
    if with_bucket {
        let useless = [DATABASE, RETENTION, POLICY]
            .into_iter()
            .find(|opt| options.given(opt.name).is_some());
        return match useless {
            None => Ok(Target::Bucket {
                name: bucket.to_owned(),
                org: options.text(ORG.name).to_owned(),
            }),
            Some(opt) => Err(refuse(uri, opt, "it has no meaning beside bucket".to_owned())),
        };
    }
    if options.given(ORG.name).is_some() {
        return Err(refuse(uri, ORG, "it needs bucket".to_owned()));
    }
    let name = options.text(DATABASE.name);
    if name.is_empty() {
        return Err(refuse(uri, DATABASE, "the name is empty".to_owned()));
    }
    let policy = options.text(POLICY.name).to_owned();
    let asked = options.given(RETENTION.name);
    if asked.is_some() && policy.is_empty() {
        return Err(refuse(
            uri,
            RETENTION,
            "it needs the name of a policy in rpname".to_owned(),
        ));
    }
    Ok(Target::Database {
        name: name.to_owned(),
        policy,
        retention: asked.map(|text| retention(uri, text)).transpose()?,
    })
}

/// A duration of InfluxQL. A bare zero, which the server does not read, becomes `0s`.
fn retention(uri: &Uri, text: &str) -> Result<String, OptionError> {
    if text == "0" {
        return Ok("0s".to_owned());
    }
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let units = ["ns", "u", "µ", "ms", "s", "m", "h", "d", "w"];
        let known = units.into_iter().filter_map(|known| unit.strip_prefix(known));
        match known.min_by_key(|after| after.len()) {
            Some(after) if unit.len() < rest.len() => rest = after,
            Some(_) | None => break,
        }
    }
    if text.eq_ignore_ascii_case("INF") || (rest.is_empty() && !text.is_empty()) {
        return Ok(text.to_owned());
    }
    let wanted = "is no duration: 0, INF, or numbers with units among w, d, h, m, s, such as 7d";
    Err(refuse(uri, RETENTION, format!("{text:?} {wanted}")))
}

/// The server that the URI names. Contacts nothing.
///
/// # Errors
/// An address or files that cannot be used, and options that contradict each other.
pub(crate) fn endpoint(uri: &Uri, options: &Options) -> Result<Endpoint, BuildError> {
    let named = !uri.host.is_empty();
    let else_given = !uri.scheme.is_empty() || !uri.path.is_empty();
    if !named && else_given {
        tracing::warn!("influxdb: the address names no host: write http://HOST:PORT; localhost:8086 is used");
    }
    if uri.user.is_some() || !matches!(uri.path.as_str(), "" | "/") {
        tracing::warn!("influxdb: only host and port of the address count; a user goes into user= and pw=");
    }
    let secure = options.bool(SECURE.name) || uri.scheme == "https";
    let host = if named { &uri.host } else { "localhost:8086" };
    let base = format!("{}://{host}", if secure { "https" } else { "http" });
    let transport = Transport {
        auth: auth(uri, options)?,
        connections: 256,
        ..Transport::from_options(uri, options)?
    };
    Endpoint::new(&base, transport).map_err(|error| BuildError::Other(format!("sink {:?}: {error}", uri.key)))
}

fn auth(uri: &Uri, options: &Options) -> Result<Auth, OptionError> {
    let token = secret(uri, options, TOKEN, TOKEN_FILE)?;
    let password = secret(uri, options, PASSWORD, PASSWORD_FILE)?;
    let user = options.text(USER.name);
    match token {
        Some(_) if options.given(USER.name).is_some() || password.is_some() => Err(refuse(
            uri,
            TOKEN,
            "there is also a user; give one of them".to_owned(),
        )),
        Some(token) => Ok(Auth::scheme("Token ", token)),
        None if user.is_empty() => Ok(Auth::none()),
        None => {
            let default = || Token::Inline(options.text(PASSWORD.name).into());
            Ok(Auth::basic(user, password.unwrap_or_else(default)))
        }
    }
}

#[cfg(test)]
mod tests;
