//! What a handler gives back.

use crate::body::Body;
use crate::json::Json;
use http::StatusCode;
use std::fmt;
use std::pin::Pin;

/// An answer before negotiation has had its say.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) body: Body,
    /// Where the client should go instead.
    pub(crate) location: Option<String>,
    /// After how many seconds the client may try again.
    pub(crate) retry_after: Option<&'static str>,
    /// What to wait for: it takes the place of this answer.
    pub(crate) later: Option<Later>,
}

/// An answer that takes its time. Dropped when the client goes away.
pub(crate) struct Later(pub(crate) Pin<Box<dyn Future<Output = Answer> + Send>>);

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}

/// `application/json`, without a charset, as the original sent it.
pub(crate) const JSON: &str = "application/json";
/// Bytes that are compressed already.
pub(crate) const BYTES: &str = "application/octet-stream";
/// Errors and health.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    pub(crate) fn new(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Self {
        Self {
            status,
            kind,
            body: body.into(),
            location: None,
            retry_after: None,
            later: None,
        }
    }

    /// 200 with the finished document.
    pub(crate) fn json(mut json: Json) -> Self {
        Self::new(StatusCode::OK, JSON, json.take())
    }

    /// 200 with plain text.
    pub(crate) fn text(text: impl Into<Body>) -> Self {
        Self::new(StatusCode::OK, TEXT, text)
    }

    /// A failure with one line on why.
    pub(crate) fn error(status: StatusCode, text: impl Into<Body>) -> Self {
        Self::new(status, TEXT, text)
    }

    /// 503 when as many as may are at it already.
    pub(crate) fn busy(text: &'static str) -> Self {
        Self {
            retry_after: Some("1"),
            ..Self::error(StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }

    /// 404 below a root that exists.
    pub(crate) fn no_page() -> Self {
        Self::error(StatusCode::NOT_FOUND, "404: Page Not Found")
    }

    /// 404 below no root.
    pub(crate) fn no_root() -> Self {
        Self::error(StatusCode::NOT_FOUND, "404 page not found\n")
    }

    /// 301 to `target`, which begins with a slash.
    pub(crate) fn moved(target: &str) -> Self {
        // A browser takes `/\host` for another host.
        let target = target.replace('\\', "%5C");
        let shown = target
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&#34;");
        Self {
            location: Some(target),
            ..Self::new(
                StatusCode::MOVED_PERMANENTLY,
                "text/html; charset=utf-8",
                format!("<a href=\"{shown}\">Moved Permanently</a>.\n\n"),
            )
        }
    }
}
