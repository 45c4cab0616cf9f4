//! The options of `--sink=statsd:udp://HOST:PORT?…`.

use crate::keys::Style;
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use heapster_socket::{Address, Socket};

const PORT: u16 = 8125;

pub(crate) const OPTIONS: &[Opt] = &[
    Opt::text(
        "prefix",
        "",
        "what every name begins with; etsystatsd puts a dot behind it, the other forms do not",
    ),
    Opt::text(
        "protocolType",
        "etsystatsd",
        "etsystatsd, influxstatsd or dogstatsd, in small or capital letters",
    ),
    Opt::int("numMetricsPerMsg", "5", 1, 65_507, "most lines in a datagram"),
    Opt::int(
        "mtu",
        "65507",
        1,
        65_507,
        "most bytes in a datagram that holds more than one line; 1432 goes through most networks in one piece",
    ),
    Opt::text(
        "renameLabels",
        "",
        "comma list of LABEL:NAME, names to use in place of labels",
    ),
    Opt::text(
        "allowedLabels",
        "",
        "comma list of the labels to send, `labels` for all user labels; empty: all. Paths are whole in any case",
    ),
    Opt::choice(
        "labelStyle",
        &["snake", "lowerCamelCase", "upperCamelCase"],
        "snake",
        "how the names of labels are written; snake leaves them as they are",
    ),
];

/// Where labels go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Parts of the name.
    Etsy,
    /// Tags behind the name.
    Influx,
    /// Tags behind the value.
    Dog,
}

/// What the URI asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) address: Address,
    pub(crate) prefix: String,
    pub(crate) form: Form,
    pub(crate) lines: usize,
    pub(crate) bytes: usize,
    pub(crate) rename: Vec<(String, String)>,
    /// Empty: all.
    pub(crate) allowed: Vec<String>,
    pub(crate) style: Style,
}

impl Config {
    /// Reads checked options. Any scheme means UDP, as in the original.
    ///
    /// # Errors
    /// An address that is none, an unknown `protocolType`, an item of `renameLabels` that is no pair.
    pub(crate) fn new(uri: &Uri, options: &Options) -> Result<Self, BuildError> {
        let refuse = |option: &str, reason: String| OptionError {
            part: "sink",
            key: uri.key.clone(),
            option: option.to_owned(),
            reason,
        };
        let address = Address::parse(&uri.host, PORT)
            .map_err(|what| BuildError::Other(format!("address of sink {:?}: {what}", uri.key)))?;
        let form = match options.text("protocolType").to_ascii_lowercase().as_str() {
            "etsystatsd" => Form::Etsy,
            "influxstatsd" => Form::Influx,
            "dogstatsd" => Form::Dog,
            other => {
                let reason = format!("{other:?} is none of etsystatsd, influxstatsd, dogstatsd");
                return Err(refuse("protocolType", reason).into());
            }
        };
        let size = |name| usize::try_from(options.int(name)).unwrap_or(Socket::LARGEST);
        Ok(Self {
            address,
            prefix: options.text("prefix").to_owned(),
            form,
            lines: size("numMetricsPerMsg"),
            bytes: size("mtu"),
            rename: renames(options.text("renameLabels")).map_err(|why| refuse("renameLabels", why))?,
            allowed: list(options.text("allowedLabels")).map(str::to_owned).collect(),
            style: match options.text("labelStyle") {
                "lowerCamelCase" => Style::LowerCamel,
                "upperCamelCase" => Style::UpperCamel,
                _ => Style::Snake,
            },
        })
    }

    /// Whether a label, or with `labels` the user labels as a whole, are sent.
    pub(crate) fn allows(&self, label: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|allowed| allowed == label)
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Differs: the original crashed at an item without a colon.
fn renames(text: &str) -> Result<Vec<(String, String)>, String> {
    list(text)
        .map(|item| match item.split_once(':') {
            Some((label, name))
                if !label.is_empty() && !name.is_empty() && !name.contains([':', '|', '=']) =>
            {
                Ok((label.to_owned(), name.to_owned()))
            }
            _ => Err(format!("{item:?} is no LABEL:NAME")),
        })
        .collect()
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

    #[test]
    fn without_options_everything_is_as_in_the_original() {
        let config = config("statsd:udp://").unwrap();
        let wanted = Config {
            address: Address::parse("localhost:8125", 1).unwrap(),
            prefix: String::new(),
            form: Form::Etsy,
            lines: 5,
            bytes: Socket::LARGEST,
            rename: Vec::new(),
            allowed: Vec::new(),
            style: Style::Snake,
        };
        assert_eq!(config, wanted);
    }

    #[test]
    fn every_option_is_read() {
        let config = config(
            "statsd:udp://h:1?prefix=p.&protocolType=InfluxStatsD&numMetricsPerMsg=9&mtu=1432&renameLabels=a:b,c:d\
             &allowedLabels=x,labels&labelStyle=upperCamelCase",
        )
        .unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(config.address.to_string(), "h:1");
        assert_eq!((config.prefix.as_str(), config.form), ("p.", Form::Influx));
        assert_eq!((config.lines, config.bytes), (9, 1432));
        assert_eq!(config.rename, [pair("a", "b"), pair("c", "d")]);
        assert_eq!(config.allowed, ["x", "labels"]);
        assert_eq!(config.style, Style::UpperCamel);
        assert!(config.allows("x") && !config.allows("y"));
    }

    #[test]
    fn what_cannot_be_is_one_line_that_says_what_can() {
        for (query, error) in [
            (
                "protocolType=x",
                "option \"protocolType\" of sink \"statsd\": \"x\" is none of etsystatsd, influxstatsd, dogstatsd",
            ),
            (
                "numMetricsPerMsg=0",
                "option \"numMetricsPerMsg\" of sink \"statsd\": 0 is not in 1..=65507",
            ),
            (
                "numMetricsPerMsg=x",
                "option \"numMetricsPerMsg\" of sink \"statsd\": strconv.ParseInt: parsing \"x\": invalid syntax; it takes a number in 1..=65507",
            ),
            (
                "renameLabels=a:b,c",
                "option \"renameLabels\" of sink \"statsd\": \"c\" is no LABEL:NAME",
            ),
            (
                "renameLabels=a:b:c",
                "option \"renameLabels\" of sink \"statsd\": \"a:b:c\" is no LABEL:NAME",
            ),
            (
                "labelStyle=camel",
                "option \"labelStyle\" of sink \"statsd\": \"camel\" is none of snake, lowerCamelCase, upperCamelCase",
            ),
        ] {
            assert_eq!(config(&format!("statsd:udp://h:1?{query}")).unwrap_err(), error);
        }
        assert_eq!(
            config("statsd:udp://h:0").unwrap_err(),
            "address of sink \"statsd\": \"h:0\" is no address: the port is not in 1..=65535"
        );
    }
}
