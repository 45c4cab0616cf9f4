//! The options of `--sink=librato:?…`.

use crate::text::{Kind, clean};
use heapster_httpclient::{Auth, Endpoint, Transport, options};
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;

const USER: Opt = Opt::text("username", "", "user of the account");
const TOKEN: Opt = Opt::text("token", "", "token of the account");
const TOKEN_FILE: Opt = Opt::path("tokenfile", "file with the token, read again when it changes");
const API: Opt = Opt::text("api", "https://metrics-api.librato.com", "address of the API");
const TAGS: Opt = Opt::text(
    "tags",
    "",
    "comma list of tags of all requests; each needs its tag_NAME",
);
const TAG: Opt = Opt::text("tag_*", "", "value of the tag NAME").repeated();

pub(crate) const OPTIONS: &[Opt] = &[
    USER,
    TOKEN,
    TOKEN_FILE,
    API,
    Opt::text(
        "prefix",
        "",
        "what is before the name of each metric; a dot is added",
    ),
    TAGS,
    TAG,
    Opt::bool(
        "mergetags",
        false,
        "repeat the tags of the request in each measurement, whose own tags hide them from Librato",
    ),
    Opt::int(
        "period",
        "0",
        0,
        86_400,
        "seconds between two values, for new metrics; 0: not said",
    ),
    Opt::int("batch", "1000", 1, 100_000, "most measurements in one request"),
    Opt::int("concurrency", "4", 1, 256, "requests under way at a time"),
    options::CA_CERT,
    options::INSECURE,
    Opt::duration("timeout", "10s", "for one request; 0s: none of its own"),
    options::CONNECT_TIMEOUT,
    options::GZIP,
    options::PROXY,
];

/// What the URI asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    /// Empty, or with a dot at its end.
    pub(crate) prefix: String,
    /// Tags of the request, clean and sorted.
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) merge_tags: bool,
    /// Seconds; 0 for none.
    pub(crate) period: i64,
    pub(crate) batch: usize,
    pub(crate) concurrency: usize,
}

impl Config {
    /// Reads checked options. Tags without a value are left out, as in the original.
    pub(crate) fn new(uri: &Uri, given: &Options) -> Self {
        let size = |name| usize::try_from(given.int(name)).unwrap_or(usize::MAX);
        let value = |name: &str| {
            uri.query(&format!("tag_{name}"))
                .filter(|value| !value.is_empty())
        };
        let names = given.text(TAGS.name).split(',');
        let tag = |name: &str| Some((clean(Kind::Key, name), clean(Kind::Value, &value(name)?)));
        let mut tags: Vec<(String, String)> = names.filter(|name| !name.is_empty()).filter_map(tag).collect();
        tags.sort();
        tags.dedup_by(|later, first| later.0 == first.0);
        let prefix = given.text("prefix");
        Self {
            prefix: match prefix {
                "" => String::new(),
                prefix if prefix.ends_with('.') => prefix.to_owned(),
                prefix => format!("{prefix}."),
            },
            tags,
            merge_tags: given.bool("mergetags"),
            period: given.int("period"),
            batch: size("batch"),
            concurrency: size("concurrency"),
        }
    }
}

/// The way to the API. Contacts nothing.
///
/// # Errors
/// No user, no token, an address that is none, files that cannot be used.
pub(crate) fn endpoint(uri: &Uri, given: &Options) -> Result<Endpoint, OptionError> {
    let missing = |option: Opt| options::refuse(uri, option, format!("no {} flag specified", option.name));
    let user = given
        .given(USER.name)
        .filter(|user| !user.is_empty())
        .ok_or_else(|| missing(USER))?;
    let token = options::secret(uri, given, TOKEN, TOKEN_FILE)?.ok_or_else(|| missing(TOKEN))?;
    let transport = Transport {
        auth: Auth::basic(user, token),
        connections: Config::new(uri, given).concurrency,
        timeout: given.duration("timeout"),
        ..Transport::from_options(uri, given)?
    };
    Endpoint::new(given.text(API.name), transport)
        .map_err(|error| options::refuse(uri, API, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> (Uri, Options) {
        let uri = Uri::parse(&format!("librato:?{query}"), |_| None).unwrap();
        let (options, unknown) = Options::parse("sink", OPTIONS, &uri).unwrap();
        assert_eq!(unknown, []);
        (uri, options)
    }

    fn config(query: &str) -> Config {
        let (uri, options) = parsed(query);
        Config::new(&uri, &options)
    }

    fn refusal(query: &str) -> String {
        let (uri, options) = parsed(query);
        endpoint(&uri, &options).map_or_else(|error| error.to_string(), |endpoint| endpoint.address())
    }

    #[test]
    fn the_defaults_are_those_of_the_original() {
        let config = config("username=u&token=t");
        assert_eq!(
            (config.prefix.as_str(), config.batch, config.period),
            ("", 1_000, 0)
        );
        assert_eq!(refusal("username=u&token=t"), "https://metrics-api.librato.com");
    }

    #[test]
    fn a_prefix_ends_in_one_dot() {
        assert_eq!(config("prefix=k8s").prefix, "k8s.");
        assert_eq!(config("prefix=k8s.").prefix, "k8s.");
    }

    #[test]
    fn a_tag_without_a_value_is_left_out() {
        let config = config("tags=b,a,none&tag_a=1+x&tag_b=2/3&tag_c=4");
        let pairs: Vec<_> = config
            .tags
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, [("a", "1 x"), ("b", "2_3")]);
    }

    #[test]
    fn without_a_user_or_a_token_there_is_no_sink() {
        let no_user = "option \"username\" of sink \"librato\": no username flag specified";
        assert_eq!(refusal("token=t"), no_user);
        assert_eq!(refusal("username=&token=t"), no_user);
        assert_eq!(
            refusal("username=u"),
            "option \"token\" of sink \"librato\": no token flag specified"
        );
    }
}
