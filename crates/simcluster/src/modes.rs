//! Ways in which kubelets and the API server misbehave. All can be set at the start and changed while running.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How a kubelet behaves.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Mode {
    /// As it should.
    #[default]
    Ok,
    /// Every answer has this status.
    Status(u16),
    /// Takes requests and never answers.
    Hang,
    /// Sends half of an answer, then nothing, on an open connection.
    Stall,
    /// Sends a whole answer whose JSON ends in the middle.
    Cut,
    /// Breaks the connection off in the middle of an answer.
    Drop,
    /// Closes each connection at once.
    Reset,
    /// Does not listen.
    Refuse,
    /// Sends a page that is no JSON.
    Garbage,
    /// Sends pods without end.
    Endless,
    /// Sends JSON that is wrong.
    Lie(Lie),
}

/// How a kubelet's JSON is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lie {
    /// All numbers are negative.
    Negative,
    /// All numbers are what a falling counter gives in unsigned arithmetic: close to 2^64.
    Wrapped,
    /// Numbers are texts, null, objects, lists, fractions and beyond 64 bits.
    Types,
    /// Samples keep the time at which this began, while the numbers go on.
    Repeated,
    /// Each container is there twice, first as it was before a restart.
    Duplicate,
    /// The node and each fifth pod have no name.
    Nameless,
    /// Counters fell to zero when this began, without a new start time.
    Fallen,
}

/// How the API server behaves.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ApiMode {
    /// As it should.
    #[default]
    Ok,
    /// Every answer comes later by this much; a list page by page.
    Slow(Duration),
    /// Takes requests and never answers; watches fall silent.
    Dead,
    /// Closes each connection at once, those of watches too.
    Reset,
    /// Every answer has this status; watches end.
    Status(u16),
    /// Watches send a line that is no JSON and end.
    Garbled,
}

/// A mode nobody knows.
#[derive(Clone, Debug, thiserror::Error)]
#[error("mode {0:?}: known are {1}")]
pub struct UnknownMode(String, &'static str);

const MODES: &str = "ok, status:CODE, hang, stall, cut, drop, reset, refuse, garbage, endless, negative, wrapped, types, repeated, \
                     duplicate, nameless, fallen";
const API_MODES: &str = "ok, slow:MILLISECONDS, dead, reset, status:CODE, garbled";

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        let unknown = || UnknownMode(text.to_owned(), MODES);
        if let Some(code) = text.strip_prefix("status:") {
            return status(code).map(Self::Status).ok_or_else(unknown);
        }
        Ok(match text {
            "ok" => Self::Ok,
            "hang" => Self::Hang,
            "stall" => Self::Stall,
            "cut" => Self::Cut,
            "drop" => Self::Drop,
            "reset" => Self::Reset,
            "refuse" => Self::Refuse,
            "garbage" => Self::Garbage,
            "endless" => Self::Endless,
            "negative" => Self::Lie(Lie::Negative),
            "wrapped" => Self::Lie(Lie::Wrapped),
            "types" => Self::Lie(Lie::Types),
            "repeated" => Self::Lie(Lie::Repeated),
            "duplicate" => Self::Lie(Lie::Duplicate),
            "nameless" => Self::Lie(Lie::Nameless),
            "fallen" => Self::Lie(Lie::Fallen),
            _ => return Err(unknown()),
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Status(code) => return write!(f, "status:{code}"),
            Self::Hang => "hang",
            Self::Stall => "stall",
            Self::Cut => "cut",
            Self::Drop => "drop",
            Self::Reset => "reset",
            Self::Refuse => "refuse",
            Self::Garbage => "garbage",
            Self::Endless => "endless",
            Self::Lie(Lie::Negative) => "negative",
            Self::Lie(Lie::Wrapped) => "wrapped",
            Self::Lie(Lie::Types) => "types",
            Self::Lie(Lie::Repeated) => "repeated",
            Self::Lie(Lie::Duplicate) => "duplicate",
            Self::Lie(Lie::Nameless) => "nameless",
            Self::Lie(Lie::Fallen) => "fallen",
        })
    }
}

impl FromStr for ApiMode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        let unknown = || UnknownMode(text.to_owned(), API_MODES);
        if let Some(code) = text.strip_prefix("status:") {
            return status(code).map(Self::Status).ok_or_else(unknown);
        }
        if let Some(millis) = text.strip_prefix("slow:") {
            let millis = millis.parse().map_err(|_| unknown())?;
            return Ok(Self::Slow(Duration::from_millis(millis)));
        }
        Ok(match text {
            "ok" => Self::Ok,
            "dead" => Self::Dead,
            "reset" => Self::Reset,
            "garbled" => Self::Garbled,
            _ => return Err(unknown()),
        })
    }
}

fn status(code: &str) -> Option<u16> {
    code.parse().ok().filter(|code| (200..600).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_is_read_back_from_its_name() {
        for name in MODES.split(", ").filter(|name| !name.contains(':')) {
            let name = name.trim();
            assert_eq!(name.parse::<Mode>().unwrap().to_string(), name);
        }
        assert_eq!("status:403".parse::<Mode>().unwrap(), Mode::Status(403));
        assert_eq!(
            "slow:250".parse::<ApiMode>().unwrap(),
            ApiMode::Slow(Duration::from_millis(250))
        );
    }

    #[test]
    fn an_unknown_mode_names_the_known_ones() {
        let text = "sleepy".parse::<Mode>().unwrap_err().to_string();
        assert!(text.contains("sleepy") && text.contains("hang"), "{text}");
        assert!("status:abc".parse::<Mode>().is_err());
    }
}
