//! Counting of requests.

use heapster_plugin::telemetry::Telemetry;
use heapster_telemetry::{Kind, Registry};
use std::time::Duration;

const REQUESTS: &str = "http_requests_total";
const MICROSECONDS: &str = "http_request_duration_microseconds";
const REQUEST_BYTES: &str = "http_request_size_bytes";
const RESPONSE_BYTES: &str = "http_response_size_bytes";
const SECONDS: &str = "heapster_http_request_duration_seconds";
/// Connections on which no TLS session came about.
pub(crate) const TLS_FAILURES: &str = "heapster_http_tls_handshake_failures_total";

/// Connections that were turned away.
pub(crate) const CONNECTIONS_REFUSED: &str = "heapster_http_connections_refused_total";
/// Large answers that were not begun.
pub(crate) const LARGE_REFUSED: &str = "heapster_http_large_answers_refused_total";

/// Declares all families and makes the summaries of every handler show before its first request.
pub(crate) fn declare(registry: &Registry) {
    registry.declare(
        REQUESTS,
        Kind::Counter,
        "API requests by handler, method and status",
    );
    registry.declare(
        MICROSECONDS,
        Kind::Summary,
        "Time to answer an API request, in microseconds",
    );
    registry.declare(
        REQUEST_BYTES,
        Kind::Summary,
        "Estimated size of API requests, in bytes",
    );
    registry.declare(
        RESPONSE_BYTES,
        Kind::Summary,
        "Size of API answers before compression, in bytes",
    );
    registry.declare(
        SECONDS,
        Kind::Histogram,
        "Time to answer an API request, in seconds",
    );
    registry.declare(
        TLS_FAILURES,
        Kind::Counter,
        "Connections on which no TLS session came about",
    );
    registry.declare(
        CONNECTIONS_REFUSED,
        Kind::Counter,
        "Connections turned away, as too many were open",
    );
    registry.declare(
        LARGE_REFUSED,
        Kind::Counter,
        "Large answers refused, as too many were on their way",
    );
    for counter in [TLS_FAILURES, CONNECTIONS_REFUSED, LARGE_REFUSED] {
        registry.touch(counter, &[]);
    }
    let routes = crate::routes::ROOTS
        .iter()
        .flat_map(|root| root.routes)
        .map(|route| route.counted_as);
    for handler in routes.chain(crate::routes::PAGES.iter().map(|page| page.counted_as)) {
        for family in [MICROSECONDS, REQUEST_BYTES, RESPONSE_BYTES] {
            if !handler.is_empty() {
                registry.touch(family, &[("handler", handler)]);
            }
        }
    }
}

/// One answered request.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) handler: &'static str,
    pub(crate) method: &'static str,
    pub(crate) status: u16,
    pub(crate) took: Duration,
    pub(crate) request_bytes: usize,
    /// Not known yet for a body that is made while it is sent.
    pub(crate) response_bytes: Option<usize>,
}

/// Counts one request. Units: as the names of the families say.
#[allow(clippy::cast_precision_loss)] // sizes of requests and answers are far below 2^53
pub(crate) fn count(registry: &Registry, one: &Counted) {
    let handler = [("handler", one.handler)];
    let status = one.status.to_string();
    let labels = [
        ("code", status.as_str()),
        ("handler", one.handler),
        ("method", one.method),
    ];
    registry.count(REQUESTS, &labels, 1);
    registry.value(MICROSECONDS, &handler, one.took.as_secs_f64() * 1e6);
    registry.value(REQUEST_BYTES, &handler, one.request_bytes as f64);
    registry.observe(SECONDS, &handler, one.took);
    if let Some(bytes) = one.response_bytes {
        response_bytes(registry, one.handler, bytes);
    }
}

/// Counts the size of one answer before compression.
#[allow(clippy::cast_precision_loss)] // as above
pub(crate) fn response_bytes(registry: &Registry, handler: &'static str, bytes: usize) {
    registry.value(RESPONSE_BYTES, &[("handler", handler)], bytes as f64);
}

/// A method as a label: lower case, and one word for whatever clients make up.
pub(crate) fn method(method: &http::Method) -> &'static str {
    const KNOWN: [(&str, &str); 9] = [
        ("GET", "get"),
        ("HEAD", "head"),
        ("POST", "post"),
        ("PUT", "put"),
        ("DELETE", "delete"),
        ("OPTIONS", "options"),
        ("PATCH", "patch"),
        ("CONNECT", "connect"),
        ("TRACE", "trace"),
    ];
    KNOWN
        .iter()
        .find(|(name, _)| *name == method.as_str())
        .map_or("unknown", |(_, label)| label)
}
