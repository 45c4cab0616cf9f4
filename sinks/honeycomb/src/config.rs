//! The options of `--sink=honeycomb:?…`.

use heapster_httpclient::{Auth, Endpoint, Transport, options, path_segment};
use heapster_plugin::cluster::Token;
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;
use http::HeaderName;

/// Where the key stands when the URI has none.
const KEY_VARIABLE: &str = "HONEYCOMB_WRITEKEY";
const KEY_HEADER: HeaderName = HeaderName::from_static("x-honeycomb-team");

const WRITE_KEY: Opt = Opt::text(
    "writekey",
    "",
    "API key that may send events; HONEYCOMB_WRITEKEY of the environment when not given",
);
const WRITE_KEY_FILE: Opt = Opt::path("writekeyfile", "file with the key, read again when it changes");
const API_HOST: Opt = Opt::text("apihost", "https://api.honeycomb.io/", "address of the API");
const LABELED: Opt = Opt::choice(
    "labeled",
    &["off", "fields", "events"],
    "off",
    "values of single filesystems, disks and accelerators: not sent; fields METRIC.RESOURCE of the event; events of their own",
);

pub(crate) const OPTIONS: &[Opt] = &[
    WRITE_KEY,
    WRITE_KEY_FILE,
    Opt::text("dataset", "heapster", "data set that the events go to"),
    API_HOST,
    LABELED,
    Opt::int("batch", "100", 1, 10_000, "most events in one request"),
    Opt::int(
        "maxbytes",
        "5000000",
        1_024,
        268_435_456,
        "most bytes in the body of one request, before compression",
    ),
    Opt::int("concurrency", "4", 1, 256, "requests under way at a time"),
    options::CA_CERT,
    options::INSECURE,
    options::TIMEOUT,
    options::CONNECT_TIMEOUT,
    options::GZIP,
    options::PROXY,
];

/// What becomes of values with labels of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LabeledAs {
    Nothing,
    Fields,
    Events,
}

/// What the URI asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) labeled: LabeledAs,
    pub(crate) batch: usize,
    pub(crate) max_bytes: usize,
    pub(crate) concurrency: usize,
    /// The path of a batch of events, below that of the API.
    pub(crate) path: String,
}

impl Config {
    /// Reads checked options.
    pub(crate) fn new(given: &Options) -> Self {
        let size = |name| usize::try_from(given.int(name)).unwrap_or(usize::MAX);
        Self {
            labeled: match given.text(LABELED.name) {
                "fields" => LabeledAs::Fields,
                "events" => LabeledAs::Events,
                _ => LabeledAs::Nothing,
            },
            batch: size("batch"),
            max_bytes: size("maxbytes"),
            concurrency: size("concurrency"),
            path: format!("/1/batch/{}", path_segment(given.text("dataset"))),
        }
    }
}

/// The way to the API; `variable` reads the environment. Contacts nothing.
///
/// # Errors
/// No key, an address that is none, files that cannot be used.
pub(crate) fn endpoint(
    uri: &Uri,
    given: &Options,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Endpoint, OptionError> {
    let config = Config::new(given);
    let from_environment = || variable(KEY_VARIABLE).filter(|key| !key.is_empty());
    let key = options::secret(uri, given, WRITE_KEY, WRITE_KEY_FILE)?
        .or_else(|| from_environment().map(|key| Token::Inline(key.into())))
        .ok_or_else(|| {
            options::refuse(
                uri,
                WRITE_KEY,
                format!("there is none, and no {KEY_VARIABLE} either"),
            )
        })?;
    let transport = Transport {
        auth: Auth::header(KEY_HEADER, key),
        connections: config.concurrency,
        ..Transport::from_options(uri, given)?
    };
    Endpoint::new(given.text(API_HOST.name), transport)
        .map_err(|error| options::refuse(uri, API_HOST, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Uri, Options) {
        let uri = Uri::parse(text, |_| None).unwrap();
        let options = Options::parse("sink", OPTIONS, &uri).unwrap().0;
        (uri, options)
    }

    fn refusal(text: &str, variable: Option<&str>) -> String {
        let (uri, options) = parsed(text);
        let variable = |name: &str| variable.filter(|_| name == KEY_VARIABLE).map(str::to_owned);
        endpoint(&uri, &options, variable)
            .map_or_else(|error| error.to_string(), |endpoint| endpoint.address())
    }

    #[test]
    fn the_defaults_are_those_of_the_original() {
        let config = Config::new(&parsed("honeycomb:?writekey=k").1);
        assert_eq!((config.path.as_str(), config.batch), ("/1/batch/heapster", 100));
        assert_eq!(config.labeled, LabeledAs::Nothing);
        assert_eq!(refusal("honeycomb:?writekey=k", None), "https://api.honeycomb.io");
    }

    #[test]
    fn the_dataset_is_escaped_in_the_path() {
        let config = Config::new(&parsed("honeycomb:?dataset=My+set%2F1").1);
        assert_eq!(config.path, "/1/batch/My%20set%2F1");
    }

    #[test]
    fn the_key_may_stand_in_the_environment_and_must_stand_somewhere() {
        assert_eq!(refusal("honeycomb", Some("k")), "https://api.honeycomb.io");
        let none =
            "option \"writekey\" of sink \"honeycomb\": there is none, and no HONEYCOMB_WRITEKEY either";
        assert_eq!(refusal("honeycomb", None), none);
        assert_eq!(refusal("honeycomb", Some("")), none);
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        let refused = refusal("honeycomb:?writekey=k&apihost=api.honeycomb.io", None);
        assert!(
            refused.starts_with("option \"apihost\" of sink \"honeycomb\": \"api.honeycomb.io\" is no"),
            "{refused}"
        );
    }
}
