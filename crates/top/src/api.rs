//! One question to a heapster, and why it has no answer.

use bytes::Bytes;
use heapster_httpclient::{Client, ClientError, Limits, TlsOptions};
use http::header::ACCEPT;
use http::{Request, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::Instant;

/// What a name may hold inside a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// How many requests are under way at once at most.
pub(crate) const PARALLEL: usize = 8;
/// How much of an error's text is shown, in characters.
const EXCERPT: usize = 120;

/// Why there are no figures. One line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("{error}{}", hint(error))]
    Client { error: ClientError },
    #[error("{path} answered {status}{text}")]
    Status {
        path: String,
        status: u16,
        /// The answer's first line behind `: `, or nothing.
        text: String,
    },
    #[error("no Heapster API there, or one without its in-memory store: {path} answered 404")]
    NotThere { path: String },
    #[error("{path} answered with something else than its JSON: {reason}")]
    Json { path: String, reason: String },
    #[error("no batch yet")]
    NoBatch,
    #[error("one batch yet, and CPU needs a second one")]
    NoRates,
}

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        Self::Client { error }
    }
}

fn hint(error: &ClientError) -> &'static str {
    if matches!(error, ClientError::Tls(text) if text.contains("certificate")) {
        " (--ca FILE names an authority, --insecure accepts any certificate)"
    } else {
        ""
    }
}

/// A server.
#[derive(Debug)]
pub(crate) struct Api {
    client: Client,
    base: String,
}

impl Api {
    /// Contacts nothing.
    ///
    /// Errors: a CA file that cannot be used.
    pub(crate) fn new(base: &str, tls: TlsOptions) -> Result<Self, ClientError> {
        let limits = Limits {
            idle_per_host: PARALLEL,
            ..Limits::default()
        };
        Ok(Self {
            client: Client::new(tls, limits)?,
            base: base.to_owned(),
        })
    }

    /// Asks for `path`, which begins with a slash, and reads the answer as JSON of at most `max_body` bytes.
    ///
    /// Errors: [`ApiError`]; 404 is [`ApiError::NotThere`].
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        patience: Duration,
        max_body: usize,
    ) -> Result<T, ApiError> {
        let request = Request::get(format!("{}{path}", self.base))
            .header(ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|error| ClientError::Setup(error.to_string()))?;
        let answer = self
            .client
            .request(request, Instant::now() + patience, max_body)
            .await?;
        let path = path.to_owned();
        match answer.status() {
            StatusCode::OK => serde_json::from_slice(answer.body()).map_err(|error| ApiError::Json {
                path,
                reason: error.to_string(),
            }),
            StatusCode::NOT_FOUND => Err(ApiError::NotThere { path }),
            status => Err(ApiError::Status {
                path,
                status: status.as_u16(),
                text: excerpt(answer.body()),
            }),
        }
    }
}

/// The first line of an error's text.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..4 * EXCERPT).unwrap_or(body));
    match text.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => format!(": {}", line.chars().take(EXCERPT).collect::<String>()),
        None => String::new(),
    }
}

/// `name` as one segment of a path.
pub(crate) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, serve};

    async fn ask(status: u16, body: &'static str) -> ApiError {
        let api = serve(move |_| (status, body.to_owned())).await;
        api.get::<Vec<String>>("/x", testing::PATIENCE, 1000)
            .await
            .unwrap_err()
    }

    #[tokio::test]
    async fn what_is_wrong_with_an_answer_is_one_line() {
        assert_eq!(
            ask(503, "\n no in-memory store \nmore").await.to_string(),
            "/x answered 503: no in-memory store"
        );
        assert_eq!(ask(301, "").await.to_string(), "/x answered 301");
        assert_eq!(
            ask(404, "404 page not found\n").await.to_string(),
            "no Heapster API there, or one without its in-memory store: /x answered 404"
        );
        let html = ask(200, "<html>").await.to_string();
        assert!(
            html.starts_with("/x answered with something else than its JSON: "),
            "{html}"
        );
    }

    #[tokio::test]
    async fn an_answer_without_end_is_cut_off() {
        let api = serve(|_| (200, " ".repeat(2000))).await;
        let error = api
            .get::<Vec<String>>("/x", testing::PATIENCE, 1000)
            .await
            .unwrap_err();
        assert_eq!(error, ClientError::TooLarge { limit: 1000 }.into());
    }

    #[test]
    fn a_certificate_that_is_not_trusted_brings_the_two_options_up() {
        let tls = |text: &str| ApiError::from(ClientError::Tls(text.to_owned())).to_string();
        assert!(tls("invalid peer certificate: UnknownIssuer").contains("--ca FILE"));
        assert_eq!(tls("received corrupt message"), "TLS: received corrupt message");
    }

    #[test]
    fn a_name_stays_one_segment() {
        assert_eq!(segment("system.slice/ssh.service"), "system.slice%2Fssh.service");
        assert_eq!(segment("a?b#c %é"), "a%3Fb%23c%20%25%C3%A9");
    }
}
