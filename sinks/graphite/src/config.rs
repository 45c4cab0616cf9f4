//! The options of `--sink=graphite:tcp://HOST:PORT?…`.

use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_socket::{Address, Ending};

/// Carbon's port for lines.
const PORT: u16 = 2003;
const PREFIX: &str = "kubernetes";

pub(crate) const OPTIONS: &[Opt] = &[
    Opt::text("prefix", PREFIX, "what every path begins with, as it is"),
    Opt::bool(
        "tagged",
        false,
        "labels as tags of Graphite 1.1 (metric;key=value) instead of parts of the path",
    ),
    Opt::bool(
        "confirm",
        true,
        "over TCP: one connection a batch, written when the server has read it all; false: one that stays open",
    ),
];

/// What the URI asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) prefix: String,
    pub(crate) tagged: bool,
    pub(crate) way: Way,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    Tcp(Address, Ending),
    Udp(Address),
}

impl Config {
    /// Reads checked options.
    ///
    /// # Errors
    /// A scheme that is neither `tcp` nor `udp`, an address that is none, a prefix that no line can hold.
    pub(crate) fn new(uri: &Uri, options: &Options) -> Result<Self, BuildError> {
        let refuse = |what: String| BuildError::Other(format!("address of sink {:?}: {what}", uri.key));
        let address = Address::parse(&uri.host, PORT).map_err(refuse)?;
        let way = match uri.scheme.as_str() {
            "tcp" if options.bool("confirm") => Way::Tcp(address, Ending::Confirm),
            "tcp" => Way::Tcp(address, Ending::Keep),
            "udp" => Way::Udp(address),
            other => {
                return Err(refuse(format!(
                    "scheme {other:?} is none of tcp, udp; write {}:tcp://HOST:PORT",
                    uri.key
                )));
            }
        };
        let prefix = match options.text("prefix") {
            "" => PREFIX,
            given => given,
        };
        if prefix.contains(|c: char| c.is_whitespace() || c.is_control() || c == ';') {
            return Err(BuildError::Option(OptionError {
                part: "sink",
                key: uri.key.clone(),
                option: "prefix".to_owned(),
                reason: format!("{prefix:?} holds white space or a semicolon"),
            }));
        }
        Ok(Self {
            prefix: prefix.to_owned(),
            tagged: options.bool("tagged"),
            way,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, String> {
        let uri = Uri::parse(text, |_| None).map_err(|error| error.to_string())?;
        let (options, unknown) = Options::parse("sink", OPTIONS, &uri).map_err(|error| error.to_string())?;
        assert_eq!(unknown, []);
        Config::new(&uri, &options).map_err(|error| error.to_string())
    }

    fn at(text: &str) -> Address {
        Address::parse(text, PORT).unwrap()
    }

    #[test]
    fn host_and_port_have_defaults_with_and_without_a_colon() {
        for (text, address) in [
            ("graphite:tcp://", "localhost"),
            ("graphite:tcp://carbon", "carbon:2003"),
            ("graphite:tcp://carbon:", "carbon:2003"),
            ("graphite:tcp://carbon:12", "carbon:12"),
            ("graphite:tcp://[::1]:12", "[::1]:12"),
        ] {
            assert_eq!(
                config(text).unwrap().way,
                Way::Tcp(at(address), Ending::Confirm),
                "{text}"
            );
        }
        assert_eq!(config("graphite:udp://a").unwrap().way, Way::Udp(at("a")));
    }

    #[test]
    fn an_empty_prefix_is_the_default_and_any_other_is_used_as_it_is() {
        assert_eq!(config("graphite:tcp://a?prefix=").unwrap().prefix, "kubernetes");
        assert_eq!(config("graphite:tcp://a?prefix=x.y.").unwrap().prefix, "x.y.");
    }

    #[test]
    fn the_other_options_are_read() {
        let config = config("graphite:tcp://a?tagged=true&confirm=false").unwrap();
        assert_eq!(
            (config.tagged, config.way),
            (true, Way::Tcp(at("a"), Ending::Keep))
        );
    }

    #[test]
    fn what_cannot_be_is_one_line_that_says_what_can() {
        for (text, error) in [
            (
                "graphite:http://a",
                "address of sink \"graphite\": scheme \"http\" is none of tcp, udp; write graphite:tcp://HOST:PORT",
            ),
            (
                "graphite:",
                "address of sink \"graphite\": scheme \"\" is none of tcp, udp; write graphite:tcp://HOST:PORT",
            ),
            (
                "graphite:tcp://a:0",
                "address of sink \"graphite\": \"a:0\" is no address: the port is not in 1..=65535",
            ),
            (
                "graphite:tcp://a?prefix=a+b",
                "option \"prefix\" of sink \"graphite\": \"a b\" holds white space or a semicolon",
            ),
            (
                "graphite:tcp://a?tagged=perhaps",
                "option \"tagged\" of sink \"graphite\": strconv.ParseBool: parsing \"perhaps\": invalid syntax; it takes true or false",
            ),
        ] {
            assert_eq!(config(text).unwrap_err(), error);
        }
    }
}
