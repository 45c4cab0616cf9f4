//! What a handler gives back.

use crate::body::{Body, Pieces};
use crate::json::Json;
use http::StatusCode;

/// An answer before negotiation has had its say.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) body: Body,
    /// Where the client should go instead.
    pub(crate) location: Option<String>,
}

/// `application/json`, without a charset, as the original sent it.
pub(crate) const JSON: &str = "application/json";
/// Errors and health.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    pub(crate) fn new(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Self {
        Self {
            status,
            kind,
            body: body.into(),
            location: None,
        }
    }

    /// 200 with the finished document.
    pub(crate) fn json(mut json: Json) -> Self {
        Self::new(StatusCode::OK, JSON, json.take())
    }

    /// 200 with the finished document and a newline.
    pub(crate) fn json_line(mut json: Json) -> Self {
        let mut text = json.take();
        text.push('\n');
        Self::new(StatusCode::OK, JSON, text)
    }

    /// 200 with JSON that is made while it is sent.
    pub(crate) fn stream(pieces: Pieces) -> Self {
        Self {
            body: Body::Pieces(pieces),
            ..Self::new(StatusCode::OK, JSON, "")
        }
    }

    /// 200 with plain text.
    pub(crate) fn text(text: impl Into<Body>) -> Self {
        Self::new(StatusCode::OK, TEXT, text)
    }

    /// A failure with one line on why.
    pub(crate) fn error(status: StatusCode, text: impl Into<Body>) -> Self {
        Self::new(status, TEXT, text)
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
    pub(crate) fn moved(target: String) -> Self {
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
