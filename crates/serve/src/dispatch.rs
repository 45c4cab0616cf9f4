//! From a request to an answer: access, path, route, negotiation, compression, counting.

use crate::access::Peer;
use crate::answer::{Answer, JSON};
use crate::api::Api;
use crate::body::Body;
use crate::count::{self, Counted};
use crate::negotiate;
use crate::path::{self, Path};
use crate::routes::{Call, Found, Handler, PAGES, find};
use heapster_plugin::model::Timestamp;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{Method, Request, Response, StatusCode};
use tokio::time::Instant;

/// What is asked for, still encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// The target of a request that came as it was sent.
    pub(crate) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            path: request.uri().path(),
            query: request.uri().query(),
        }
    }

    /// A path with a query.
    pub(crate) fn parse(text: &'a str) -> Self {
        match text.split_once('?') {
            Some((path, query)) => Self {
                path,
                query: Some(query),
            },
            None => Self {
                path: text,
                query: None,
            },
        }
    }
}

/// Answers one request. The body of the request is not read.
pub(crate) fn respond<B>(api: &Api, peer: &Peer, request: &Request<B>, target: Target<'_>) -> Response<Body> {
    let begun = Instant::now();
    let (answer, about) = answer(api, peer, request, target);
    if !about.counted_as.is_empty() {
        let one = Counted {
            handler: about.counted_as,
            method: count::method(request.method()),
            status: answer.status.as_u16(),
            took: begun.elapsed(),
            request_bytes: size(request, target),
            response_bytes: answer.body.len(),
        };
        count::count(&api.telemetry, &one);
    }
    wire(answer, request, about.compressible)
}

/// What `respond` has to know beside the answer.
struct About {
    /// The label `handler`; empty when nothing is counted.
    counted_as: &'static str,
    compressible: bool,
}

fn answer<B>(api: &Api, peer: &Peer, request: &Request<B>, target: Target<'_>) -> (Answer, About) {
    let about = |counted_as, compressible| About {
        counted_as,
        compressible,
    };
    let raw = target.path;
    let page = PAGES.iter().find(|page| page.path == raw);
    if !page.is_some_and(|page| page.open)
        && let Some(refusal) = peer.refusal()
    {
        return (refusal, about("", true));
    }
    let call = |handler: Handler, params| {
        handler(&Call {
            api,
            params,
            query: target.query,
            now: Timestamp::now(),
        })
    };
    if let Some(page) = page {
        return (call(page.handler, Vec::new()), about(page.counted_as, !page.open));
    }
    let segments = match path::split(raw) {
        Path::Segments(segments) => segments,
        Path::Bad => {
            return (
                Answer::error(StatusCode::BAD_REQUEST, "400 Bad Request"),
                about("", true),
            );
        }
        Path::Moved(clean) => {
            let query = target.query.map(|query| format!("?{query}"));
            return (Answer::moved(clean + &query.unwrap_or_default()), about("", true));
        }
    };
    match find(api, &segments) {
        Found::NoRoot => (Answer::no_root(), about("", true)),
        Found::NoPage => (Answer::no_page(), about("", true)),
        Found::Route(..) if request.method() != Method::GET => {
            let text = "405: Method Not Allowed";
            (
                Answer::error(StatusCode::METHOD_NOT_ALLOWED, text),
                about("", true),
            )
        }
        Found::Route(_, _, root) if root.json && !negotiate::takes_json(request.headers()) => {
            let text = "406: Not Acceptable";
            (Answer::error(StatusCode::NOT_ACCEPTABLE, text), about("", true))
        }
        Found::Route(route, params, _) => (call(route.handler, params), about(route.counted_as, true)),
    }
}

/// The answer with its headers, in the coding the client likes best.
fn wire<B>(answer: Answer, request: &Request<B>, compressible: bool) -> Response<Body> {
    let coding = negotiate::coding(request.headers()).filter(|_| compressible);
    let body = match coding {
        Some(coding) => answer.body.coded(coding),
        None => answer.body,
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    if answer.kind != JSON {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    if compressible {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    }
    if let Some(target) = answer
        .location
        .and_then(|target| HeaderValue::try_from(target).ok())
    {
        headers.insert(LOCATION, target);
    }
    response
}

/// The size of a request as the original estimated it: URL, method, protocol, headers, host and body.
fn size<B>(request: &Request<B>, target: Target<'_>) -> usize {
    let headers = request.headers();
    let names: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    let declared = headers.get(http::header::CONTENT_LENGTH);
    let body = declared
        .and_then(|text| text.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    let target = target.path.len() + target.query.map_or(0, |query| query.len() + 1);
    let line = target + request.method().as_str().len() + "HTTP/1.1".len();
    (line + names).saturating_add(body.unwrap_or(0))
}
