//! What a record of a flag says. Parser, checks, help and warnings are all made from these records.

/// One flag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag {
    /// Name with dashes; `_` is read as `-`.
    pub(crate) name: &'static str,
    /// What values it takes.
    pub(crate) kind: Kind,
    /// The default as it would be written; empty for none.
    pub(crate) default: &'static str,
    /// The heading in `--help`.
    pub(crate) group: Group,
    /// What it does, in a few words.
    pub(crate) about: &'static str,
    /// What becomes of it.
    pub(crate) effect: Effect,
}

/// What values a flag takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Alone it is true; a value needs `=`.
    Bool,
    Int,
    Duration,
    Text,
    Path,
    /// Each occurrence is one record of comma-separated values, and adds to those before.
    Csv,
    /// `KEY[:REST]`; each occurrence counts.
    Uri,
    /// An IP address.
    Address,
    /// `INFO`, `WARNING`, `ERROR`, `FATAL` or 0 to 3.
    Severity,
    /// `pattern=N,…`
    Modules,
    /// `crt,key[:pattern,…]`; each occurrence counts.
    NamedPair,
}

/// The headings of `--help`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    Metrics,
    Serving,
    Log,
    Program,
    ApiServer,
}

/// What becomes of a flag that is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effect {
    /// It works.
    Served,
    /// Accepted; one warning says that this version does nothing with it yet.
    NotYet(&'static str),
    /// Accepted silently: nothing ever depended on it.
    Ignored,
    /// An older spelling of another flag; one warning names that.
    Alias(&'static str),
    /// A flag of an older release; one warning says what to use instead.
    Historic(&'static str),
    /// A flag that cannot be accepted any more; the program says so and does not start.
    Removed(&'static str),
}

impl Kind {
    /// Whether each occurrence counts.
    pub(crate) const fn repeats(self) -> bool {
        matches!(self, Self::Csv | Self::Uri | Self::NamedPair)
    }

    /// The placeholder in `--help`.
    pub(crate) const fn placeholder(self) -> &'static str {
        match self {
            Self::Bool => "BOOL",
            Self::Int => "INT",
            Self::Duration => "DURATION",
            Self::Text => "TEXT",
            Self::Path => "PATH",
            Self::Csv => "LIST",
            Self::Uri => "URI",
            Self::Address => "IP",
            Self::Severity => "SEVERITY",
            Self::Modules => "PATTERN=N,...",
            Self::NamedPair => "CERT,KEY[:NAMES]",
        }
    }
}

impl Group {
    /// The heading.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Metrics => "Sources, sinks and metrics",
            Self::Serving => "Serving the API",
            Self::Log => "Log",
            Self::Program => "Program",
            Self::ApiServer => "Aggregated API server",
        }
    }
}

impl Flag {
    /// A flag that works.
    pub(crate) const fn new(
        group: Group,
        name: &'static str,
        kind: Kind,
        default: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            default,
            group,
            about,
            effect: Effect::Served,
        }
    }

    /// The same flag with another effect.
    pub(crate) const fn but(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    /// A flag that is not in `--help`.
    pub(crate) const fn hidden(name: &'static str, kind: Kind, effect: Effect) -> Self {
        Self::new(Group::Program, name, kind, "", "").but(effect)
    }

    /// Whether `--help` shows it.
    pub(crate) const fn is_shown(&self) -> bool {
        matches!(self.effect, Effect::Served | Effect::NotYet(_) | Effect::Ignored)
    }
}
