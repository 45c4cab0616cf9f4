//! What an answer that is no metrics means, and what to do about it: one line each.

use heapster_httpclient::ClientError;
use heapster_plugin::source::{ScrapeError, ScrapeFailure};
use http::StatusCode;

/// What was asked of whom, for the texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) node: &'a str,
    pub(crate) url: &'a str,
    pub(crate) https: bool,
}

/// How much of an answer's text is shown, in characters.
const SHOWN: usize = 200;

impl Asked<'_> {
    fn error(&self, reason: ScrapeFailure, text: &str) -> ScrapeError {
        ScrapeError {
            reason,
            text: format!("kubelet {} at {} {text}", self.node, self.url),
        }
    }

    /// An answer that is not 200.
    pub(crate) fn status(&self, status: StatusCode, body: &[u8]) -> ScrapeError {
        let (reason, advice) = match status {
            StatusCode::UNAUTHORIZED => (
                ScrapeFailure::Refused,
                if self.https {
                    "give the source a token that may read nodes/stats"
                } else {
                    "tokens are sent over HTTPS only: add kubeletHttps=true&kubeletPort=10250 to the source"
                },
            ),
            StatusCode::FORBIDDEN => (
                ScrapeFailure::Refused,
                "let the source's token get and create nodes/stats (RBAC)",
            ),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => (
                ScrapeFailure::NotFound,
                "see --enable-debugging-handlers of the kubelet",
            ),
            StatusCode::BAD_REQUEST if !self.https => (
                ScrapeFailure::Status,
                "if the port serves HTTPS, add kubeletHttps=true to the source",
            ),
            status if status.is_redirection() => (
                ScrapeFailure::Status,
                "redirects are not followed: name the kubelet's own port",
            ),
            _ => (ScrapeFailure::Status, "look into the kubelet's log"),
        };
        let body = excerpt(body);
        let shown = if body.is_empty() {
            String::new()
        } else {
            format!(" {body:?}")
        };
        self.error(reason, &format!("answered {status}{shown}: {advice}"))
    }

    /// No answer.
    pub(crate) fn no_answer(&self, error: &ClientError) -> ScrapeError {
        let (reason, advice) = match error {
            ClientError::Refused if !self.https => (
                ScrapeFailure::Unreachable,
                "if this kubelet serves HTTPS only, add kubeletHttps=true&kubeletPort=10250 to the source, with a CA in its \
                 cluster credentials or kubeletInsecure=true",
            ),
            ClientError::Refused => (
                ScrapeFailure::Unreachable,
                "see whether the kubelet runs and kubeletPort is its port",
            ),
            ClientError::Tls(text) => (ScrapeFailure::Unreachable, tls_advice(text)),
            ClientError::Broken(_) if !self.https => (
                ScrapeFailure::Unreachable,
                "if the port serves HTTPS, add kubeletHttps=true to the source; else look at the node's network",
            ),
            ClientError::TooLarge { .. } => (
                ScrapeFailure::TooLarge,
                "raise maxbody of the source if that is right",
            ),
            ClientError::Timeout => (ScrapeFailure::Timeout, "look at the node's load and network"),
            ClientError::Encoding(_) => (ScrapeFailure::Malformed, "look for a proxy in between"),
            ClientError::Setup(_) => (ScrapeFailure::Refused, "mend the file or name another one"),
            ClientError::Connect(_) | ClientError::Broken(_) | _ => (
                ScrapeFailure::Unreachable,
                "look at the node's network and kubelet",
            ),
        };
        self.error(reason, &format!("gave no metrics: {error}: {advice}"))
    }

    /// An answer of 200 that cannot be read.
    pub(crate) fn malformed(&self, error: &dyn std::fmt::Display) -> ScrapeError {
        self.error(
            ScrapeFailure::Malformed,
            &format!("gave no metrics: {error}: look for a proxy in between or report the answer"),
        )
    }

    /// Neither API is there.
    pub(crate) fn neither(&self) -> ScrapeError {
        self.error(
            ScrapeFailure::NotFound,
            "serves neither /stats/summary nor /stats/container/: see --enable-debugging-handlers of the kubelet",
        )
    }
}

/// What to do about a handshake that failed, by the text of rustls.
fn tls_advice(text: &str) -> &'static str {
    if text.contains("InvalidContentType") {
        "the port serves plain HTTP: leave out kubeletHttps or name the HTTPS port"
    } else if text.contains("not valid for name") {
        "let the kubelet's certificate name this address (serverTLSBootstrap), or set kubeletInsecure=true"
    } else if text.contains("peer certificate") {
        "give the source the CA that signs kubelet certificates, or kubeletInsecure=true"
    } else {
        "see that the client certificate is one the kubelet knows"
    }
}

/// The beginning of an answer as one line.
fn excerpt(body: &[u8]) -> String {
    let head = body.get(..SHOWN * 4).unwrap_or(body);
    let text: String = String::from_utf8_lossy(head)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN)
        .collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests;
