//! Why a list or a watch failed, and what follows from it.

use kube::core::Status;
use kube::runtime::watcher;
use std::error::Error;
use std::fmt;

/// Classes of failures: the label values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Reason {
    /// No connection, or it broke.
    Unreachable,
    /// No connection, as one side does not accept the other's certificate.
    Tls,
    /// There are no credentials to send.
    Credentials,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 410: the watch cannot go on from where it was. Part of normal life.
    Expired,
    /// Any other status.
    Status,
    /// The answer could not be read.
    Malformed,
    /// A page of a list did not come in time.
    Timeout,
}

impl Reason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Credentials => "credentials",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Expired => "expired",
            Self::Status => "status",
            Self::Malformed => "malformed",
            Self::Timeout => "timeout",
        }
    }

    /// What the user can do about it, for objects called `plural`.
    pub(crate) fn advice(self, plural: &str) -> String {
        let advice = match self {
            Self::Unreachable => {
                "see that the address is right and that a network policy or proxy lets it through"
            }
            Self::Tls => "give the CA that signs the API server's certificate, or set insecure=true",
            Self::Credentials => "see the token file of the service account, or the user of the kubeconfig",
            Self::Unauthorized => {
                "see that the service account's token or the kubeconfig's user is of this cluster"
            }
            Self::Forbidden => {
                return format!(
                    "bind its account to a ClusterRole with apiGroups [\"\"], resources [\"{plural}\"], verbs \
                     [\"list\", \"watch\"]"
                );
            }
            Self::Malformed => "see that the address is that of a Kubernetes API server",
            Self::Expired | Self::Status | Self::Timeout => "it is tried again",
        };
        advice.to_owned()
    }
}

/// One failure.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// What was done and what came back, with the causes.
    pub(crate) text: String,
    /// Whether the watch cannot go on from where it was.
    pub(crate) list_again: bool,
}

impl Failure {
    pub(crate) fn timeout(seconds: u64) -> Self {
        Self {
            reason: Reason::Timeout,
            text: format!("list: no answer within {seconds} seconds"),
            list_again: true,
        }
    }

    /// The library's stream of events has no end; should it get one, a new one is begun.
    pub(crate) fn ended() -> Self {
        Self {
            reason: Reason::Unreachable,
            text: "watch: the events ended".to_owned(),
            list_again: true,
        }
    }

    /// Whether files with credentials and authorities have to be read again.
    pub(crate) fn is_about_identity(&self) -> bool {
        matches!(
            self.reason,
            Reason::Tls | Reason::Credentials | Reason::Unauthorized
        )
    }
}

impl From<watcher::Error> for Failure {
    fn from(error: watcher::Error) -> Self {
        let (verb, starts_watch, cause) = match error {
            watcher::Error::InitialListFailed(cause) => ("list", false, cause),
            watcher::Error::WatchStartFailed(cause) => ("watch", true, cause),
            watcher::Error::WatchFailed(cause) => ("watch", false, cause),
            watcher::Error::WatchError(status) => ("watch", false, kube::Error::Api(status)),
            watcher::Error::NoResourceVersion => {
                return Self {
                    reason: Reason::Malformed,
                    text: "watch: an answer has no metadata.resourceVersion".to_owned(),
                    list_again: true,
                };
            }
        };
        let (reason, what) = classify(&cause);
        // A version that the server does not know (an old one, or a newer one than a restored server has) is refused at the
        // start of a watch with one of these, for ever.
        let refused = starts_watch
            && matches!(&cause, kube::Error::Api(status) if matches!(status.code, 400 | 410 | 504));
        Self {
            reason,
            text: format!("{verb}: {what}"),
            // What could not be read may have been a change.
            list_again: refused || reason == Reason::Malformed,
        }
    }
}

fn classify(error: &kube::Error) -> (Reason, String) {
    #[allow(clippy::wildcard_enum_match_arm)] // the library's list grows
    match error {
        kube::Error::Api(status) => {
            let reason = match status.code {
                401 => Reason::Unauthorized,
                403 => Reason::Forbidden,
                410 => Reason::Expired,
                _ => Reason::Status,
            };
            (reason, Answered(status).to_string())
        }
        kube::Error::SerdeError(cause) => (Reason::Malformed, cause.to_string()),
        kube::Error::FromUtf8(cause) => (Reason::Malformed, cause.to_string()),
        kube::Error::Auth(cause) => (Reason::Credentials, causes(cause)),
        kube::Error::RustlsTls(cause) => (Reason::Tls, causes(cause)),
        kube::Error::Service(cause) => match cause.downcast_ref::<kube::Error>() {
            Some(inner) => classify(inner),
            None => transport(cause.as_ref()),
        },
        other => transport(other),
    }
}

fn transport(error: &(dyn Error + 'static)) -> (Reason, String) {
    let chain = || std::iter::successors(Some(error), |error| cause(*error));
    let reason = if chain().any(<dyn Error>::is::<rustls::Error>) {
        Reason::Tls
    } else if chain().any(<dyn Error>::is::<heapster_httpclient::ClientError>) {
        Reason::Credentials
    } else {
        Reason::Unreachable
    };
    (reason, causes(error))
}

/// What an error was made of. An I/O error gives the source of what it wraps, not what it wraps.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// A status as one line.
struct Answered<'a>(&'a Status);

impl fmt::Display for Answered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { code, message, .. } = self.0;
        let line = message.lines().next().unwrap_or("").trim();
        write!(f, "the answer was {code}")?;
        if line.is_empty() {
            Ok(())
        } else {
            write!(f, ", {line}")
        }
    }
}

/// The texts of an error and its causes, those left out that repeat the one before.
fn causes(error: &(dyn Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| cause(*error)).fold(String::new(), |text, error| {
        let more = error.to_string();
        match text.as_str() {
            "" => more,
            before if before.contains(&more) => text,
            before => format!("{before}: {more}"),
        }
    })
}
