//! The options that every sink's URI takes.

use crate::condition::Conditions;
use crate::parcel::Parcel;
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;
use std::path::PathBuf;
use std::time::Duration;

/// The options, as data.
pub const OPTIONS: &[Opt] = &[
    Opt::int("queue", "3", 1, 1_000, "batches that wait in memory"),
    Opt::duration(
        "maxage",
        "",
        "how long a batch may wait; by default 24h with a spool, else 5 times --metric-resolution",
    ),
    Opt::text(
        "spool",
        "",
        "folder for what could not be sent, or off; by default as --spool-dir says",
    ),
    Opt::text("spoolmax", "256Mi", "bound of the spool, from 1Mi"),
    Opt::text(
        "only",
        "",
        "FIELD=VALUE, FIELD!=VALUE or FIELD=~REGEX: what this sink gets",
    )
    .repeated(),
    Opt::text(
        "skip",
        "",
        "FIELD=VALUE, FIELD!=VALUE or FIELD=~REGEX: what this sink does not get",
    )
    .repeated(),
    Opt::duration(
        "interval",
        "0s",
        "least time between two batches for this sink; 0 for every batch",
    ),
];

const LEAST_SPOOL: u64 = 1 << 20;

/// What the option `spool` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SpoolChoice {
    /// Nothing.
    Default,
    /// There shall be none.
    Off,
    /// A folder for spools.
    Folder(PathBuf),
}

/// The checked options.
#[derive(Debug)]
pub struct Common<P: Parcel> {
    /// How many parcels wait in memory.
    pub queue: usize,
    /// How long a parcel may wait, if it was given.
    pub max_age: Option<Duration>,
    /// Where the spool is.
    pub spool: SpoolChoice,
    /// Its bound in bytes.
    pub spool_max: u64,
    /// What the sink gets; `None` for everything.
    pub filter: Option<P::Filter>,
    /// Least time between two parcels.
    pub interval: Duration,
}

impl<P: Parcel> Common<P> {
    /// Reads the options of a sink's URI; others are left to the sink.
    ///
    /// # Errors
    /// The first value that its option cannot take.
    pub fn parse(uri: &Uri) -> Result<Self, OptionError> {
        let (options, _) = Options::parse("sink", OPTIONS, uri)?;
        let refuse = |option: &str, reason: String| OptionError {
            part: "sink",
            key: uri.key.clone(),
            option: option.to_owned(),
            reason,
        };
        let mut conditions = Conditions::default();
        for text in options.all("only") {
            conditions.only(text).map_err(|reason| refuse("only", reason))?;
        }
        for text in options.all("skip") {
            conditions.skip(text).map_err(|reason| refuse("skip", reason))?;
        }
        let filter = match conditions.is_empty() {
            true => None,
            false => Some(P::compile(conditions).map_err(|reason| refuse("only", reason))?),
        };
        let max_age = options.given("maxage").map(|_| options.duration("maxage"));
        if max_age.is_some_and(|age| age.is_zero()) {
            return Err(refuse("maxage", "0s is not above 0".to_owned()));
        }
        let spool = match options.given("spool") {
            None => SpoolChoice::Default,
            Some("off") => SpoolChoice::Off,
            Some("") => return Err(refuse("spool", "\"\" is neither a folder nor off".to_owned())),
            Some(folder) => SpoolChoice::Folder(folder.into()),
        };
        let spool_max = size(options.text("spoolmax")).map_err(|reason| refuse("spoolmax", reason))?;
        Ok(Self {
            queue: usize::try_from(options.int("queue")).unwrap_or(3),
            max_age,
            spool,
            spool_max,
            filter,
            interval: options.duration("interval"),
        })
    }
}

/// Reads a size: digits with `k`, `M`, `G`, `T` (thousands) or `Ki`, `Mi`, `Gi`, `Ti` (1024) behind.
fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 9] = [
        ("", 1),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
    ];
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, factor)| *factor);
    let number = digits.parse::<u64>().ok().zip(factor);
    let bytes = number.and_then(|(number, factor)| number.checked_mul(factor));
    match bytes {
        None => Err(format!("{text:?} is no size such as 256Mi")),
        Some(bytes) if bytes < LEAST_SPOOL => Err(format!("{text} is less than 1Mi")),
        Some(bytes) => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::Batch;

    fn parse(query: &str) -> Result<Common<Batch>, String> {
        let uri = Uri::parse(&format!("acme:?{query}"), |_| None).unwrap();
        Common::parse(&uri).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_those_of_the_table() {
        let common = parse("").unwrap();
        assert_eq!(
            (common.queue, common.max_age, common.interval),
            (3, None, Duration::ZERO)
        );
        assert_eq!(
            (common.spool, common.spool_max),
            (SpoolChoice::Default, 256 << 20)
        );
        assert!(common.filter.is_none());
    }

    #[test]
    fn what_is_given_is_read() {
        let common = parse("queue=7&maxage=90s&spool=/x&spoolmax=1Mi&only=type=node&interval=1m").unwrap();
        assert_eq!(common.max_age, Some(Duration::from_secs(90)));
        assert_eq!((common.queue, common.interval), (7, Duration::from_secs(60)));
        assert_eq!(
            (common.spool, common.spool_max),
            (SpoolChoice::Folder("/x".into()), 1 << 20)
        );
        assert!(common.filter.is_some());
        assert_eq!(parse("spool=off").unwrap().spool, SpoolChoice::Off);
    }

    #[test]
    fn a_wrong_value_is_one_line_that_names_option_value_and_what_is_allowed() {
        for (query, text) in [
            (
                "queue=0",
                "option \"queue\" of sink \"acme\": 0 is not in 1..=1000",
            ),
            (
                "maxage=0",
                "option \"maxage\" of sink \"acme\": 0s is not above 0",
            ),
            (
                "spoolmax=1Ki",
                "option \"spoolmax\" of sink \"acme\": 1Ki is less than 1Mi",
            ),
            (
                "spoolmax=lots",
                "option \"spoolmax\" of sink \"acme\": \"lots\" is no size such as 256Mi",
            ),
            (
                "spool=",
                "option \"spool\" of sink \"acme\": \"\" is neither a folder nor off",
            ),
            (
                "skip=name=~(",
                "option \"skip\" of sink \"acme\": \"(\": unclosed group",
            ),
            (
                "only=node",
                "option \"only\" of sink \"acme\": \"node\" is none of FIELD=VALUE, FIELD!=VALUE, FIELD=~REGEX",
            ),
        ] {
            assert_eq!(parse(query).unwrap_err(), text);
        }
        assert!(parse("maxage=soon").unwrap_err().contains("soon"));
    }

    #[test]
    fn sizes_are_of_thousands_or_of_1024() {
        assert_eq!(
            (size("2M"), size("2Mi"), size("1048576")),
            (Ok(2_000_000), Ok(2 << 20), Ok(1 << 20))
        );
        assert!(size("1.5Gi").is_err() && size("Mi").is_err() && size("99999999Ti").is_err());
    }
}
